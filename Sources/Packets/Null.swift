import Bytes

/// LINKTYPE_NULL and LINKTYPE_LOOP: four bytes with the address family of the machine that captured, in its byte order or
/// in network order. Families are small, so the order shows.
enum Null {
  static func decode(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    guard walk.require(4, .null, &layers) else { return }
    let header = frame.word(walk.offset)
    let family = header & 0xffff_0000 == 0 ? header : header.byteSwapped
    switch family {
    // AF_INET everywhere.
    case 2: walk.advance(4, to: .ipv4)
    // AF_INET6 of Linux; NetBSD, OpenBSD and BSD/OS; FreeBSD; Darwin.
    case 10, 24, 28, 30: walk.advance(4, to: .ipv6)
    default: decodeOther(header, family, &walk, &layers)
    }
  }

  /// Some systems write PPP's framing here or, in the last two bytes, an EtherType; Wireshark reads these too.
  private static func decodeOther(_ header: UInt32, _ family: UInt32, _ walk: inout Walk, _ layers: inout PacketLayers)
  {
    let type = UInt16(truncatingIfNeeded: header)
    if header >> 16 == 0xff03 {
      walk.next = .ppp
    } else if EtherType.isFollowed(type) {
      walk.type = type
      walk.advance(4, to: .etherType)
    } else {
      walk.fail(.null, .unsupported, .family, found: Int(family), &layers)
    }
  }
}
