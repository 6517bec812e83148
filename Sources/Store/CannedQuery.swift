/// A query that lies in a file of its own: one SELECT under a header of comments.
///
/// ```
/// -- Title in one line
/// -- Question: what does it answer?
/// -- Any further lines.
/// -- Columns:
/// --   ip: what the column holds
/// -- Parameters:
/// --   cutoff: what the parameter does; default 0
/// SELECT ...
/// ```
/// A question may go on over the next lines, and so may what is said of a column or parameter: a further line is one that
/// does not begin with a name and a colon. All parts may be missing.
public struct CannedQuery: Sendable, Equatable {
  /// A column or a parameter.
  public struct Item: Sendable, Equatable {
    /// As in the SQL, a parameter without its colon.
    public var name: String
    /// What it means.
    public var meaning: String
  }

  /// The file's name without `.sql`.
  public let name: String
  /// What it is, in one line.
  public private(set) var title: String
  /// The question that it answers; empty where the header has none.
  public private(set) var question = ""
  /// Lines of the header that belong to no part.
  public private(set) var notes: [String] = []
  /// What its columns hold.
  public private(set) var columns: [Item] = []
  /// What its parameters do.
  public private(set) var parameters: [Item] = []
  /// The whole text of the file.
  public let sql: String

  /// The query of a file with this text.
  public init(name: String, text: String) {
    self.name = name
    self.sql = text
    title = name
    var header = Header()
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let trimmed = CannedQuery.trimmed(line)
      guard trimmed.hasPrefix("--") else {
        if trimmed.isEmpty { continue }
        break
      }
      header.read(CannedQuery.trimmed(trimmed.dropFirst(2)))
    }
    if let title = header.title { self.title = title }
    question = header.question
    notes = header.notes
    columns = header.columns
    parameters = header.parameters
  }

  /// What has been read of the header and which part is being read.
  private struct Header {
    enum Part { case start, question, notes, columns, parameters }
    var part = Part.start
    var title: String?
    var question = ""
    var notes: [String] = []
    var columns: [Item] = []
    var parameters: [Item] = []

    mutating func read(_ line: Substring) {
      if let rest = Header.rest(of: line, after: "Question:") {
        (part, question) = (.question, String(rest))
      } else if let rest = Header.rest(of: line, after: "Columns:") {
        part = .columns
        Header.add(rest, to: &columns)
      } else if let rest = Header.rest(of: line, after: "Parameters:") {
        part = .parameters
        Header.add(rest, to: &parameters)
      } else {
        readBody(line)
      }
    }

    private mutating func readBody(_ line: Substring) {
      switch part {
      case .start where title == nil:
        if !line.isEmpty { title = String(line) }
      case .start, .notes:
        notes.append(String(line))
      case .question:
        if question.hasSuffix("?") || line.isEmpty {
          part = .notes
          if !line.isEmpty { notes.append(String(line)) }
        } else {
          question += question.isEmpty ? String(line) : " " + line
        }
      case .columns: Header.add(line, to: &columns)
      case .parameters: Header.add(line, to: &parameters)
      }
    }

    private static func rest(of line: Substring, after head: String) -> Substring? {
      guard line.lowercased().hasPrefix(head.lowercased()) else { return nil }
      return CannedQuery.trimmed(line.dropFirst(head.count))
    }

    /// Adds `name: meaning` as an item, and any other text to the last item's meaning. "none" is no item.
    private static func add(_ line: Substring, to items: inout [Item]) {
      guard !line.isEmpty else { return }
      if let colon = line.firstIndex(of: ":"), colon != line.startIndex,
        line[..<colon].allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") })
      {
        let meaning = CannedQuery.trimmed(line[line.index(after: colon)...])
        items.append(Item(name: String(line[..<colon]), meaning: String(meaning)))
      } else if !items.isEmpty {
        items[items.count - 1].meaning += " " + line
      }
    }
  }

  static func trimmed(_ text: Substring) -> Substring {
    var rest = text.drop(while: \.isWhitespace)
    while let last = rest.last, last.isWhitespace { rest.removeLast() }
    return rest
  }
}
