import Bytes

/// NTLM's third message, AUTHENTICATE_MESSAGE ([MS-NLMP] 2.2.1.3), in which the client names itself and answers the
/// server's challenge.
///
/// ```
/// "NTLMSSP" NUL, type 3, six fields (length 2, allocated 2, offset 4: LM response, NT response, domain, user,
/// workstation, session key), flags 4; all little-endian, offsets from the message's start
/// ```
struct NTLMAuthenticate: Equatable, Sendable {
  /// Bytes of an NT response from which it is version 2: version 1 has 24 (2.2.2.6), version 2 at least 44 (2.2.2.8).
  static let version2Size = 44
  /// Bytes of a name that are read: 2.2.1.3 names no limit, Windows has 256 characters.
  static let nameLimit = 1024

  /// Nil: none sent.
  let domain: String?
  /// The user name.
  let username: String
  /// Whether the response is NTLM version 2.
  let isVersion2: Bool
  /// The NT response, or the LM response where the client sent none.
  let response: [UInt8]

  /// The message that begins at `offset`; nil where there is none, and for a client without a name (an anonymous one).
  init?(_ bytes: RawSpan, at offset: Int = 0) {
    let message = bytes.part(from: offset)
    guard message.starts(with: "NTLMSSP\0"), message.u32(at: 8) == 0x0300_0000, let flags = message.u32(at: 60) else {
      return nil
    }
    let isUnicode = flags.byteSwapped & 1 == 1
    guard let lm = NTLMAuthenticate.field(message, at: 12), let nt = NTLMAuthenticate.field(message, at: 20),
      let domain = NTLMAuthenticate.field(message, at: 28), let user = NTLMAuthenticate.field(message, at: 36),
      domain.byteCount <= NTLMAuthenticate.nameLimit, user.byteCount <= NTLMAuthenticate.nameLimit,
      user.byteCount > 0,
      nt.byteCount == 24 || nt.byteCount >= NTLMAuthenticate.version2Size
        || nt.byteCount == 0 && lm.byteCount == 24
    else { return nil }
    self.domain = domain.byteCount == 0 ? nil : NTLMAuthenticate.text(domain, isUnicode)
    username = NTLMAuthenticate.text(user, isUnicode)
    isVersion2 = nt.byteCount >= NTLMAuthenticate.version2Size
    response = nt.byteCount == 0 ? lm.copied() : nt.copied()
  }

  /// The first such message anywhere in `bytes`, as where SPNEGO wraps it.
  init?(foundIn bytes: [UInt8]) {
    let span = bytes.bytes
    var start = 0
    while let found = span.firstIndex(of: UInt8(ascii: "N"), from: start) {
      if span.starts(with: "NTLMSSP\0", at: found) {
        self.init(span, at: found)
        return
      }
      start = found + 1
    }
    return nil
  }

  /// For a row of `credentials`; its frame is 0.
  var attempt: LoginAttempt {
    LoginAttempt(
      mechanism: isVersion2 ? "NTLMv2" : "NTLMv1", domain: domain, username: username, secret: hexadecimal(response),
      kind: .hash, frameID: 0)
  }

  @_lifetime(copy message)
  private static func field(_ message: RawSpan, at offset: Int) -> RawSpan? {
    guard let length = message.u16(at: offset)?.byteSwapped, let start = message.u32(at: offset + 4)?.byteSwapped,
      Int(start) + Int(length) <= message.byteCount
    else { return nil }
    return message.part(from: Int(start), to: Int(start) + Int(length))
  }

  /// UTF-16, or the bytes of a code page that nothing names.
  static func text(_ bytes: RawSpan, _ isUnicode: Bool) -> String {
    guard isUnicode else { return WireText.text(bytes) }
    let units = stride(from: 0, to: bytes.byteCount - 1, by: 2).compactMap { bytes.u16(at: $0)?.byteSwapped }
    return WireText.text(Array(String(decoding: units, as: UTF16.self).utf8))
  }
}
