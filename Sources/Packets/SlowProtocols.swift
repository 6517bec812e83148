import Bytes

/// The slow protocols (IEEE 802.3, annex 57A), which a first byte tells apart.
enum SlowProtocols {
  static func decode(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    walk.next = .done
    if walk.available >= 1 { layers.linkProtocol = LinkProtocol(slow: frame.byte(walk.offset)) }
  }
}
