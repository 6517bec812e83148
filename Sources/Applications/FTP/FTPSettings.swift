import Bytes

/// What an FTP session has settled on for transfers: the working directory, the representation and the place to start.
struct FTPSettings {
  /// Nil: not known, as the login or a change may be missing.
  private(set) var directory: FTPWorkingDirectory?
  /// `A`, `I`, ... (RFC 959, section 3.1.1); nil: not seen. What a session begins with, A, is not taken for granted: a
  /// capture may have begun later.
  private(set) var type: String?
  /// Where the next transfer begins (RFC 3659, section 5); nil: at its first byte.
  private(set) var offset: Int64?

  /// Commands whose argument is a path.
  static let paths: Set<String> = [
    "RETR", "STOR", "STOU", "APPE", "LIST", "NLST", "MLSD", "MLST", "SIZE", "MDTM", "MFMT", "DELE", "RNFR", "RNTO",
    "MKD", "XMKD", "RMD", "XRMD", "CWD", "XCWD", "CDUP", "XCUP", "STAT",
  ]

  /// The path that `command` is about; nil: none, or not known.
  func path(of command: FTPCommand) -> [UInt8]? {
    guard let name = command.name, FTPSettings.paths.contains(name) else { return nil }
    switch name {
    case "CDUP", "XCUP": return FTPWorkingDirectory.resolve(Array("..".utf8), in: directory)?.path
    case "STOU":
      guard let name = command.uniqueName else { return nil }
      return FTPWorkingDirectory.resolve(name, in: directory)?.path
    case "LIST", "NLST", "MLSD", "STAT":
      // Options such as -la, which no RFC knows, and servers take.
      var argument = command.argumentBytes[...]
      while argument.first == UInt8(ascii: "-") {
        argument = argument.drop { $0 != 0x20 }.drop { $0 == 0x20 }
      }
      if argument.isEmpty { return name == "STAT" ? nil : directory?.path }
      return FTPWorkingDirectory.resolve(Array(argument), in: directory)?.path
    case "MFMT":
      let path = Array(command.argumentBytes.drop { $0 != 0x20 }.dropFirst())
      return FTPWorkingDirectory.resolve(path, in: directory)?.path
    default:
      guard !command.argumentBytes.isEmpty else { return nil }
      return FTPWorkingDirectory.resolve(command.argumentBytes, in: directory)?.path
    }
  }

  /// What the final `reply` to `command` changes.
  mutating func take(_ command: FTPCommand, _ reply: FTPReply) {
    let isDone = (200..<300).contains(reply.code)
    switch command.name {
    case "USER", "PASS", "ACCT":
      if reply.code == 230 || reply.code == 232 || reply.code == 202 { directory = FTPWorkingDirectory() }
    case "REIN" where isDone: self = FTPSettings()
    case "PWD", "XPWD":
      if reply.code == 257 { directory = FTPWorkingDirectory.named(in: WireText.bytes(reply.text)) ?? directory }
    case "CWD", "XCWD", "CDUP", "XCUP":
      guard isDone else { return }
      let isUp = command.name == "CDUP" || command.name == "XCUP"
      directory =
        FTPWorkingDirectory.named(in: WireText.bytes(reply.text))
        ?? FTPWorkingDirectory.resolve(isUp ? Array("..".utf8) : command.argumentBytes, in: directory)
    case "TYPE":
      guard isDone, let letter = command.argumentBytes.first else { return }
      type = WireText.text([letter & 0xdf])
    case "REST":
      let place = command.argument.flatMap { Int64($0) } ?? 0
      offset = reply.code == 350 && place > 0 ? place : nil
    case let name? where FTPCommandName.transfers.contains(name): offset = nil
    default: break
    }
  }

  /// Bytes are missing: what was said of the directory or the place to start may be among them.
  mutating func gap() {
    directory = nil
    type = nil
    offset = nil
  }
}
