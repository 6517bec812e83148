import Bytes

/// What a server's answer to a login says ([MS-TDS] 2.2.7): a sequence of tokens.
enum TDSAnswer {
  /// LOGINACK, or an error that tells whether the credentials are wrong; nil: neither.
  static func accepted(_ tokens: RawSpan) -> Bool? {
    var offset = 0
    while let token = tokens.u8(at: offset) {
      switch token {
      case 0xad: return true
      case 0xaa:
        guard let number = tokens.u32(at: offset + 3)?.byteSwapped else { return nil }
        // 'Login failed' in its kinds, the account locked, the password expired or to be changed.
        if (18_450...18_470).contains(number) || [18_486, 18_487, 18_488].contains(number) { return false }
        offset += 3 + Int(tokens.u16(at: offset + 1)?.byteSwapped ?? 0)
      // ENVCHANGE, INFO, SSPI.
      case 0xe3, 0xab, 0xed: offset += 3 + Int(tokens.u16(at: offset + 1)?.byteSwapped ?? 0)
      default: return nil
      }
    }
    return nil
  }
}
