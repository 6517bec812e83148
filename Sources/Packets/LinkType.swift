import Bytes

/// The link types of capture files (https://www.tcpdump.org/linktypes.html) .
enum LinkType {
  static let ethernet: UInt16 = 1
  static let loopback: UInt16 = 0
  static let ppp: UInt16 = 9
  static let pppHDLC: UInt16 = 50
  static let pppEther: UInt16 = 51
  static let ciscoHDLC: UInt16 = 104
  static let frameRelay: UInt16 = 107
  static let openBSDLoopback: UInt16 = 108
  static let linuxCooked: UInt16 = 113
  static let pppWithDirection: UInt16 = 204
  static let frameRelayWithDirection: UInt16 = 206
  static let ciscoHDLCWithDirection: UInt16 = 205
  static let mpls: UInt16 = 219
  static let ipv4: UInt16 = 228
  static let ipv6: UInt16 = 229
  static let nflog: UInt16 = 239
  static let solarisIPNET: UInt16 = 226
  static let ipOverInfiniBand: UInt16 = 242
  static let netlink: UInt16 = 253
  static let broadcomTag: UInt16 = 281
  static let broadcomTagPrepended: UInt16 = 282
  static let marvellDSA: UInt16 = 284
  static let marvellEDSA: UInt16 = 285
  static let pktap: UInt16 = 258
  /// LINKTYPE_USER2, which Apple's tcpdump wrote for PKTAP.
  static let userPKTAP: UInt16 = 149
  static let linuxCooked2: UInt16 = 276
  static let wlan: UInt16 = 105

  /// Sets `walk` at the first header behind the link layer's own, if that is decoded here.
  static func begin(_ type: UInt16, _ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    switch type {
    case ethernet: walk.next = .ethernet
    case linuxCooked: SLL.decode(frame, &walk, &layers)
    case linuxCooked2: SLL2.decode(frame, &walk, &layers)
    case 12, 14, 101: walk.next = .rawIP
    case ipv4: walk.next = .ipv4
    case ipv6: walk.next = .ipv6
    case loopback, openBSDLoopback: Null.decode(frame, &walk, &layers)
    case ppp, pppHDLC: PPP.decodeSerial(frame, &walk, &layers)
    case pppWithDirection:
      if passDirection(.ppp, &walk, &layers) { PPP.decodeSerial(frame, &walk, &layers) }
    case pppEther: walk.next = .pppoe
    case ciscoHDLC: CiscoHDLC.decode(frame, &walk, &layers)
    case ciscoHDLCWithDirection:
      if passDirection(.chdlc, &walk, &layers) { CiscoHDLC.decode(frame, &walk, &layers) }
    case frameRelay: FrameRelay.decode(frame, &walk, &layers)
    case frameRelayWithDirection:
      if passDirection(.frameRelay, &walk, &layers) { FrameRelay.decode(frame, &walk, &layers) }
    case mpls: walk.next = .mpls
    case nflog: NFLOG.decode(frame, &walk, &layers)
    case pktap, userPKTAP: PKTAP.decode(frame, &walk, &layers)
    case ipOverInfiniBand: IPoIB.decode(frame, &walk, &layers)
    case solarisIPNET: IPNET.decode(frame, &walk, &layers)
    case broadcomTag, marvellDSA: TaggedEthernet.decode(tag: 4, frame, &walk, &layers)
    case marvellEDSA: TaggedEthernet.decode(tag: 8, frame, &walk, &layers)
    case broadcomTagPrepended: if walk.require(4, .ethernet, &layers) { walk.advance(4, to: .ethernet) }
    case netlink:
      layers.linkProtocol = .netlink
      if walk.available >= SLL.headerLength, frame.half(2) == SLL.netlink { SLL.decode(frame, &walk, &layers) }
    default: if !beginRare(type, frame, &walk, &layers) { giveUp(type, &walk, &layers) }
    }
  }

  /// Names a frame whose link type is not decoded; one that has no name either is a fault.
  private static func giveUp(_ type: UInt16, _ walk: inout Walk, _ layers: inout PacketLayers) {
    guard LinkTypeName.name(of: type) != nil else {
      return walk.fail(.link, .unsupported, .linkType, found: Int(type), &layers)
    }
    layers.linkProtocol = .linkType
    layers.etherType = type
  }

  /// Passes over the byte that says whether the frame was sent or received.
  private static func passDirection(
    _ layer: PacketFault.Layer, _ walk: inout Walk, _ layers: inout PacketLayers
  ) -> Bool {
    guard walk.require(1, layer, &layers) else { return false }
    walk.advance(1, to: .done)
    return true
  }
}
