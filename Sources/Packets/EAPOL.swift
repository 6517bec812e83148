import Bytes

/// EAPOL (IEEE 802.1X, 11.3): version, packet type, length (2). Type 0 is an EAP packet, which Wireshark names instead.
enum EAPOL {
  static func decode(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    walk.next = .done
    guard walk.available >= 2, frame.byte(walk.offset &+ 1) == 0 else { return }
    layers.linkProtocol = .eap
    layers.authenticationOffset = Int32(truncatingIfNeeded: walk.offset &+ 4)
  }
}
