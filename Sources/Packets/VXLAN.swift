import Bytes

/// VXLAN (RFC 7348, section 5): flags with I set (1), reserved (3), network identifier (3), reserved (1), an Ethernet frame.
enum VXLAN {
  static let headerLength = 8

  static func decode(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    walk.next = .done
    // Another use of the port is no fault. The first of the flags is G (group policy), the rest of the byte reserved.
    guard walk.available >= headerLength, frame.byte(walk.offset) & 0x7f == 0x08 else { return }
    walk.tunnel(headerLength, to: .ethernet, &layers)
  }

  /// VXLAN-GPE (draft-ietf-nvo3-vxlan-gpe): the fourth byte names what follows.
  static func decodeGPE(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    walk.next = .done
    guard walk.available >= headerLength, frame.byte(walk.offset) & 0x0c == 0x0c else { return }
    switch frame.byte(walk.offset &+ 3) {
    case 1: walk.tunnel(headerLength, to: .ipv4, &layers)
    case 2: walk.tunnel(headerLength, to: .ipv6, &layers)
    case 3: walk.tunnel(headerLength, to: .ethernet, &layers)
    case 4: walk.advance(headerLength, to: .nsh)
    default: break
    }
  }
}
