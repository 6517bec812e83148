import Bytes

/// LINKTYPE_LINUX_SLL: what Linux's "any" device writes in place of the link header, in network byte order.
///
///     packet type (2) | ARPHRD type (2) | address length (2) | address (8) | protocol (2)
enum SLL {
  static let headerLength = 16
  /// Linux's ARPHRD_NETLINK.
  static let netlink: UInt16 = 824

  static func decode(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    guard walk.require(headerLength, .sll, &layers) else { return }
    let length = frame.half(4)
    decode(
      type: frame.half(14), hardware: frame.half(2), length: length, address: frame.long(6), &walk, &layers)
    walk.offset = headerLength
  }

  /// The part that both versions share: the address and what the protocol means.
  static func decode(
    type: UInt16, hardware: UInt16, length: UInt16, address: UInt64, _ walk: inout Walk,
    _ layers: inout PacketLayers
  ) {
    guard hardware != netlink else {
      // The protocol is a netlink family then.
      layers.linkProtocol = .netlink
      if type == Netlink.netfilter { walk.next = .netlink }
      return
    }
    if length == 6 {
      layers.hasMAC = true
      layers.sourceMAC = MACAddress(value: address >> 16)
    }
    walk.type = type
    switch type {
    case 0x0001:
      // Novell's 802.3 without LLC.
      layers.linkProtocol = .ipx
      walk.next = .done
    case 0x0004: walk.next = .llc
    case 0...EtherType.maximumLength:
      layers.etherType = type
      walk.next = .done
    default: walk.next = .etherType
    }
  }
}
