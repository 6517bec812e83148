import Bytes

/// Token Ring (IEEE 802.5): access control, frame control, destination (6), source (6), [route], LLC.
///
/// The source's first bit says that a route is there; the low 5 bits of its first byte are its length.
enum TokenRing {
  static let headerLength = 14

  static func decode(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    guard walk.require(headerLength, .tokenRing, &layers) else { return }
    layers.setMACs(frame, destination: 2, source: 8)
    let isRouted = layers.sourceMAC.value >> 47 == 1
    layers.sourceMAC = MACAddress(value: layers.sourceMAC.value & 0x7fff_ffff_ffff)
    guard frame.byte(1) >> 6 == 1 else {
      layers.linkProtocol = .tokenRingMAC
      return
    }
    var length = headerLength
    if isRouted {
      guard walk.require(headerLength &+ 2, .tokenRing, &layers) else { return }
      length &+= max(2, Int(frame.byte(headerLength) & 0x1f))
      guard walk.require(length, .tokenRing, &layers) else { return }
    }
    walk.advance(length, to: .llc)
  }
}
