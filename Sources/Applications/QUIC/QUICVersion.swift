/// A version of QUIC as long headers write it (RFC 8999, section 5.1; RFC 9000, section 15).
struct QUICVersion: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
  /// The four bytes on the wire.
  let rawValue: UInt32

  /// What stands in a Version Negotiation packet.
  static let negotiation = QUICVersion(rawValue: 0)
  /// RFC 9000.
  static let v1 = QUICVersion(rawValue: 1)
  /// RFC 9369.
  static let v2 = QUICVersion(rawValue: 0x6b33_43cf)
  /// Google's last three: long headers as in the IETF's drafts, Initial packets under salts of their own. Q050 carries
  /// Google's own handshake, the other two TLS.
  static let q050 = QUICVersion(rawValue: 0x5130_3530)
  static let t050 = QUICVersion(rawValue: 0x5430_3530)
  static let t051 = QUICVersion(rawValue: 0x5430_3531)
  /// Google's with a long header of its own, and its handshake in the clear.
  static let q046 = QUICVersion(rawValue: 0x5130_3436)

  /// The number of the IETF's draft whose rules it follows, 34 for version 1; nil: it follows none.
  var draft: UInt32? {
    switch rawValue {
    case 1: 34
    case 0xff00_0001...0xff00_0022: rawValue & 0xff
    // Facebook's mvfst.
    case 0xface_b001: 22
    case 0xface_b002, 0xface_b00e: 27
    default: nil
    }
  }

  /// The number behind the Q of one of Google's versions; nil: it is none of them.
  var google: UInt32? {
    let tens = rawValue >> 8 & 0xff
    let ones = rawValue & 0xff
    guard rawValue >> 16 == 0x5130, (0x30...0x39).contains(tens), (0x30...0x39).contains(ones) else { return nil }
    return (tens - 0x30) * 10 + ones - 0x30
  }

  /// Whether it is set aside so that servers meet a version that they do not know (RFC 9000, section 15).
  var isReserved: Bool { rawValue & 0x0f0f_0f0f == 0x0a0a_0a0a }

  /// Whether it is a version that is in use, or was.
  var isKnown: Bool {
    draft != nil || self == .v2 || self == .t050 || self == .t051 || google != nil
  }

  /// Whether connection IDs have their lengths in nibbles of one byte: the drafts before 22, and Google's until Q046.
  var hasShortLengths: Bool {
    if let draft { return draft < 22 }
    return google.map { $0 < 49 } ?? false
  }

  /// Whether its Initial packets can be decrypted, so that their handshakes are read.
  var isReadable: Bool { salt != nil }

  /// Whether its handshake is Google's own (`QUICTagMessage`), not TLS.
  var hasGoogleHandshake: Bool { google != nil }

  /// What the secrets of Initial packets are extracted with (RFC 9001, section 5.2; RFC 9369, section 3.3.1; the same
  /// sections of the drafts; of Google's the constants in Chromium's source); nil: not known.
  var salt: [UInt8]? {
    switch self {
    case .v2: return QUICVersion.saltV2
    case .q050: return QUICVersion.saltQ050
    case .t050: return QUICVersion.saltT050
    case .t051: return QUICVersion.saltT051
    default: break
    }
    switch draft {
    case 22?: return QUICVersion.salt22
    case (23...28)?: return QUICVersion.salt23
    case (29...32)?: return QUICVersion.salt29
    case (33...34)?: return QUICVersion.saltV1
    default: return nil
    }
  }

  /// What the labels of its keys begin with.
  var label: StaticString { self == .v2 ? "quicv2 " : "quic " }

  private static let salt22: [UInt8] = [
    0x7f, 0xbc, 0xdb, 0x0e, 0x7c, 0x66, 0xbb, 0xe9, 0x19, 0x3a, 0x96, 0xcd, 0x21, 0x51, 0x9e, 0xbd, 0x7a, 0x02, 0x64,
    0x4a,
  ]
  private static let salt23: [UInt8] = [
    0xc3, 0xee, 0xf7, 0x12, 0xc7, 0x2e, 0xbb, 0x5a, 0x11, 0xa7, 0xd2, 0x43, 0x2b, 0xb4, 0x63, 0x65, 0xbe, 0xf9, 0xf5,
    0x02,
  ]
  private static let salt29: [UInt8] = [
    0xaf, 0xbf, 0xec, 0x28, 0x99, 0x93, 0xd2, 0x4c, 0x9e, 0x97, 0x86, 0xf1, 0x9c, 0x61, 0x11, 0xe0, 0x43, 0x90, 0xa8,
    0x99,
  ]
  private static let saltV1: [UInt8] = [
    0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17, 0x9a, 0xe6, 0xa4, 0xc8, 0x0c, 0xad, 0xcc, 0xbb, 0x7f,
    0x0a,
  ]
  private static let saltV2: [UInt8] = [
    0x0d, 0xed, 0xe3, 0xde, 0xf7, 0x00, 0xa6, 0xdb, 0x81, 0x93, 0x81, 0xbe, 0x6e, 0x26, 0x9d, 0xcb, 0xf9, 0xbd, 0x2e,
    0xd9,
  ]
  private static let saltQ050: [UInt8] = [
    0x50, 0x45, 0x74, 0xef, 0xd0, 0x66, 0xfe, 0x2f, 0x9d, 0x94, 0x5c, 0xfc, 0xdb, 0xd3, 0xa7, 0xf0, 0xd3, 0xb5, 0x6b,
    0x45,
  ]
  private static let saltT050: [UInt8] = [
    0x7f, 0xf5, 0x79, 0xe5, 0xac, 0xd0, 0x72, 0x91, 0x55, 0x80, 0x30, 0x4c, 0x43, 0xa2, 0x36, 0x7c, 0x60, 0x48, 0x83,
    0x10,
  ]
  private static let saltT051: [UInt8] = [
    0x7a, 0x4e, 0xde, 0xf4, 0xe7, 0xcc, 0xee, 0x5f, 0xa4, 0x50, 0x6c, 0x19, 0x12, 0x4f, 0xc8, 0xcc, 0xda, 0x6e, 0x03,
    0x3d,
  ]
}

extension QUICVersion: CustomStringConvertible {
  /// `1`, `2`, `draft-29`, `Q046`, `T051`; the number in hexadecimal, such as `0xfaceb002`, for any other.
  var description: String {
    switch rawValue {
    case 1: return "1"
    case 0x6b33_43cf: return "2"
    case 0x5430_3530: return "T050"
    case 0x5430_3531: return "T051"
    default: break
    }
    if rawValue >> 8 == 0xff_0000, let draft { return draft < 10 ? "draft-0\(draft)" : "draft-\(draft)" }
    if let google { return google < 10 ? "Q00\(google)" : "Q0\(google)" }
    let digits = String(rawValue, radix: 16)
    return "0x" + String(repeating: "0", count: 8 - digits.utf8.count) + digits
  }
}
