/// EtherTypes (IANA ieee-802-numbers) that lead to a header decoded here.
enum EtherType {
  static let ipv4: UInt16 = 0x0800
  static let arp: UInt16 = 0x0806
  static let rarp: UInt16 = 0x8035
  static let ipv6: UInt16 = 0x86dd
  static let transparentBridging: UInt16 = 0x6558
  static let vlan: UInt16 = 0x8100
  static let providerBridging: UInt16 = 0x88a8
  static let oldQinQ: UInt16 = 0x9100
  static let ppp: UInt16 = 0x880b
  static let mplsUnicast: UInt16 = 0x8847
  static let mplsMulticast: UInt16 = 0x8848
  static let pppoeSession: UInt16 = 0x8864
  static let providerBackbone: UInt16 = 0x88e7
  static let slowProtocols: UInt16 = 0x8809
  /// ISO network protocols, as Cisco HDLC names them: their LLC header taken for an EtherType.
  static let osi: UInt16 = 0xfefe
  static let eapol: UInt16 = 0x888e
  static let macsec: UInt16 = 0x88e5
  static let serviceHeader: UInt16 = 0x894f
  static let webCacheRedirect: UInt16 = 0x883e
  static let erspan2: UInt16 = 0x88be
  static let vnTag: UInt16 = 0x8926
  static let eTag: UInt16 = 0x893f
  static let hsr: UInt16 = 0x892f
  static let ciscoMetadata: UInt16 = 0x8909
  static let trill: UInt16 = 0x22f3
  static let erspan3: UInt16 = 0x22eb
  /// The largest value that is a length (IEEE 802.3).
  static let maximumLength: UInt16 = 1500

  /// Chooses the next header by `walk.type`.
  @inline(__always)
  static func choose(_ walk: inout Walk, _ layers: inout PacketLayers) {
    layers.etherType = walk.type
    switch walk.type {
    case ipv4: walk.next = .ipv4
    case ipv6: walk.next = .ipv6
    default: chooseRare(&walk, &layers)
    }
  }

  @inline(never)
  private static func chooseRare(_ walk: inout Walk, _ layers: inout PacketLayers) {
    switch walk.type {
    case arp, rarp: walk.next = .arp
    case vlan, providerBridging, oldQinQ: walk.next = .vlan
    case mplsUnicast, mplsMulticast: walk.next = .mpls
    case pppoeSession: walk.next = .pppoe
    case ppp: walk.tunnel(0, to: .ppp, &layers)
    case transparentBridging: walk.tunnel(0, to: .ethernet, &layers)
    case providerBackbone: walk.next = .pbb
    case osi: walk.next = .osi
    case slowProtocols: walk.next = .slow
    case eapol: walk.next = .eapol
    case macsec: walk.next = .macsec
    case serviceHeader: walk.next = .nsh
    case vnTag: walk.next = .vnTag
    case eTag: walk.next = .eTag
    case hsr: walk.next = .hsr
    case ciscoMetadata: walk.next = .metadata
    case trill: walk.next = .trill
    case 0...maximumLength:
      if ISL.isAddressed(layers.destinationMAC), layers.tunnelDepth == 0, walk.offset == Ethernet.headerLength {
        walk.offset = 0
        walk.next = .isl
      } else {
        walk.narrow(to: walk.offset &+ Int(walk.type))
        walk.next = .llc
      }
    default: walk.next = .done
    }
  }

  /// Whether a header decoded here stands behind `type`.
  static func isFollowed(_ type: UInt16) -> Bool {
    switch type {
    case ipv4, ipv6, arp, vlan, providerBridging, mplsUnicast, mplsMulticast, pppoeSession: true
    default: false
    }
  }
}
