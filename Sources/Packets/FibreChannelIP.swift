import Bytes

/// LINKTYPE_IP_OVER_FC (RFC 2625): the network header, two names of 8 bytes with the addresses in their last 6, then LLC.
enum FibreChannelIP {
  static let headerLength = 16

  static func decode(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    guard walk.require(headerLength, .link, &layers) else { return }
    layers.setMACs(frame, destination: 2, source: 10)
    walk.advance(headerLength, to: .llc)
  }
}
