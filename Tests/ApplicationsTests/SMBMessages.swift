import TestSupport

/// Messages of SMB for dialogues.
enum SMBMessages {
  static let loginFailure: [UInt8] = [0x6d, 0, 0, 0xc0]
  static let moreProcessing: [UInt8] = [0x16, 0, 0, 0xc0]
  static let success: [UInt8] = [0, 0, 0, 0]

  static func half(_ value: Int) -> [UInt8] { [UInt8(value & 255), UInt8(value >> 8 & 255)] }

  static func wide(_ text: String) -> [UInt8] { text.utf16.flatMap { half(Int($0)) } }

  /// `message` behind its length.
  static func framed(_ message: [UInt8]) -> [UInt8] {
    [0, UInt8(message.count >> 16), UInt8(message.count >> 8 & 255), UInt8(message.count & 255)] + message
  }

  static func smb2(
    _ command: Int, id: Int, from server: Bool = false, status: [UInt8] = success, _ body: [UInt8]
  ) -> [UInt8] {
    var header: [UInt8] = [0xfe, 0x53, 0x4d, 0x42, 64, 0, 1, 0] + status + half(command) + [1, 0]
    header += [server ? 1 : 0, 0, 0, 0] + [0, 0, 0, 0] + half(id) + [UInt8](repeating: 0, count: 38)
    return framed(header + body)
  }

  static func smb1(
    _ command: UInt8, id: Int, from server: Bool = false, status: [UInt8] = success, flags2: Int = 0xc001,
    words: [UInt8], _ bytes: [UInt8]
  ) -> [UInt8] {
    var header: [UInt8] = [0xff, 0x53, 0x4d, 0x42, command] + status + [server ? 0x98 : 0x18] + half(flags2)
    header += [UInt8](repeating: 0, count: 18) + half(id)
    return framed(header + [UInt8(words.count / 2)] + words + half(bytes.count) + bytes)
  }

  /// A session setup of SMB 2 with `token`.
  static func setup2(_ token: [UInt8], id: Int) -> Step {
    .bytes(
      .client,
      smb2(
        1, id: id,
        [25, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0] + half(88) + half(token.count) + [0, 0, 0, 0, 0, 0, 0, 0] + token))
  }

  static func answer2(_ status: [UInt8], id: Int, flags: UInt8 = 0) -> Step {
    .bytes(.server, smb2(1, id: id, from: true, status: status, [9, 0, flags, 0, 72, 0, 0, 0]))
  }

  /// A session setup of SMB 1 with `token`.
  static func setup1(_ token: [UInt8], id: Int) -> Step {
    let words: [UInt8] = [0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] + half(token.count) + [0, 0, 0, 0, 0, 0, 0, 0]
    return .bytes(.client, smb1(0x73, id: id, words: words, token + [0, 0, 0, 0]))
  }

  /// One of SMB 1 without a token.
  static func legacy(lm: [UInt8], nt: [UInt8], user: String, domain: String, id: Int, unicode: Bool = true) -> Step {
    let words: [UInt8] =
      [0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] + half(lm.count) + half(nt.count) + [0, 0, 0, 0, 0, 0, 0, 0]
    var bytes = lm + nt
    if unicode, (61 + bytes.count) % 2 == 1 { bytes.append(0) }
    for text in [user, domain, "Unix"] { bytes += unicode ? wide(text + "\0") : Array((text + "\0").utf8) }
    return .bytes(.client, smb1(0x73, id: id, flags2: unicode ? 0xc001 : 0x4001, words: words, bytes))
  }

  static func answer1(_ status: [UInt8], id: Int, action: UInt8 = 0, flags2: Int = 0xc001) -> Step {
    .bytes(
      .server, smb1(0x73, id: id, from: true, status: status, flags2: flags2, words: [0xff, 0, 0, 0, action, 0], []))
  }

  /// A negotiate response of SMB 1 with this security mode.
  static func security(_ mode: UInt8) -> Step {
    .bytes(
      .server, smb1(0x72, id: 1, from: true, words: [0, 0, mode] + [UInt8](repeating: 0, count: 31), []))
  }

  static let negotiate = Step.bytes(
    .client, smb1(0x72, id: 1, words: [], Array("\u{02}NT LM 0.12\0".utf8)))

  /// NTLM's third message.
  static func ntlm(user: String, domain: String, response: [UInt8]) -> [UInt8] {
    let parts = [[UInt8](repeating: 0, count: 24), response, wide(domain), wide(user), wide("WS"), []]
    var (fields, data): ([UInt8], [UInt8]) = ([], [])
    for part in parts {
      fields += half(part.count) + half(part.count) + half(64 + data.count) + [0, 0]
      data += part
    }
    return Array("NTLMSSP\0".utf8) + [3, 0, 0, 0] + fields + [1, 2, 0, 0] + data
  }

  /// `token` as SPNEGO wraps it, near enough.
  static func spnego(_ token: [UInt8]) -> [UInt8] {
    [0xa1, 0x82, 1, 0, 0x30, 0x82, 1, 0, 0xa2, 0x81, 0xf0, 4, 0x81, 0xed] + token
  }

  static let first = Array("NTLMSSP\0".utf8) + [1, 0, 0, 0] + [UInt8](repeating: 0, count: 24)
}
