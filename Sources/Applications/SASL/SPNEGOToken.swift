import Bytes

/// A client's token as protocols of Windows carry it: SPNEGO (RFC 4178) around NTLM or Kerberos, or either without it.
enum SPNEGOToken {
  /// What the token logs in with: NTLM's third message, or a Kerberos ticket, whose user name and secret are encrypted. Nil
  /// where it holds neither, and for an anonymous client.
  static func attempt(_ token: RawSpan) -> LoginAttempt? {
    let bytes = token.copied()
    return NTLMAuthenticate(foundIn: bytes)?.attempt ?? kerberos(token)
  }

  /// Kerberos' AP-REQ behind the mechanism's object identifier 1.2.840.113554.1.2.2 and the token identifier 01 00 (RFC
  /// 4121, section 4.1).
  private static func kerberos(_ token: RawSpan) -> LoginAttempt? {
    var start = 0
    while let found = token.firstIndex(of: 0x2a, from: start) {
      if token.u64(at: found) == 0x2a86_4886_f712_0102, token.u32(at: found + 8) == 0x0201_006e {
        return LoginAttempt(
          mechanism: "Kerberos", domain: realm(token.part(from: found + 12)), username: nil, secret: nil, kind: .hash,
          frameID: 0)
      }
      start = found + 1
    }
    return nil
  }

  /// The realm of the ticket: `tkt-vno [0] INTEGER (5), realm [1] GeneralString` (RFC 4120, section 5.3).
  private static func realm(_ request: RawSpan) -> String? {
    var start = 0
    while let found = request.firstIndex(of: 0xa0, from: start) {
      if request.u32(at: found) == 0xa003_0201, request.u16(at: found + 4) == 0x05a1, request.u8(at: found + 7) == 0x1b,
        let length = request.u8(at: found + 8), length > 0, length < 128
      {
        let name = request.part(from: found + 9, to: found + 9 + Int(length))
        return name.byteCount == Int(length) ? WireText.text(name) : nil
      }
      start = found + 1
    }
    return nil
  }
}
