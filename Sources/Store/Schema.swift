import CSQLite

/// The program's own copy of `schema.sql`, which is run as it stands.
public enum Schema {
  /// `PRAGMA application_id` of a pcapindex database: 'PCIX'.
  public static let applicationID: Int64 = 0x5043_4958
  /// `PRAGMA user_version` that this program reads and writes.
  public static let version: Int64 = 5

  /// The text of `schema.sql`.
  public static let text = String(decoding: PackageResources.schema_sql, as: UTF8.self)

  /// Creates everything in an empty database.
  static func create(in database: Database) throws(StoreError) {
    try database.execute(text)
  }

  /// The statements of an SQL text in order, each with the comments before it; a semicolon in a comment, a literal or a
  /// trigger ends none.
  static func statements(of sql: String) -> [String] {
    var statements: [String] = []
    var current: [UInt8] = []
    for byte in sql.utf8 {
      current.append(byte)
      guard byte == UInt8(ascii: ";") else { continue }
      let text = String(decoding: current, as: UTF8.self)
      // C call; it reads the text up to the NUL that Swift puts behind it.
      if unsafe sqlite3_complete(text) == 1 {
        statements.append(text)
        current.removeAll(keepingCapacity: true)
      }
    }
    let rest = withoutLeadingComments(String(decoding: current, as: UTF8.self))
    if !rest.isEmpty { statements.append(String(decoding: current, as: UTF8.self)) }
    return statements
  }

  static func createsIndex(_ statement: String) -> Bool {
    let words = withoutLeadingComments(statement).split(maxSplits: 3, whereSeparator: \.isWhitespace)
      .prefix(3).map { $0.uppercased() }
    return words.starts(with: ["CREATE", "INDEX"]) || words.starts(with: ["CREATE", "UNIQUE", "INDEX"])
  }

  /// The text from its first character that is neither blank nor comment.
  static func withoutLeadingComments(_ sql: String) -> Substring {
    var rest = sql[...]
    while true {
      rest = rest.drop(while: \.isWhitespace)
      if rest.hasPrefix("--") {
        rest = rest.drop { !$0.isNewline }
      } else if rest.hasPrefix("/*") {
        var body = rest.dropFirst(2)
        while !body.isEmpty, !body.hasPrefix("*/") { body = body.dropFirst() }
        rest = body.dropFirst(2)
      } else {
        return rest
      }
    }
  }
}
