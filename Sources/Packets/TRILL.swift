import Bytes

/// TRILL (RFC 6325, section 3): version (2), reserved (2), multi-destination (1), options' length in 4-byte units (5), hop
/// count (6), egress and ingress nickname (16 each), options, an Ethernet frame. The identifier is the ingress nickname.
enum TRILL {
  static func decode(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    guard walk.require(6, .trill, &layers) else { return }
    let header = frame.half(walk.offset)
    guard header >> 14 == 0 else {
      return walk.fail(.trill, .unsupported, .version, found: Int(header >> 14), expected: 0, &layers)
    }
    let length = 6 &+ Int(header >> 6 & 0x1f) &* 4
    walk.tunnel(length, to: .ethernet, .trill, Int64(frame.half(walk.offset &+ 4)), &layers)
  }
}
