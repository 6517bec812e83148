/// Why the headers of a frame could not be read further: plain data, text only when asked for.
public struct PacketFault: BitwiseCopyable, Sendable, Equatable {
  /// The header that was being read.
  public enum Layer: UInt8, BitwiseCopyable, Sendable {
    case none, link, ethernet, vlan, llc, sll, sll2, null, rawIP, ppp, pppoe, mpls, arp, ipv4, ipv6, ipv6Extension, ah
    case tcp, udp, udpLite, dccp, sctp, icmp, icmpv6, gre, erspan, etherIP, vxlan, geneve, teredo, gtp, l2tp, lisp
    case frameRelay, chdlc, pbb, nflog, pktap, ipoib, ipnet, nsh, tunnel, trill, wlan, radiotap, prism, avs, ppi, pflog
    case enc, juniper, tokenRing, fddi, arcnet, atm
  }

  /// What kind of failure it is.
  public enum Reason: UInt8, BitwiseCopyable, Sendable {
    /// No fault.
    case none
    /// The frame had these bytes on the wire, but the capture holds fewer of them.
    case truncatedBySnaplen
    /// The enclosing packet ends before the header does.
    case truncated
    /// A value that the specification forbids or that contradicts another.
    case malformed
    /// Valid, but nothing here decodes it.
    case unsupported
    /// A named limit of this program was reached.
    case limit
  }

  /// What was wrong; `found` and `expected` complete it.
  enum Problem: UInt8, BitwiseCopyable, Sendable {
    case none, shortage, version, headerLength, headerBeyondPacket, totalLength, lengthBeyondPacket, linkType, family
    case depth, value
  }

  /// The header that was being read.
  public var layer = Layer.none
  /// What kind of failure it is.
  public var reason = Reason.none
  /// Bytes from the start of the frame to the header at fault.
  public var offset: Int32 = 0
  var problem = Problem.none
  var found: Int32 = 0
  var expected: Int32 = 0

  /// No fault.
  public init() {}

  init(_ layer: Layer, _ reason: Reason, _ problem: Problem, at offset: Int, found: Int = 0, expected: Int = 0) {
    self.layer = layer
    self.reason = reason
    self.problem = problem
    self.offset = Int32(truncatingIfNeeded: offset)
    self.found = Int32(clamping: found)
    self.expected = Int32(clamping: expected)
  }

  /// The stable, kebab-case code for the diagnostics table: `truncated-tcp`, `snaplen-cut-tcp`, `malformed-ipv4`,
  /// `unknown-link-type`, `unsupported-gre`, `limit-vlan`. Empty without a fault.
  public var code: String {
    if layer == .link, reason == .unsupported { return "unknown-link-type" }
    switch reason {
    case .none: return ""
    case .truncatedBySnaplen: return "snaplen-cut-\(layer.code)"
    case .truncated: return "truncated-\(layer.code)"
    case .malformed: return "malformed-\(layer.code)"
    case .unsupported: return "unsupported-\(layer.code)"
    case .limit: return "limit-\(layer.code)"
    }
  }

  /// What was wrong, for a person: `IPv4 header length 8 is less than 20`. Empty without a fault.
  public var detail: String {
    let name = layer.name
    switch problem {
    case .none: return ""
    case .shortage: return "\(name) header needs \(expected) bytes, \(found) left"
    case .version: return "\(name) version \(found) is not \(expected)"
    case .headerLength: return "\(name) header length \(found) is less than \(expected)"
    case .headerBeyondPacket: return "\(name) header length \(found) exceeds the \(expected) bytes of its packet"
    case .totalLength: return "\(name) length \(found) is less than its header length \(expected)"
    case .lengthBeyondPacket: return "\(name) length \(found) exceeds the \(expected) bytes that are there"
    case .linkType: return "link type \(found) is not decoded"
    case .family: return "\(name) protocol family \(found) is not decoded"
    case .depth: return "more than \(expected) \(name) headers in one frame"
    case .value: return "\(name) header with the value \(found) is not decoded"
    }
  }
}

extension PacketFault.Layer {
  /// The part of a diagnostics code that names the layer.
  var code: StaticString {
    switch self {
    case .none: "none"
    case .link: "link"
    case .ethernet: "ethernet"
    case .vlan: "vlan"
    case .llc: "llc"
    case .sll: "sll"
    case .sll2: "sll2"
    case .null: "null"
    case .rawIP: "raw-ip"
    case .ppp: "ppp"
    case .pppoe: "pppoe"
    case .mpls: "mpls"
    case .arp: "arp"
    case .ipv4: "ipv4"
    case .ipv6: "ipv6"
    case .ipv6Extension: "ipv6-extension"
    case .ah: "ah"
    case .tcp: "tcp"
    case .udp: "udp"
    case .udpLite: "udplite"
    case .dccp: "dccp"
    case .sctp: "sctp"
    case .icmp: "icmp"
    case .icmpv6: "icmpv6"
    case .gre: "gre"
    case .erspan: "erspan"
    case .etherIP: "etherip"
    case .vxlan: "vxlan"
    case .geneve: "geneve"
    case .teredo: "teredo"
    case .gtp: "gtp"
    case .l2tp: "l2tp"
    case .lisp: "lisp"
    case .frameRelay: "frame-relay"
    case .chdlc: "chdlc"
    case .pbb: "pbb"
    case .nflog: "nflog"
    case .pktap: "pktap"
    case .ipoib: "ipoib"
    case .ipnet: "ipnet"
    case .nsh: "nsh"
    case .tunnel: "tunnel"
    case .trill: "trill"
    case .wlan: "wlan"
    case .radiotap: "radiotap"
    case .prism: "prism"
    case .avs: "avs"
    case .ppi: "ppi"
    case .pflog: "pflog"
    case .enc: "enc"
    case .juniper: "juniper"
    case .tokenRing: "token-ring"
    case .fddi: "fddi"
    case .arcnet: "arcnet"
    case .atm: "atm"
    }
  }

  /// The name in the field's spelling.
  public var name: StaticString {
    switch self {
    case .none: "nothing"
    case .link: "link-layer"
    case .ethernet: "Ethernet"
    case .vlan: "VLAN"
    case .llc: "LLC"
    case .sll: "Linux cooked"
    case .sll2: "Linux cooked v2"
    case .null: "BSD loopback"
    case .rawIP: "raw IP"
    case .ppp: "PPP"
    case .pppoe: "PPPoE"
    case .mpls: "MPLS"
    case .arp: "ARP"
    case .ipv4: "IPv4"
    case .ipv6: "IPv6"
    case .ipv6Extension: "IPv6 extension"
    case .ah: "AH"
    case .tcp: "TCP"
    case .udp: "UDP"
    case .udpLite: "UDP-Lite"
    case .dccp: "DCCP"
    case .sctp: "SCTP"
    case .icmp: "ICMP"
    case .icmpv6: "ICMPv6"
    case .gre: "GRE"
    case .erspan: "ERSPAN"
    case .etherIP: "EtherIP"
    case .vxlan: "VXLAN"
    case .geneve: "Geneve"
    case .teredo: "Teredo"
    case .gtp: "GTP-U"
    case .l2tp: "L2TP"
    case .lisp: "LISP"
    case .frameRelay: "Frame Relay"
    case .chdlc: "Cisco HDLC"
    case .pbb: "802.1ah"
    case .nflog: "NFLOG"
    case .pktap: "PKTAP"
    case .ipoib: "IP over InfiniBand"
    case .ipnet: "Solaris ipnet"
    case .nsh: "NSH"
    case .tunnel: "tunnel"
    case .trill: "TRILL"
    case .wlan: "802.11"
    case .radiotap: "Radiotap"
    case .prism: "Prism"
    case .avs: "AVS"
    case .ppi: "PPI"
    case .pflog: "PFLOG"
    case .enc: "ENC"
    case .juniper: "Juniper"
    case .tokenRing: "Token Ring"
    case .fddi: "FDDI"
    case .arcnet: "ARCNET"
    case .atm: "ATM"
    }
  }
}
