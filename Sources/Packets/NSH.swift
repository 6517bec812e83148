import Bytes

/// The network service header (RFC 8300, section 2.2): version, flags, time to live, length in 4-byte units (the low 6 bits
/// of the second byte), metadata type, next protocol (the fourth byte); service path (24), index (8).
enum NSH {
  static func decode(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    guard walk.require(8, .nsh, &layers) else { return }
    let length = Int(frame.byte(walk.offset &+ 1) & 0x3f) &* 4
    guard length >= 8 else {
      return walk.fail(.nsh, .malformed, .headerLength, found: length, expected: 8, &layers)
    }
    let path = Int64(frame.word(walk.offset &+ 4) >> 8)
    let next = frame.byte(walk.offset &+ 3)
    walk.next = .done
    switch next {
    case 1: walk.tunnel(length, to: .ipv4, .nsh, path, &layers)
    case 2: walk.tunnel(length, to: .ipv6, .nsh, path, &layers)
    case 3: walk.tunnel(length, to: .ethernet, .nsh, path, &layers)
    case 5: walk.tunnel(length, to: .mpls, .nsh, path, &layers)
    default: break
    }
  }
}
