import Bytes

/// IEEE 802.2 LLC and SNAP.
///
///      0      1      2         3            6          8
///     +------+------+---------+------------+----------+----
///     | DSAP | SSAP | control | OUI        | protocol | ...    the last two only for SNAP (AA AA 03)
///     +------+------+---------+------------+----------+----
///
/// The control field is two bytes long unless its low bits are 11 (unnumbered).
enum LLC {
  static func decode(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    let at = walk.offset
    layers.linkProtocol = .llc
    guard walk.require(3, .llc, &layers) else { return }
    let dsap = frame.byte(at)
    let ssap = frame.byte(at &+ 1)
    if dsap == 0xff, ssap == 0xff {
      // Novell's raw 802.3: an IPX checksum of ffff in place of LLC.
      layers.linkProtocol = .ipx
      walk.next = .done
      return
    }
    layers.isLLC = true
    layers.llcDSAP = dsap
    let unnumbered = frame.byte(at &+ 2) & 3 == 3
    walk.advance(unnumbered ? 3 : 4, to: .done)
    switch dsap {
    case 0xaa where unnumbered: decodeSNAP(frame, &walk, &layers)
    case 0x06 where unnumbered: walk.next = .rawIP
    case 0x42: layers.linkProtocol = .stp
    case 0xe0: layers.linkProtocol = .ipx
    case 0xf0: layers.linkProtocol = .netBEUI
    case 0xfe: decodeOSI(frame, &walk, &layers)
    default: break
    }
  }

  /// RFC 1042; the protocol is an EtherType where the OUI is 0.
  static func decodeSNAP(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    guard walk.require(5, .llc, &layers) else { return }
    let identifier = frame.long(walk.offset &- 3) & 0xff_ffff_ffff
    let type = UInt16(truncatingIfNeeded: identifier)
    walk.advance(5, to: .done)
    switch identifier >> 16 {
    case 0x000000, 0x0000f8:
      layers.linkProtocol = .none
      walk.type = type
      // A length cannot stand here; following it would let LLC nest without end.
      if type > EtherType.maximumLength { walk.next = .etherType }
    case 0x00000c:
      layers.linkProtocol = LinkProtocol(cisco: type)
      if layers.linkProtocol == .none { layers.linkProtocol = .llc }
    case 0x0080c2:
      // Bridged frames (RFC 2684, appendix B): Ethernet with or without its check sequence, or a spanning tree message.
      if type == 1 || type == 7 { walk.tunnel(0, to: .ethernet, &layers) }
      if type == 0x000e { layers.linkProtocol = .stp }
    default: break
    }
  }

  /// Behind the two service access points only the control byte precedes an ISO network protocol.
  static func decodeOSIBehindControl(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    layers.linkProtocol = .llc
    guard walk.require(1, .llc, &layers) else { return }
    walk.advance(1, to: .done)
    decodeOSI(frame, &walk, &layers)
    if walk.next != .done { layers.linkProtocol = .none }
  }

  /// ISO network protocols by their first byte (ISO/IEC TR 9577).
  static func decodeOSI(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    walk.next = .done
    guard walk.require(1, .llc, &layers) else { return }
    switch frame.byte(walk.offset) {
    case 0x81: layers.linkProtocol = .clnp
    case 0x82: layers.linkProtocol = .esis
    case 0x83: layers.linkProtocol = walk.available >= 5 ? LinkProtocol(isis: frame.byte(walk.offset &+ 4)) : .isis
    case 0x8e: walk.advance(1, to: .ipv6)
    case 0xcc: walk.advance(1, to: .ipv4)
    default: break
    }
  }
}
