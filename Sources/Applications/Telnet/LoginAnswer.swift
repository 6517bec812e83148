/// What a host writes once it has a password: whether it lets the user in.
enum LoginAnswer {
  /// Bytes of the longest line that is looked at; a host's answer is short.
  static let byteLimit = 120

  /// Anywhere in a line.
  private static let refusals = phrases(
    "login incorrect", "login failed", "login invalid", "invalid login", "bad login", "logon fail",
    "authentication fail", "authorization fail", "password incorrect", "incorrect password", "invalid password",
    "wrong password", "bad password", "invalid credentials", "incorrect username")
  /// At the beginning of a line, where signs and the name of a program (`su: `) may stand before it.
  private static let openingRefusals = phrases(
    "access denied", "permission denied", "sorry", "unknown user", "invalid user", "incorrect login")
  /// At the beginning of a line.
  private static let acceptances = phrases(
    "last login", "last successful login", "last interactive login", "you have mail", "you have new mail", "no mail.",
    "login successful", "access granted", "authentication successful")

  /// Whether `line` says that the user is in; nil: it does not say.
  static func said(by line: [UInt8]) -> Bool? {
    guard line.count <= byteLimit else { return nil }
    let text = line.map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 }
    let start = text.drop { !isLetter($0) }
    if acceptances.contains(where: { start.starts(with: $0) }) { return true }
    if refusals.contains(where: { isFound($0, in: text) }) { return false }
    let afterName = start.firstIndex(of: 0x3a).map { start[($0 + 1)...].drop { $0 == 0x20 } } ?? []
    return openingRefusals.contains { start.starts(with: $0) || afterName.starts(with: $0) } ? false : nil
  }

  /// Whether an open line is a shell's or a device's prompt: `frieda@host:~$ `, `Router>`, `[admin@MikroTik] > `.
  static func isShellPrompt(_ line: [UInt8]) -> Bool {
    guard let last = LoginPrompt.trimmed(line).last, line.count <= LoginPrompt.byteLimit else { return false }
    return [UInt8(ascii: "$"), UInt8(ascii: "#"), UInt8(ascii: ">"), UInt8(ascii: "%")].contains(last)
  }

  private static func phrases(_ texts: String...) -> [[UInt8]] {
    texts.map { Array($0.utf8) }
  }

  private static func isFound(_ phrase: [UInt8], in text: [UInt8]) -> Bool {
    guard let first = phrase.first, text.count >= phrase.count else { return false }
    return (0...(text.count - phrase.count)).contains { text[$0] == first && text[$0...].starts(with: phrase) }
  }

  /// Of ASCII, or a byte beyond it.
  private static func isLetter(_ byte: UInt8) -> Bool {
    (0x41...0x5a).contains(byte & 0xdf) || byte >= 0x80
  }
}
