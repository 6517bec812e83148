/// What the comments of `schema.sql` say about tables, views and their columns.
struct DatasetteSchema {
  /// A table or view.
  struct Table {
    var name: String
    /// The comment that stands before it; empty: none.
    var description: String
    /// The columns that have a comment, in their order.
    var columns: [(name: String, meaning: String)] = []
  }

  /// In the order of the text.
  private(set) var tables: [Table] = []

  /// Reads the comments of SQL that is laid out as `schema.sql` is: one column a line, its comment behind it and on
  /// further lines of their own, the table's comment on the lines before it.
  init(_ sql: String) {
    var comment: [Substring] = []
    var current: Table?
    for line in sql.split(separator: "\n", omittingEmptySubsequences: false) {
      if current != nil {
        if line.hasPrefix(")") {
          if let table = current { tables.append(table) }
          current = nil
        } else {
          DatasetteSchema.read(line, into: &current)
        }
      } else if line.hasPrefix("--") {
        comment.append(DatasetteSchema.trimmed(line.dropFirst(2)))
      } else {
        let words = line.split(separator: " ")
        if words.count >= 3, words[0] == "CREATE", words[1] == "TABLE" || words[1] == "VIEW" {
          let description = comment.filter { !$0.hasPrefix("--") }.joined(separator: " ")
          current = Table(name: String(words[2]), description: description)
        }
        comment = []
      }
    }
  }

  /// Adds what a line between the parentheses says.
  private static func read(_ line: Substring, into table: inout Table?) {
    guard let mark = line.firstRange(of: "--") else { return }
    let meaning = trimmed(line[mark.upperBound...])
    let definition = trimmed(line[..<mark.lowerBound])
    if definition.isEmpty {
      guard let last = table?.columns.indices.last else { return }
      table?.columns[last].meaning += " " + meaning
    } else {
      let name = definition.prefix { $0 != " " && $0 != "," }
      table?.columns.append((String(name), String(meaning)))
    }
  }

  private static func trimmed(_ text: Substring) -> Substring {
    var text = text.drop { $0 == " " }
    while text.last == " " { text.removeLast() }
    return text
  }
}
