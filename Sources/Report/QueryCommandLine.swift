/// The command that gives a table's rows, for a POSIX shell.
struct QueryCommandLine {
  let words: [String]

  init(query: String, arguments: [(String, String)], options: ReportOptions) {
    var words = ["pcapindex", "query", query, options.databaseName]
    for (name, value) in arguments { words += ["--" + name, value] }
    if let capture = options.capture { words += ["--capture", String(capture)] }
    for folder in options.queryFolders { words += ["--queries", folder] }
    if !options.showsSecrets { words.append("--redact") }
    self.words = words
  }

  /// As it is typed.
  var text: String { words.map(QueryCommandLine.quoted).joined(separator: " ") }

  /// A word in quotes where the shell would not take it as it stands.
  static func quoted(_ word: String) -> String {
    let isPlain = word.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"),
        UInt8(ascii: "/"), UInt8(ascii: "+"), UInt8(ascii: ":"), UInt8(ascii: "="), UInt8(ascii: ","):
        true
      default: false
      }
    }
    if isPlain, !word.isEmpty { return word }
    return "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }
}
