import Bytes

/// LINKTYPE_NFLOG: packets logged by Linux's packet filter, as a list of attributes.
///
///     family (1) | version 0 (1) | resource (2, network order) | attributes
///     attribute: length with this header (2) | type (2), both in the order of the machine that captured | value, padded to 4
///
/// Which order that is, the attribute's type shows, for all are small. Attribute 9 is the packet, of the family's network
/// protocol; for a bridge's, attribute 1 begins with its EtherType (network order).
enum NFLOG {
  static let payloadAttribute = 9
  static let packetHeaderAttribute = 1
  /// Attributes looked through: Linux writes about 15.
  static let attributeLimit = 64

  static func decode(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    decode(frame, &walk, payload: payloadAttribute, &layers)
  }

  /// Reads the list of attributes of which `payload` is the packet; netlink has the same list.
  static func decode(_ frame: RawSpan, _ walk: inout Walk, payload: Int, _ layers: inout PacketLayers) {
    guard walk.require(4, .nflog, &layers) else { return }
    let family = frame.byte(walk.offset)
    walk.advance(4, to: .done)
    for _ in 0..<attributeLimit {
      guard walk.require(4, .nflog, &layers) else { return }
      var length = Int(frame.half(walk.offset).byteSwapped)
      var type = Int(frame.half(walk.offset &+ 2).byteSwapped) & 0x7fff
      if type > 255 {
        length = Int(frame.half(walk.offset))
        type = Int(frame.half(walk.offset &+ 2)) & 0x7fff
      }
      guard length >= 4 else {
        return walk.fail(.nflog, .malformed, .headerLength, found: length, expected: 4, &layers)
      }
      if type == packetHeaderAttribute, length >= 6, walk.available >= 6 { walk.type = frame.half(walk.offset &+ 4) }
      if type == payload {
        layers.linkProtocol = .none
        walk.narrow(to: walk.offset &+ length)
        walk.offset &+= 4
        return choose(family, &walk, &layers)
      }
      walk.offset = walk.offset &+ ((length &+ 3) & ~3)
    }
    walk.fail(.nflog, .limit, .depth, expected: attributeLimit, &layers)
  }

  private static func choose(_ family: UInt8, _ walk: inout Walk, _ layers: inout PacketLayers) {
    switch family {
    case 0: walk.next = .rawIP
    case 2: walk.next = .ipv4
    case 7: walk.next = .etherType
    case 10: walk.next = .ipv6
    default: walk.fail(.nflog, .unsupported, .family, found: Int(family), &layers)
    }
  }
}
