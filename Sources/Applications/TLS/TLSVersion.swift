import Bytes

/// A protocol version as TLS and DTLS write it (RFC 8446, section 4.1.2; RFC 9147, section 5.3).
public struct TLSVersion: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
  /// The two bytes on the wire.
  public let rawValue: UInt16

  /// The version that is written `rawValue`.
  @inlinable
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// TLS 1.3.
  public static let tls13 = TLSVersion(rawValue: 0x0304)

  /// A number that grows with the version. Drafts of TLS 1.3 (0x7fXX) stand below it and above TLS 1.2, DTLS counts
  /// backwards on the wire, and values that mean nothing known come last.
  private var rank: Int {
    let low = Int(rawValue & 0xff)
    switch rawValue >> 8 {
    case 0x03: return low << 8 | 0x30000
    case 0x7f: return 0x30300 | low
    case 0xfe: return 0x30000 | (0x100 - low) << 8
    default: return rawValue == 2 ? 1 : 0
    }
  }

  /// The highest of `versions`, two bytes each, GREASE (RFC 8701) left out; nil: none.
  static func highest(of versions: RawSpan) -> TLSVersion? {
    var best: TLSVersion?
    var index = 0
    while let value = versions.u16(at: index) {
      index += 2
      let version = TLSVersion(rawValue: value)
      if TLSCipherSuite.isGREASE(value) || best.map({ $0.rank >= version.rank }) == true { continue }
      best = version
    }
    return best
  }

  /// The two characters that stand for it in a JA4 fingerprint.
  var ja4: StaticString {
    switch rawValue {
    case 0x0304: "13"
    case 0x0303: "12"
    case 0x0302: "11"
    case 0x0301: "10"
    case 0x0300: "s3"
    case 0x0002: "s2"
    case 0xfeff: "d1"
    case 0xfefd: "d2"
    case 0xfefc: "d3"
    default: "00"
    }
  }
}

extension TLSVersion: CustomStringConvertible {
  /// `TLSv1.3`, `SSLv3`, `DTLSv1.2`; the number in hexadecimal, such as `0x7f1c` (a draft of TLS 1.3), for any other.
  public var description: String {
    switch rawValue {
    case 0x0304: return "TLSv1.3"
    case 0x0303: return "TLSv1.2"
    case 0x0302: return "TLSv1.1"
    case 0x0301: return "TLSv1.0"
    case 0x0300: return "SSLv3"
    case 0x0002: return "SSLv2"
    case 0xfeff: return "DTLSv1.0"
    case 0xfefd: return "DTLSv1.2"
    case 0xfefc: return "DTLSv1.3"
    default:
      let digits = String(rawValue, radix: 16)
      return "0x" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
    }
  }
}
