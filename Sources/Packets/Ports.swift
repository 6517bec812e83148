import Bytes

/// The ports of a transport header that is not there whole.
enum Ports {
  /// Keeps the two ports if at least these are there, and notes that the header is not.
  @inline(never)
  static func keep(
    _ frame: RawSpan, _ walk: inout Walk, _ transport: Transport, _ layer: PacketFault.Layer, needed: Int,
    _ layers: inout PacketLayers
  ) {
    layers.transport = .other
    if walk.available >= 4 {
      layers.transport = transport
      layers.sourcePort = frame.half(walk.offset)
      layers.destinationPort = frame.half(walk.offset &+ 2)
    }
    layers.setPayload(walk, at: max(walk.offset, walk.end))
    _ = walk.require(needed, layer, &layers)
  }
}
