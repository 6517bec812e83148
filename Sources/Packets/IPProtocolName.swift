/// Names of IP protocol numbers, as `flows.transport` has them.
public enum IPProtocolName {
  /// The lower-case keyword of `number` (IANA protocol-numbers, in Wireshark's spelling), or the number as text.
  public static func name(of number: UInt8) -> String {
    known(number)?.description ?? String(number)
  }

  /// The keyword of `number`, nil where it has none here.
  public static func known(_ number: UInt8) -> StaticString? {
    switch number {
    case 0: "hopopt"
    case 1: "icmp"
    case 2: "igmp"
    case 3: "ggp"
    case 4: "ipip"
    case 5: "st"
    case 6: "tcp"
    case 8: "egp"
    case 9: "igp"
    case 17: "udp"
    case 27: "rdp"
    case 33: "dccp"
    case 41: "ipv6"
    case 43: "ipv6-route"
    case 44: "ipv6-frag"
    case 46: "rsvp"
    case 47: "gre"
    case 50: "esp"
    case 51: "ah"
    case 55: "mobile"
    case 58: "icmpv6"
    case 59: "ipv6-nonxt"
    case 60: "ipv6-opts"
    case 73: "cphb"
    case 88: "eigrp"
    case 89: "ospf"
    case 94: "ipip-94"
    case 97: "etherip"
    case 98: "encap"
    case 103: "pim"
    case 108: "ipcomp"
    case 112: "vrrp"
    case 113: "pgm"
    case 115: "l2tp"
    case 124: "isis"
    case 132: "sctp"
    case 133: "fc"
    case 134: "rsvp-e2e-ignore"
    case 135: "mipv6"
    case 136: "udplite"
    case 137: "mpls"
    case 138: "manet"
    case 139: "hip"
    case 140: "shim6"
    case 143: "ethernet"
    default: nil
    }
  }
}
