extension IPAddress {
  /// How far an address reaches, by the IANA special-purpose registries (RFC 6890 and its updates).
  public enum Scope: String, Sendable, CaseIterable {
    /// Reachable on the Internet.
    case global
    /// RFC 1918, and IPv6 unique local (RFC 4193).
    case `private`
    /// Carrier-grade NAT, 100.64.0.0/10 (RFC 6598).
    case shared
    /// 127.0.0.0/8 and ::1.
    case loopback
    /// 169.254.0.0/16 and fe80::/10.
    case linkLocal = "link-local"
    /// 224.0.0.0/4 and ff00::/8.
    case multicast
    /// 255.255.255.255.
    case broadcast
    /// 0.0.0.0 and ::.
    case unspecified
    /// Networks for examples (RFC 5737, RFC 3849, RFC 9637).
    case documentation
    /// 198.18.0.0/15 (RFC 2544) and 2001:2::/48 (RFC 5180).
    case benchmarking
    /// Set aside by IETF: 0.0.0.0/8 other than 0.0.0.0, 192.0.0.0/24, 240.0.0.0/4, and what is not 2000::/3 in IPv6.
    case reserved
  }

  /// The scope of this address. IPv4 addresses inside NAT64 (64:ff9b::/96) and 6to4 (2002::/16) count as global.
  public var scope: Scope {
    isIPv4 ? IPAddress.scope(v4: v4) : scopeV6
  }

  private static func scope(v4 value: UInt32) -> Scope {
    switch value >> 24 {
    case 0: return value == 0 ? .unspecified : .reserved
    case 10: return .private
    case 127: return .loopback
    case 224...239: return .multicast
    case 240...255: return value == .max ? .broadcast : .reserved
    default: break
    }
    switch value >> 16 {
    case 0xa9fe: return .linkLocal
    case 0xc0a8: return .private
    case 0xac10...0xac1f: return .private
    case 0x6440...0x647f: return .shared
    case 0xc612, 0xc613: return .benchmarking
    default: break
    }
    switch value >> 8 {
    case 0xc00000: return .reserved
    case 0xc00002, 0xc63364, 0xcb0071: return .documentation
    default: return .global
    }
  }

  private var scopeV6: Scope {
    if high == 0 {
      if low == 0 { return .unspecified }
      if low == 1 { return .loopback }
      return .reserved
    }
    let top = high >> 48
    switch top {
    case 0xff00...0xffff: return .multicast
    case 0xfe80...0xfebf: return .linkLocal
    case 0xfc00...0xfdff: return .private
    default: break
    }
    if high >> 32 == 0x2001_0db8 || high >> 44 == 0x3fff0 { return .documentation }
    if high >> 16 == 0x2001_0002_0000 { return .benchmarking }
    if high == 0x0064_ff9b_0000_0000, low >> 32 == 0 { return .global }
    return (0x2000...0x3fff).contains(top) ? .global : .reserved
  }
}
