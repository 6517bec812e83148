import Bytes

/// What a host asks for when it writes a line and leaves it open.
enum LoginPrompt: Equatable {
  /// `debian login:`, `Username:`, ...
  case user
  /// `Password:`, `[sudo] password for frieda:`, ...; with the user's name where it says it.
  case password(of: String?)

  /// Bytes and words of the longest line that counts as a prompt.
  static let byteLimit = 80
  static let wordLimit = 8

  /// Last words that ask for a user's name, or for a password.
  private static let userWords: Set<String> = [
    "login", "username", "user", "userid", "logon", "account", "benutzername", "benutzer", "utilisateur", "identifiant",
    "usuario", "usuário", "utente", "gebruikersnaam", "логин", "用户名",
  ]
  private static let passwordWords: Set<String> = [
    "password", "passwd", "passcode", "passphrase", "passwort", "kennwort", "passe", "contraseña", "senha",
    "wachtwoord",
    "lösenord", "hasło", "heslo", "salasana", "jelszó", "parola", "пароль", "密码", "口令", "パスワード",
  ]
  /// `user name`, `login id`.
  private static let secondWords: Set<String> = ["name", "id"]
  /// Words that make it something else: `Last login: Tue`, `New password:`, `(current) UNIX password:`.
  private static let otherWords: Set<String> = [
    "last", "failed", "new", "old", "current", "retype", "reenter", "re", "again", "confirm", "verify", "change",
  ]

  /// What `line` asks for, which ends with a colon or question mark; nil where that is not a name or password.
  static func asked(by line: [UInt8]) -> LoginPrompt? {
    guard let last = line.last, last == 0x3a || last == 0x3f, line.count <= byteLimit else { return nil }
    let text = String(decoding: line.dropLast(), as: UTF8.self)
    let words = text.lowercased().split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init)
    guard let word = words.last, words.count <= wordLimit, otherWords.isDisjoint(with: words) else { return nil }
    if let user = owner(of: text) { return .password(of: user) }
    if passwordWords.contains(word) { return .password(of: nil) }
    if userWords.contains(word) { return .user }
    guard secondWords.contains(word), let before = words.dropLast().last else { return nil }
    return userWords.contains(before) ? .user : nil
  }

  /// `line` without blanks at its end.
  static func trimmed(_ line: [UInt8]) -> ArraySlice<UInt8> {
    line[..<((line.lastIndex { $0 != 0x20 && $0 != 0x09 }).map { $0 + 1 } ?? line.startIndex)]
  }

  /// Whose password it is: `password for frieda`, `frieda@host.example's password`.
  private static func owner(of text: String) -> String? {
    for mark in ["assword for ", "ASSWORD FOR "] {
      let parts = text.split(separator: mark, maxSplits: 1, omittingEmptySubsequences: false)
      if parts.count == 2, !parts[1].isEmpty, !parts[1].contains(" ") { return String(parts[1]) }
    }
    let mark = "'s password"
    guard text.hasSuffix(mark), let name = text.dropLast(mark.count).split(separator: " ").last else { return nil }
    return String(name)
  }
}
