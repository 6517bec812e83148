import Bytes

/// FDDI (ISO 9314-2): frame control, destination (6), source (6), LLC where the control is 0101xxxx.
enum FDDI {
  static let headerLength = 13

  static func decode(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    guard walk.require(headerLength, .fddi, &layers) else { return }
    layers.setMACs(frame, destination: 1, source: 7)
    guard frame.byte(0) >> 4 == 5 else {
      layers.linkProtocol = .fddiMAC
      return
    }
    walk.advance(headerLength, to: .llc)
  }
}
