import Bytes

/// Link types of switch chips, which put a tag into or before an Ethernet frame.
enum TaggedEthernet {
  /// Reads a frame with `tag` bytes between its source address and its type.
  static func decode(tag: Int, _ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    guard walk.require(Ethernet.headerLength &+ tag, .ethernet, &layers) else { return }
    layers.hasMAC = true
    layers.hasDestinationMAC = true
    layers.destinationMAC = MACAddress(value: frame.long(0) >> 16)
    layers.sourceMAC = MACAddress(value: UInt64(frame.half(6)) << 32 | UInt64(frame.word(8)))
    walk.type = frame.half(12 &+ tag)
    walk.advance(Ethernet.headerLength &+ tag, to: .etherType)
  }
}
