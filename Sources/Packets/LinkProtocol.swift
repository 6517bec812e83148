/// A protocol directly above the link layer that has no EtherType of its own, or shares one.
public enum LinkProtocol: UInt8, BitwiseCopyable, Sendable {
  /// Named by the EtherType, if at all.
  case none
  /// Some LLC frame (IEEE 802.2).
  case llc
  /// Spanning tree, also Cisco's PVST+.
  case stp
  /// Cisco Discovery Protocol.
  case cdp
  /// VLAN Trunking Protocol.
  case vtp
  /// Dynamic Trunking Protocol.
  case dtp
  /// Unidirectional Link Detection.
  case udld
  /// Port Aggregation Protocol.
  case pagp
  /// Novell IPX.
  case ipx
  /// NetBIOS frames over LLC.
  case netBEUI
  /// Intermediate system to intermediate system (ISO/IEC 10589).
  case isis
  /// IS-IS hello.
  case isisHello
  /// IS-IS link state.
  case isisLSP
  /// IS-IS complete sequence numbers.
  case isisCSNP
  /// IS-IS partial sequence numbers.
  case isisPSNP
  /// End system to intermediate system (ISO 9542).
  case esis
  /// Connectionless network protocol (ISO 8473).
  case clnp
  /// A PPP protocol other than IP: LCP, IPCP, CHAP and their kin.
  case ppp
  /// PPP's link control protocol.
  case lcp
  /// PPP's IP control protocol.
  case ipcp
  /// PPP's IPv6 control protocol.
  case ipv6cp
  /// PPP's password authentication.
  case pap
  /// PPP's challenge handshake authentication.
  case chap
  /// PPP's compression control protocol.
  case ccp
  /// Cisco HDLC's address resolution and keep-alive.
  case slarp
  /// Frame Relay signalling.
  case frameRelay
  /// Link aggregation control (IEEE 802.1AX).
  case lacp
  /// The marker of link aggregation.
  case marker
  /// Ethernet operations, administration and maintenance (IEEE 802.3, clause 57).
  case oam
  /// Linux netlink messages.
  case netlink
  /// The Extensible Authentication Protocol over the LAN (IEEE 802.1X, packet type 0) or in PPP.
  case eap
  /// A frame of a wireless network (IEEE 802.11) without data that can be read; `PacketLayers.etherType` has its kind.
  case wlan
  /// A frame of a link type that has a name and nothing else that is decoded here; `PacketLayers.etherType` has its
  /// number.
  case linkType
  /// DOCSIS management and encrypted data.
  case docsis
  /// Token Ring's and FDDI's own management.
  case tokenRingMAC, fddiMAC
  /// A fragment of an ARCNET frame, or a protocol of it that is not decoded.
  case arcnet
  /// ATM cells that carry no packet.
  case atm

  /// The protocol that Cisco's SNAP identifier `cisco` means.
  init(cisco: UInt16) {
    switch cisco {
    case 0x0104: self = .pagp
    case 0x010b: self = .stp
    case 0x0111: self = .udld
    case 0x2000: self = .cdp
    case 0x2003: self = .vtp
    case 0x2004: self = .dtp
    default: self = .none
    }
  }

  /// The kind of IS-IS message whose type (ISO/IEC 10589, 9.5 on) is `isis`.
  init(isis: UInt8) {
    switch isis & 0x1f {
    case 15, 16, 17: self = .isisHello
    case 18, 20: self = .isisLSP
    case 24, 25: self = .isisCSNP
    case 26, 27: self = .isisPSNP
    default: self = .isis
    }
  }

  /// The slow protocol (IEEE 802.3, annex 57A) whose subtype is `slow`.
  init(slow: UInt8) {
    switch slow {
    case 1: self = .lacp
    case 2: self = .marker
    case 3: self = .oam
    default: self = .none
    }
  }

  /// Wireshark's protocol column, nil for `none`.
  public var name: StaticString? {
    switch self {
    case .none, .wlan, .linkType: nil
    case .llc: "LLC"
    case .stp: "STP"
    case .cdp: "CDP"
    case .vtp: "VTP"
    case .dtp: "DTP"
    case .udld: "UDLD"
    case .pagp: "PAGP"
    case .ipx: "IPX"
    case .netBEUI: "NetBIOS"
    case .isis: "ISIS"
    case .esis: "ESIS"
    case .clnp: "CLNP"
    case .ppp: "PPP"
    case .lcp: "PPP LCP"
    case .ipcp: "PPP IPCP"
    case .ipv6cp: "PPP IPV6CP"
    case .pap: "PPP PAP"
    case .chap: "PPP CHAP"
    case .ccp: "PPP CCP"
    case .slarp: "SLARP"
    case .frameRelay: "FR"
    case .isisHello: "ISIS HELLO"
    case .isisLSP: "ISIS LSP"
    case .isisCSNP: "ISIS CSNP"
    case .isisPSNP: "ISIS PSNP"
    case .lacp: "LACP"
    case .marker: "MARKER"
    case .oam: "OAM"
    case .netlink: "Netlink"
    case .eap: "EAP"
    case .docsis: "DOCSIS"
    case .tokenRingMAC: "TR MAC"
    case .fddiMAC: "FDDI"
    case .arcnet: "ARCNET"
    case .atm: "ATM"
    }
  }
}
