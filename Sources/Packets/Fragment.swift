import Bytes

/// A part of an IP packet (RFC 791, section 3.2; RFC 8200, section 4.5).
enum Fragment {
  /// Notes the fragment whose data begin at the walk's offset, with the ports if it is the first, and ends the walk.
  static func note(_ frame: RawSpan, _ walk: inout Walk, offset: Int, more: Bool, _ layers: inout PacketLayers) {
    let at = walk.offset
    layers.transport = .fragment
    layers.isFragment = true
    layers.moreFragments = more
    layers.fragmentOffset = Int32(truncatingIfNeeded: offset)
    layers.fragmentPayloadOffset = Int32(truncatingIfNeeded: at)
    layers.fragmentPayloadLength = Int32(truncatingIfNeeded: max(0, walk.left))
    layers.capturedFragmentLength = Int32(truncatingIfNeeded: max(0, walk.available))
    if offset == 0, IPProtocol.hasPorts(layers.ipProtocol), walk.available >= 4 {
      layers.sourcePort = frame.half(at)
      layers.destinationPort = frame.half(at &+ 2)
    }
    walk.next = .done
  }
}
