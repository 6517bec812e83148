/// Programs that know users by a password, and are spoken to like users.
enum IRCService: String {
  case nickServ = "NickServ"
  case authServ = "AuthServ"
  case userServ = "UserServ"
  /// QuakeNet's.
  case q = "Q"
  /// Undernet's.
  case x = "X"

  /// The service that a message to `target` (`NickServ`, `Q@CServe.quakenet.org`) or a command of that name reaches.
  init?(target: [UInt8]) {
    let name = String(decoding: target.prefix { $0 != UInt8(ascii: "@") }, as: UTF8.self).lowercased()
    switch name {
    case "nickserv", "ns": self = .nickServ
    case "authserv": self = .authServ
    case "userserv": self = .userServ
    // One letter may also be a user's.
    case "q" where target.count > 1: self = .q
    case "x" where target.count > 1: self = .x
    default: return nil
    }
  }

  /// The login in a message's `text`: `IDENTIFY [account] password`, `AUTH account password`, ...; nil: it is none.
  func login(_ text: [UInt8]) -> (mechanism: String, username: [UInt8]?, secret: [UInt8])? {
    let words = text.split(separator: 0x20).map { Array($0) }
    guard let first = words.first, (2...3).contains(words.count) else { return nil }
    let verb =
      switch (self, String(decoding: first, as: UTF8.self).uppercased()) {
      case (.nickServ, "IDENTIFY"), (.nickServ, "ID"): "IDENTIFY"
      case (.nickServ, "LOGIN"), (.userServ, "LOGIN"), (.x, "LOGIN"): "LOGIN"
      case (.authServ, "AUTH"), (.q, "AUTH"): "AUTH"
      default: ""
      }
    guard !verb.isEmpty, words.count == 3 || verb == "IDENTIFY" else { return nil }
    return ("\(rawValue) \(verb)", words.count == 3 ? words[1] : nil, words[words.count - 1])
  }

  /// What a notice of the service, in small letters, says to a login; nil: nothing.
  static func accepted(_ text: String) -> Bool? {
    let refusals = [
      "invalid password", "incorrect", "wrong password", "authentication failed", "access denied", "not registered",
      "isn't registered", "not a registered", "invalid account", "not match",
    ]
    if refusals.contains(where: { text.contains($0) }) { return false }
    let acceptances = ["now identified", "password accepted", "now logged in", "successful", "you are identified"]
    return acceptances.contains { text.contains($0) } ? true : nil
  }
}
