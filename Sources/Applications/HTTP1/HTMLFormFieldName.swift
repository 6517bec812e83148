import Bytes

/// Guesses from a form field's name what the field holds.
///
/// Names are compared by their *last part* (`user[password]`, `ctl00$Login$Password` and `login.password` are all
/// `password`), split into *words* at other signs than letters and digits and before capitals (`user_pass` and `userPass`
/// are `user` and `pass`), digits left out at a word's end. `joined` is the last part's letters and digits in lower case.
///
/// It is a **password** if `joined` contains one of `passwordParts`, ends with one of `passwordEndings`, or a word is one
/// of `passwordWords`; but not where `joined` contains one of `otherParts` (`forgot_password`, `password_hint`).
///
/// It is a **user name** if `joined` is in one of `usernames`, the first of which is trusted most, or ends with one of
/// `usernameEndings`.
struct HTMLFormFieldName {
  private static let passwordParts: [StaticString] = ["passw", "passphrase", "kennwort", "motdepasse", "contrase"]
  private static let passwordEndings = ["userpass", "loginpass", "logpass", "mypass", "pwd"]
  private static let passwordWords: Set<String> = [
    "pass", "passe", "passcode", "pw", "pwd", "psw", "pin", "pincode", "secret", "senha", "parola", "heslo", "haslo",
    "clave",
  ]
  private static let otherParts: [StaticString] = [
    "forgot", "lost", "reset", "remember", "hint", "show", "strength", "expire", "length", "token", "question",
  ]
  private static let usernames: [Set<String>] = [
    [
      "user", "username", "uname", "uid", "userid", "usr", "usrname", "userlogin", "loginname", "loginid", "loginuser",
      "log", "account", "accountname", "benutzer", "benutzername", "utilisateur", "usuario", "identifiant", "member",
    ],
    ["email", "mail", "emailaddress", "useremail", "loginemail"],
    ["login", "name", "id", "nick", "nickname", "phone", "mobile"],
  ]
  private static let usernameEndings = ["username", "userid", "userlogin", "loginname", "email"]

  /// Whether a name could be a password's, which is told without taking it apart: nothing else needs to be looked at.
  static func mayBePassword(_ bytes: RawSpan, _ range: Range<Int>) -> Bool {
    for index in range {
      let beginnings: [StaticString]
      switch HTTP1Bytes.lower(bytes.u8(at: index) ?? 0) {
      case UInt8(ascii: "p"): beginnings = ["pass", "pw", "psw", "pin", "parola"]
      case UInt8(ascii: "s"): beginnings = ["secret", "senha"]
      case UInt8(ascii: "m"): beginnings = ["motdepasse"]
      case UInt8(ascii: "k"): beginnings = ["kennwort"]
      case UInt8(ascii: "c"): beginnings = ["contrase", "clave"]
      case UInt8(ascii: "h"): beginnings = ["heslo", "haslo"]
      default: continue
      }
      if beginnings.contains(where: { HTTP1Bytes.starts(bytes, index..<range.upperBound, $0) }) { return true }
    }
    return false
  }

  private var joined = ""
  private var words: [String] = []

  /// A field with `name`, percent-encoding undone.
  init(_ name: [UInt8]) {
    let part = HTMLFormFieldName.lastPart(name)
    var word: [UInt8] = []
    var wasLower = false
    for byte in part {
      let lower = HTTP1Bytes.lower(byte)
      let isLetter = lower &- 0x61 < 26 || byte > 0x7f
      let isDigit = byte &- 0x30 < 10
      if !isLetter && !isDigit || lower != byte && wasLower {
        end(&word)
      }
      if isLetter || isDigit { word.append(lower) }
      wasLower = isLetter && lower == byte
    }
    end(&word)
  }

  private mutating func end(_ word: inout [UInt8]) {
    joined += WireText.text(word)
    while let last = word.last, last &- 0x30 < 10 { word.removeLast() }
    if !word.isEmpty { words.append(WireText.text(word)) }
    word = []
  }

  private static func lastPart(_ name: [UInt8]) -> ArraySlice<UInt8> {
    let separators: [UInt8] = [
      UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "."), UInt8(ascii: ":"), UInt8(ascii: "$"), UInt8(ascii: "/"),
    ]
    let parts = name.split { separators.contains($0) }
    return parts.last { part in !part.allSatisfy { $0 &- 0x30 < 10 } } ?? []
  }

  /// Whether it holds a password.
  var isPassword: Bool {
    guard !HTMLFormFieldName.otherParts.contains(where: { HTMLFormFieldName.contains(joined, $0) }) else {
      return false
    }
    return HTMLFormFieldName.passwordParts.contains { HTMLFormFieldName.contains(joined, $0) }
      || HTMLFormFieldName.passwordEndings.contains { joined.hasSuffix($0) }
      || words.contains { HTMLFormFieldName.passwordWords.contains($0) }
  }

  /// How far it is trusted to hold a user name, 0 most; nil: not at all.
  var usernameRank: Int? {
    if let rank = HTMLFormFieldName.usernames.firstIndex(where: { $0.contains(joined) }) { return rank }
    return HTMLFormFieldName.usernameEndings.contains { joined.hasSuffix($0) } ? 1 : nil
  }

  private static func contains(_ text: String, _ part: StaticString) -> Bool {
    let bytes = Array(text.utf8)
    return HTTP1Bytes.contains(bytes.bytes, 0..<bytes.count, part)
  }
}
