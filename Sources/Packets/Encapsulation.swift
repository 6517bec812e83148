public import Bytes

/// A header that another packet was carried behind: a tunnel, a tag, a label, a session.
public struct Encapsulation: Hashable, Sendable {
  /// What kind of header it is.
  public enum Kind: UInt8, Sendable {
    /// An IEEE 802.1Q or 802.1ad tag; Cisco's Inter-Switch Link; the tag of a port extender (IEEE 802.1BR); Cisco's VN-Tag.
    case vlan, isl, eTag, vnTag
    /// A service instance of IEEE 802.1ah; TRILL; a label of MPLS; a service path of NSH; a session of PPPoE.
    case pbb, trill, mpls, nsh, pppoe
    /// IP directly in IP, by the versions of the inner and the outer packet.
    case ipip, sixInFour, fourInSix, sixInSix
    /// GRE and what has its own use of it.
    case gre, pptp, erspan, wccp
    /// Ethernet in IP: EtherIP, and protocol 143.
    case etherIP, ethernetInIP
    /// Inside UDP.
    case vxlan, vxlanGPE, geneve, gtp, teredo, ayiya, lisp
    /// L2TP versions 2 and 3.
    case l2tp, l2tp3
    /// A PIM register message.
    case pimRegister

    /// As `tunnels.kind` has it.
    public var name: StaticString {
      switch self {
      case .vlan: "vlan"
      case .isl: "isl"
      case .eTag: "e-tag"
      case .vnTag: "vn-tag"
      case .pbb: "pbb"
      case .trill: "trill"
      case .mpls: "mpls"
      case .nsh: "nsh"
      case .pppoe: "pppoe"
      case .ipip: "ipip"
      case .sixInFour: "6in4"
      case .fourInSix: "4in6"
      case .sixInSix: "6in6"
      case .gre: "gre"
      case .pptp: "pptp"
      case .erspan: "erspan"
      case .wccp: "wccp"
      case .etherIP: "etherip"
      case .ethernetInIP: "ethernet-in-ip"
      case .vxlan: "vxlan"
      case .vxlanGPE: "vxlan-gpe"
      case .geneve: "geneve"
      case .gtp: "gtp-u"
      case .teredo: "teredo"
      case .ayiya: "ayiya"
      case .lisp: "lisp"
      case .l2tp: "l2tp"
      case .l2tp3: "l2tpv3"
      case .pimRegister: "pim-register"
      }
    }
  }

  /// Stands for no number.
  static let none: Int64 = -1

  /// What kind of header it is.
  public let kind: Kind
  /// Whether `source` and `destination` are there.
  public let hasAddresses: Bool
  /// VLAN identifier, label, session, key, network identifier, endpoint identifier, by the kind; -1 without one.
  public let number: Int64
  /// The source of the IP packet that the header was in; only if `hasAddresses`.
  public let source: IPAddress
  /// The destination of the IP packet that the header was in; only if `hasAddresses`.
  public let destination: IPAddress

  /// VLAN identifier, label, session, key, network identifier, endpoint identifier; nil where the header has none.
  public var identifier: Int64? { number < 0 ? nil : number }

  /// The same header on the way back.
  public var reversed: Encapsulation {
    Encapsulation(
      kind: kind, hasAddresses: hasAddresses, number: number, source: destination, destination: source)
  }

  init(kind: Kind, hasAddresses: Bool, number: Int64, source: IPAddress, destination: IPAddress) {
    self.kind = kind
    self.hasAddresses = hasAddresses
    self.number = number
    self.source = source
    self.destination = destination
  }
}
