import Bytes

/// EtherIP (RFC 3378): version 3, 12 reserved bits, an Ethernet frame.
enum EtherIP {
  static func decode(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    guard walk.require(2, .etherIP, &layers) else { return }
    let version = frame.byte(walk.offset) >> 4
    guard version == 3 else {
      return walk.fail(.etherIP, .malformed, .version, found: Int(version), expected: 3, &layers)
    }
    walk.tunnel(2, to: .ethernet, .etherIP, Encapsulation.none, &layers)
  }
}
