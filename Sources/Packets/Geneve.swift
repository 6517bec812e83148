import Bytes

/// Geneve (RFC 8926, section 3.4): version (2), options' length in 4-byte units (6), flags (8), EtherType (16), network
/// identifier (24), reserved (8), options.
enum Geneve {
  static let headerLength = 8

  static func decode(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    walk.next = .done
    let first = frame.byte(walk.offset)
    guard walk.available >= headerLength, first >> 6 == 0 else { return }
    let length = headerLength &+ Int(first & 0x3f) &* 4
    guard length <= walk.left else {
      return walk.fail(.geneve, .malformed, .headerBeyondPacket, found: length, expected: walk.left, &layers)
    }
    let type = frame.half(walk.offset &+ 2)
    let network = Int64(frame.word(walk.offset &+ 4) >> 8)
    if type == EtherType.transparentBridging {
      walk.tunnel(length, to: .ethernet, .geneve, network, &layers)
    } else if EtherType.isFollowed(type) {
      walk.type = type
      walk.tunnel(length, to: .etherType, .geneve, network, &layers)
    }
  }
}
