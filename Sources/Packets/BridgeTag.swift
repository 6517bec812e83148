import Bytes

/// Tags of bridges between an Ethernet frame's addresses and its type, besides VLAN tags.
///
///     VN-Tag    direction (1), pointer (1), destination (14) | looped (1), reserved (1), version (2), source (12)
///     E-TAG     priority, drop eligible (4), ingress (12) | reserved (2), group (2), identifier (12) | extensions (16)
///     HSR       path (4), size (12) | sequence number (16)
///     metadata  version (8), length (8) | option (16) | security group (16)
///
/// Each ends with the EtherType of what follows; metadata in GRE begin with it.
enum BridgeTag {
  /// Cisco's VN-Tag (EtherType 0x8926), as Wireshark reads it. The identifier is that of the host's interface: the
  /// destination of a frame to it, the source of one from it.
  static func decodeVN(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    let tag = frame.word(walk.offset)
    pass(6, frame, &walk, .vnTag, Int64(tag >> 31 == 1 ? tag >> 16 & 0x3fff : tag & 0xfff), &layers)
  }

  /// IEEE 802.1BR, 7.5: the channel of a port extender.
  static func decodeE(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    pass(8, frame, &walk, .eTag, Int64(frame.half(walk.offset &+ 2) & 0x3fff), &layers)
  }

  /// IEC 62439-3, clause 5: high-availability seamless redundancy.
  static func decodeHSR(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    pass(6, frame, &walk, nil, Encapsulation.none, &layers)
  }

  /// Cisco's metadata (EtherType 0x8909), as Wireshark reads it.
  static func decodeMetadata(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    let first = frame.half(walk.offset)
    pass(8, frame, &walk, nil, Encapsulation.none, &layers)
    // Version and length, which Ethernet has here, are no such type.
    if walk.next == .etherType, EtherType.isFollowed(first) { walk.type = first }
  }

  /// Passes over a tag of `length` bytes, the EtherType at its end included. They count as VLAN tags do.
  private static func pass(
    _ length: Int, _ frame: RawSpan, _ walk: inout Walk, _ kind: Encapsulation.Kind?, _ number: Int64,
    _ layers: inout PacketLayers
  ) {
    guard walk.tags < PacketLimit.vlanTags else {
      return walk.fail(.vlan, .limit, .depth, expected: PacketLimit.vlanTags, &layers)
    }
    guard walk.require(length, .vlan, &layers) else { return }
    if let kind { walk.enclose(kind, number, layers) }
    walk.tags &+= 1
    walk.type = frame.half(walk.offset &+ length &- 2)
    walk.advance(length, to: .etherType)
  }
}
