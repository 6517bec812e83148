import Bytes

/// A message of PAP (RFC 1334, section 2.2), CHAP (RFC 1994, section 4) or EAP (RFC 3748, section 4).
///
/// ```
/// code (1) | identifier (1) | length (2), of all of it | data
/// ```
struct LinkMessage: ~Escapable {
  static let headerSize = 4

  let code: UInt8
  let identifier: UInt8
  let data: RawSpan

  /// The message at the front of `bytes`, behind which padding may stand; nil where it is not whole.
  @_lifetime(copy bytes)
  init?(_ bytes: RawSpan) {
    guard let code = bytes.u8(at: 0), let identifier = bytes.u8(at: 1), let length = bytes.u16(at: 2),
      length >= LinkMessage.headerSize, Int(length) <= bytes.byteCount
    else { return nil }
    self.code = code
    self.identifier = identifier
    data = bytes.part(from: LinkMessage.headerSize, to: Int(length))
  }

  /// PAP's Authenticate-Request: two texts, each with its length in one byte, and nothing behind them.
  func pap() -> LoginAttempt? {
    guard let first = data.u8(at: 0).map(Int.init), let second = data.u8(at: 1 + first).map(Int.init),
      data.byteCount == 2 + first + second, first > 0
    else { return nil }
    return LoginAttempt(
      mechanism: "PAP", username: WireText.text(data.part(from: 1, to: 1 + first)),
      secret: WireText.text(data.part(from: 2 + first)), kind: .password, frameID: 0)
  }

  /// CHAP's Response: a value with its length in one byte, and a name. The value is a digest of MD5, SHA-1, SHA-256 or
  /// SHA-3, or what MS-CHAP (RFC 2433, section 5) and MS-CHAP-V2 (RFC 2759, section 4) have in its place.
  func chap() -> LoginAttempt? {
    guard let length = data.u8(at: 0).map(Int.init), [16, 20, 32, 49].contains(length),
      data.byteCount > 1 + length
    else { return nil }
    let value = data.part(from: 1, to: 1 + length)
    return LoginAttempt(
      mechanism: length != 49 ? "CHAP" : LinkMessage.isVersion2(value) ? "MS-CHAPv2" : "MS-CHAP",
      username: WireText.text(data.part(from: 1 + length)), secret: hexadecimal(value), kind: .hash, frameID: 0)
  }

  /// Both versions have 49 bytes: the client's challenge of 16, eight zeros, a response of 24, a flag of zero in version
  /// 2; two responses of 24 and a flag that is 1 for the second in version 1.
  private static func isVersion2(_ value: RawSpan) -> Bool {
    value.u64(at: 16) == 0 && value.u8(at: 48) == 0
  }

  /// The name of an EAP Identity response (RFC 3748, section 5.1).
  func eapIdentity() -> String? {
    guard data.u8(at: 0) == 1, data.byteCount > 1 else { return nil }
    return WireText.text(data.part(from: 1, to: 254))
  }

  /// An EAP response of type 4, MD5-Challenge (RFC 3748, section 5.4), of `identity` where it names nobody itself.
  func eapMD5(identity: String?) -> LoginAttempt? {
    guard data.u8(at: 0) == 4, data.u8(at: 1) == 16, data.byteCount >= 18 else { return nil }
    let name = data.part(from: 18)
    return LoginAttempt(
      mechanism: "EAP-MD5", username: identity ?? (name.byteCount > 0 ? WireText.text(name) : nil),
      secret: hexadecimal(data.part(from: 2, to: 18)), kind: .hash, frameID: 0)
  }
}
