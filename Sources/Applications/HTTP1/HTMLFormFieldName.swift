import Bytes

/// Tells from a form field's name what the field holds. The lists below are the ones to edit.
///
/// Names are compared by their *last part* (`user[password]`, `ctl00$Login$Password` and `login.password` are all
/// `password`), split into *words* at other signs than letters and digits and before capitals (`user_pass` and `userPass`
/// are `user` and `pass`), digits left out at a word's end. `joined` is the last part's letters and digits in lower case.
///
/// It is a **password** if `joined` contains one of `passwordParts`, ends with one of `passwordEndings`, or a word is one
/// of `passwordWords`; but not where `joined` contains one of `otherParts` (`forgot_password`, `password_hint`). What is
/// added there must also be found by `mayBePassword`.
///
/// It is a **user name** if `joined` is in one of `usernames`, the first of which is trusted most, or ends with one of
/// `usernameEndings`.
struct HTMLFormFieldName {
  static let passwordParts: [StaticString] = [
    "passw", "passphrase", "kennwort", "motdepasse", "contrase", "wachtwoord", "adgangskode", "salasana", "losenord",
  ]
  static let passwordEndings = ["userpass", "loginpass", "logpass", "mypass", "authpass", "accountpass", "pwd"]
  static let passwordWords: Set<String> = [
    "pass", "passe", "passcode", "passwd", "pw", "pwd", "psw", "psswrd", "pin", "pincode", "secret", "senha", "parola",
    "heslo", "haslo", "clave", "jelszo", "sifre", "lozinka",
  ]
  /// What a name says that is about a password.
  private static let otherParts: [StaticString] = [
    "forgot", "lost", "reset", "remember", "hint", "show", "strength", "expir", "length", "token", "question", "policy",
    "required", "enabled", "visible", "changed", "recover", "reminder", "valid", "type", "count", "error", "algorithm",
    "days",
  ]
  private static let usernames: [Set<String>] = [
    [
      "user", "username", "uname", "uid", "userid", "usr", "usrname", "userlogin", "loginname", "loginid", "loginuser",
      "log", "account", "accountname", "accountid", "benutzer", "benutzername", "utilisateur", "usuario", "identifiant",
      "member", "memberid", "wpname", "authuser", "screenname", "principal", "signinname", "customerid", "utente",
      "gebruiker", "gebruikersnaam", "kullanici", "nombreusuario", "nomeutente", "clientid", "sessionkey",
    ],
    ["email", "mail", "emailaddress", "useremail", "loginemail", "signinemail", "mailaddress"],
    ["login", "name", "id", "nick", "nickname", "phone", "mobile", "identifier", "identity", "msisdn", "phonenumber"],
  ]
  private static let usernameEndings = ["username", "userid", "userlogin", "loginname", "email"]

  /// Whether a name, or anything else in `range`, could be a password's, which is told without taking it apart: nothing
  /// else needs to be looked at.
  static func mayBePassword(_ bytes: RawSpan, _ range: Range<Int>) -> Bool {
    for index in range {
      func begins(_ text: StaticString) -> Bool { HTTP1Bytes.starts(bytes, index..<range.upperBound, text) }
      let isFound: Bool
      switch HTTP1Bytes.lower(bytes.u8(at: index) ?? 0) {
      case UInt8(ascii: "p"):
        isFound = begins("pass") || begins("pw") || begins("psw") || begins("pin") || begins("parola") || begins("pssw")
      case UInt8(ascii: "s"): isFound = begins("secret") || begins("senha") || begins("salasana") || begins("sifre")
      case UInt8(ascii: "m"): isFound = begins("motdepasse")
      case UInt8(ascii: "k"): isFound = begins("kennwort")
      case UInt8(ascii: "c"): isFound = begins("contrase") || begins("clave")
      case UInt8(ascii: "h"): isFound = begins("heslo") || begins("haslo")
      case UInt8(ascii: "w"): isFound = begins("wachtwoord")
      case UInt8(ascii: "a"): isFound = begins("adgangskode")
      case UInt8(ascii: "l"): isFound = begins("losenord") || begins("lozinka")
      case UInt8(ascii: "j"): isFound = begins("jelszo")
      default: isFound = false
      }
      if isFound { return true }
    }
    return false
  }

  private var joined = ""
  private var words: [String] = []

  /// A field with `name`, percent-encoding undone. One that is longer than `HTTP1Limits.fieldName` says nothing.
  init(_ name: [UInt8]) {
    guard name.count <= HTTP1Limits.fieldName else { return }
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
    let isNamed =
      HTMLFormFieldName.passwordParts.contains { HTMLFormFieldName.contains(joined, $0) }
      || HTMLFormFieldName.passwordEndings.contains { joined.hasSuffix($0) }
      || words.contains { HTMLFormFieldName.passwordWords.contains($0) }
    return isNamed && !HTMLFormFieldName.otherParts.contains { HTMLFormFieldName.contains(joined, $0) }
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
