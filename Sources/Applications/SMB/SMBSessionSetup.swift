import Bytes

/// Reads what a client logs in with from a session setup request: [MS-SMB2] 2.2.5; [MS-SMB] 2.2.4.6.1 with a token, and
/// [MS-CIFS] 2.2.4.53.1 without.
enum SMBSessionSetup {
  /// Bytes of a name that are read.
  static let nameLimit = 1024
  /// Bytes of a response of LAN Manager and of NTLM version 1 ([MS-NLMP] 2.2.2.3, 2.2.2.6).
  static let responseSize = 24

  /// What `message` logs in with; nil where it is anonymous or has no secret yet.
  ///
  /// - Parameter encryptsPasswords: whether the server wants responses to its challenge; nil: not known.
  static func attempt(
    _ message: RawSpan, _ header: SMBHeader, encryptsPasswords: Bool?
  ) -> LoginAttempt? {
    if header.isVersion2 {
      guard let start = half(message, SMBHeader.size2 + 12), let length = half(message, SMBHeader.size2 + 14),
        start >= SMBHeader.size2 + 24
      else { return nil }
      return SPNEGOToken.attempt(message.part(from: start, to: start + length))
    }
    let words = SMBHeader.size1 + 1
    switch message.u8(at: SMBHeader.size1) {
    case 12:
      guard let length = half(message, words + 14) else { return nil }
      return SPNEGOToken.attempt(message.part(from: words + 26, to: words + 26 + length))
    case 13:
      guard let lm = half(message, words + 14), let nt = half(message, words + 16) else { return nil }
      return responses(message, at: words + 28, lm: lm, nt: nt, header, encryptsPasswords)
    case 10:
      guard let length = half(message, words + 14) else { return nil }
      return responses(message, at: words + 22, lm: length, nt: 0, header, encryptsPasswords)
    default: return nil
    }
  }

  /// Two responses or passwords, for code pages and for Unicode, and the user's and the domain's name.
  private static func responses(
    _ message: RawSpan, at offset: Int, lm lmLength: Int, nt ntLength: Int, _ header: SMBHeader,
    _ encryptsPasswords: Bool?
  ) -> LoginAttempt? {
    let takesPasswords = encryptsPasswords == false
    var start = offset + lmLength
    // Texts of UTF-16 begin at even places, passwords among them.
    if takesPasswords, ntLength > 0, start % 2 == 1 { start += 1 }
    var end = start + ntLength
    guard end <= message.byteCount else { return nil }
    let lm = message.part(from: offset, to: offset + lmLength)
    let nt = message.part(from: start, to: end)
    if header.isUnicode, end % 2 == 1 { end += 1 }
    guard let username = name(message, at: &end, header.isUnicode), !username.isEmpty else { return nil }
    let domain = name(message, at: &end, header.isUnicode).flatMap { $0.isEmpty ? nil : $0 }
    func attempt(_ mechanism: String, _ secret: String, _ kind: CredentialRecord.Kind) -> LoginAttempt {
      LoginAttempt(
        mechanism: mechanism, domain: domain, username: username, secret: secret, kind: kind, frameID: 0)
    }
    if takesPasswords {
      let isWide = nt.byteCount > 0
      let password = NTLMAuthenticate.text(withoutEnd(isWide ? nt : lm, isWide: isWide), isWide)
      return password.isEmpty ? nil : attempt("plaintext", password, .password)
    }
    if nt.byteCount >= NTLMAuthenticate.version2Size { return attempt("NTLMv2", hexadecimal(nt), .hash) }
    if nt.byteCount == responseSize { return attempt("NTLMv1", hexadecimal(nt), .hash) }
    guard nt.byteCount == 0, lm.byteCount == responseSize else { return nil }
    return attempt("LM", hexadecimal(lm), .hash)
  }

  /// Without the zeros that end it.
  @_lifetime(copy bytes)
  private static func withoutEnd(_ bytes: RawSpan, isWide: Bool) -> RawSpan {
    var end = bytes.byteCount
    if isWide {
      while end >= 2, bytes.u16(at: end - 2) == 0 { end -= 2 }
    } else {
      while end >= 1, bytes.u8(at: end - 1) == 0 { end -= 1 }
    }
    return bytes.part(from: 0, to: end)
  }

  /// A name up to the zero that ends it, behind which `offset` is moved; nil where there is none.
  private static func name(_ message: RawSpan, at offset: inout Int, _ isUnicode: Bool) -> String? {
    let start = offset
    let limit = start + nameLimit
    if !isUnicode {
      guard let end = message.firstIndex(of: 0, from: start, to: limit) else { return nil }
      offset = end + 1
      return WireText.text(message.part(from: start, to: end))
    }
    var end = start
    while end < limit, let unit = message.u16(at: end) {
      if unit == 0 {
        offset = end + 2
        return NTLMAuthenticate.text(message.part(from: start, to: end), true)
      }
      end += 2
    }
    return nil
  }

  private static func half(_ message: RawSpan, _ offset: Int) -> Int? {
    message.u16(at: offset).map { Int($0.byteSwapped) }
  }
}
