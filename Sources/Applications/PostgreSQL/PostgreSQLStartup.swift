import Bytes

/// The first message of a PostgreSQL client, which has no type (PostgreSQL documentation, section 55.7).
///
/// ```
/// int32 length, int32 code, and for StartupMessage *( name NUL value NUL ) NUL
/// ```
enum PostgreSQLStartup: Equatable, Sendable {
  /// With the user, and the database where one is named.
  case start(user: String, database: String?)
  /// TLS is asked for.
  case encryption
  /// GSSAPI encryption is asked for.
  case gssEncryption
  /// Another connection's query is to be cancelled.
  case cancel

  /// Bytes that a StartupMessage may have: the server's own MAX_STARTUP_PACKET_LENGTH.
  static let lengthLimit = 10_000

  private static let cancelCode: UInt32 = 80_877_102
  private static let encryptionCode: UInt32 = 80_877_103
  private static let gssCode: UInt32 = 80_877_104

  /// The length of the message, told by its length and code.
  static func measure(_ bytes: RawSpan) -> MessageMeasure {
    guard bytes.u8(at: 0) ?? 0 == 0, bytes.u8(at: 1) ?? 0 == 0 else { return .no }
    guard let length = bytes.u32(at: 0), let code = bytes.u32(at: 4) else { return .more }
    switch code {
    case encryptionCode, gssCode: return length == 8 ? .keep(8) : .no
    case cancelCode: return (16...lengthLimit).contains(Int(length)) ? .keep(Int(length)) : .no
    // Versions 3.0 and 3.2.
    case 0x0003_0000, 0x0003_0002: return (9...lengthLimit).contains(Int(length)) ? .keep(Int(length)) : .no
    default: return .no
    }
  }

  /// Whether `bytes` begin with such a message: a StartupMessage also has to begin with a parameter's name, in small
  /// letters.
  static func probe(_ bytes: RawSpan) -> Probe {
    switch measure(bytes) {
    case .more: return .more
    case .no, .skip: return .no
    case .keep(let length):
      guard length > 8, bytes.u32(at: 4) ?? 0 < cancelCode else { return .match }
      for offset in 8..<min(length, 8 + 64) {
        guard let byte = bytes.u8(at: offset) else { return .more }
        if byte == 0 { return offset > 8 ? .match : .no }
        guard byte &- 0x61 < 26 || byte == UInt8(ascii: "_") else { return .no }
      }
      return .no
    }
  }

  /// What a whole message says; nil: it is none, or names no user, without which no server goes on.
  init?(_ bytes: RawSpan) {
    switch bytes.u32(at: 4) {
    case PostgreSQLStartup.encryptionCode: self = .encryption
    case PostgreSQLStartup.gssCode: self = .gssEncryption
    case PostgreSQLStartup.cancelCode: self = .cancel
    case 0x0003_0000, 0x0003_0002:
      var (user, database): (String?, String?)
      var offset = 8
      while let end = bytes.firstIndex(of: 0, from: offset), end > offset,
        let behind = bytes.firstIndex(of: 0, from: end + 1)
      {
        let value = bytes.part(from: end + 1, to: behind)
        let name = bytes.part(from: offset, to: end)
        if name.byteCount == 4, name.starts(with: "user") { user = WireText.text(value) }
        if name.byteCount == 8, name.starts(with: "database") { database = WireText.text(value) }
        offset = behind + 1
      }
      guard let user else { return nil }
      self = .start(user: user, database: database)
    default: return nil
    }
  }
}
