import Bytes

/// What LOGIN7 says of a login ([MS-TDS] 2.2.6.4). Its texts are UTF-16 that offsets and lengths in its first 94 bytes
/// point at, all little-endian; the password is hidden only by a fixed pattern.
struct TDSLogin: Equatable, Sendable {
  /// UTF-16 units that a text may have: 128 is SQL Server's limit.
  static let textLimit = 128

  let user: String
  let password: String
  /// Nil: none named.
  let database: String?
  /// Whether Windows' own authentication is asked for, so that there is no password.
  let isIntegrated: Bool

  /// The login in a message without its packets' headers; nil: malformed.
  init?(_ bytes: RawSpan) {
    guard bytes.byteCount >= 94, let flags = bytes.u8(at: 25), let user = TDSLogin.text(bytes, at: 40),
      let password = TDSLogin.text(bytes, at: 44), let database = TDSLogin.text(bytes, at: 68)
    else { return nil }
    isIntegrated = flags & 0x80 != 0
    self.user = TDSLogin.string(user)
    // Each byte had its halves exchanged and was combined with 0xa5.
    self.password = TDSLogin.string(
      password.map {
        let byte = $0 ^ 0xa5
        return byte << 4 | byte >> 4
      })
    self.database = database.isEmpty ? nil : TDSLogin.string(database)
  }

  /// The login for a row, which arrived in `frame`; nil: there is no password.
  func attempt(in frame: FrameStamp) -> LoginAttempt? {
    guard !isIntegrated else { return nil }
    return LoginAttempt(
      mechanism: "LOGIN7", domain: database, username: user, secret: password, kind: .password, frameID: frame.id)
  }

  private static func text(_ bytes: RawSpan, at place: Int) -> [UInt8]? {
    guard let offset = bytes.u16(at: place)?.byteSwapped, let count = bytes.u16(at: place + 2)?.byteSwapped,
      count <= textLimit, Int(offset) + 2 * Int(count) <= bytes.byteCount
    else { return nil }
    return bytes.part(from: Int(offset), to: Int(offset) + 2 * Int(count)).copied()
  }

  private static func string(_ bytes: [UInt8]) -> String {
    let units = stride(from: 0, to: bytes.count - 1, by: 2).map { UInt16(bytes[$0 + 1]) << 8 | UInt16(bytes[$0]) }
    return WireText.text(Array(String(decoding: units, as: UTF16.self).utf8))
  }
}
