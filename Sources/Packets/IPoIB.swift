import Bytes

/// LINKTYPE_IPOIB: a global routing header (40), EtherType (2), reserved (2).
enum IPoIB {
  static let headerLength = 44

  static func decode(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    guard walk.require(headerLength, .ipoib, &layers) else { return }
    walk.type = frame.half(40)
    walk.advance(headerLength, to: walk.type > EtherType.maximumLength ? .etherType : .done)
  }
}

/// LINKTYPE_IPNET: version (1), family of Solaris (1), then lengths and zones up to byte 24.
enum IPNET {
  static let headerLength = 24

  static func decode(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    guard walk.require(headerLength, .ipnet, &layers) else { return }
    let family = frame.byte(1)
    switch family {
    case 2: walk.advance(headerLength, to: .ipv4)
    case 26: walk.advance(headerLength, to: .ipv6)
    default: walk.fail(.ipnet, .unsupported, .family, found: Int(family), &layers)
    }
  }
}
