import Bytes

/// IEEE 802.1ah, the service instance tag in front of the customer's Ethernet frame.
enum PBB {
  static func decode(_ walk: inout Walk, _ layers: inout PacketLayers) {
    guard walk.require(4, .pbb, &layers) else { return }
    walk.tunnel(4, to: .ethernet, &layers)
  }
}
