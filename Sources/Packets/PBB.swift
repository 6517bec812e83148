import Bytes

/// IEEE 802.1ah, the service instance tag in front of the customer's Ethernet frame: priority and flags (8), service
/// instance (24).
enum PBB {
  static func decode(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    guard walk.require(4, .pbb, &layers) else { return }
    walk.tunnel(4, to: .ethernet, .pbb, Int64(frame.word(walk.offset) & 0xff_ffff), &layers)
  }
}
