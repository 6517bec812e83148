import Bytes

/// The working directory of an FTP session, as the client's commands and the server's replies tell it.
struct FTPWorkingDirectory {
  /// Bytes of the longest path that is kept.
  static let limit = 4096

  private static let slash = UInt8(ascii: "/")

  /// Where the path begins: `/`, or the directory that the login leads to, whose path is not known.
  private enum Root: Equatable {
    case root
    case login
  }

  private var root = Root.login
  private var parts: [ArraySlice<UInt8>] = []

  /// The directory after a login, `~` until the server names it.
  init() {}

  /// A path from the root; nil where it is none.
  private init?(absolute path: some Collection<UInt8>) {
    guard path.first == FTPWorkingDirectory.slash, path.count <= FTPWorkingDirectory.limit else { return nil }
    root = .root
    guard follow(Array(path.dropFirst())) else { return nil }
  }

  /// Goes along a path from here; false where it leads to where is not known, or too far.
  private mutating func follow(_ path: [UInt8]) -> Bool {
    for part in path.split(separator: FTPWorkingDirectory.slash) where !part.elementsEqual(".".utf8) {
      if !part.elementsEqual("..".utf8) {
        parts.append(part)
      } else if !parts.isEmpty {
        parts.removeLast()
      } else if root == .login {
        return false
      }
    }
    return parts.reduce(0) { $0 + $1.count + 1 } <= FTPWorkingDirectory.limit
  }

  /// What `argument` names where the working directory is `directory`; nil where that is not known.
  static func resolve(_ argument: [UInt8], in directory: FTPWorkingDirectory?) -> FTPWorkingDirectory? {
    if argument.first == slash { return FTPWorkingDirectory(absolute: argument) }
    // Servers take `~` for the login's directory.
    let isHome = argument.first == UInt8(ascii: "~") && (argument.count == 1 || argument[1] == slash)
    guard var next = isHome ? FTPWorkingDirectory() : directory else { return nil }
    return next.follow(isHome ? Array(argument.dropFirst()) : argument) ? next : nil
  }

  /// The path, `/` or `~` first.
  var path: [UInt8] {
    var path = root == .login ? [UInt8(ascii: "~")] : []
    for part in parts { path += [FTPWorkingDirectory.slash] + part }
    return path.isEmpty ? [FTPWorkingDirectory.slash] : path
  }

  /// The directory that a reply names in quotation marks: of 257 to PWD, and by habit of many servers of 250 to CWD. Nil
  /// where it names none from the root. Within the path they are doubled (RFC 959, appendix II), which not all servers
  /// do: the last one ends it.
  static func named(in text: [UInt8]) -> FTPWorkingDirectory? {
    let quote = UInt8(ascii: "\"")
    guard let start = text.firstIndex(of: quote), let end = text.lastIndex(of: quote), start < end else { return nil }
    var path: [UInt8] = []
    var index = start + 1
    while index < end {
      path.append(text[index])
      index += text[index] == quote && index + 1 < end && text[index + 1] == quote ? 2 : 1
    }
    return FTPWorkingDirectory(absolute: path)
  }
}
