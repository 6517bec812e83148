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
    // By bytes: the header is ASCII apart from what it says, and is read each time that a query runs.
    var rest = text.utf8[...]
    while !rest.isEmpty {
      let line = CannedQuery.trimmed(Substring(rest.prefix { $0 != UInt8(ascii: "\n") }))
      rest = rest.drop { $0 != UInt8(ascii: "\n") }.dropFirst()
      guard line.utf8.starts(with: "--".utf8) else {
        if line.isEmpty { continue }
        break
      }
      header.read(CannedQuery.trimmed(Substring(line.utf8.dropFirst(2))))
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

    private static func rest(of line: Substring, after head: StaticString) -> Substring? {
      let head = head.description.utf8
      guard line.utf8.count >= head.count, zip(line.utf8, head).allSatisfy({ $0 | 0x20 == $1 | 0x20 }) else {
        return nil
      }
      return CannedQuery.trimmed(Substring(line.utf8.dropFirst(head.count)))
    }

    /// Adds `name: meaning` as an item, and any other text to the last item's meaning. "none" is no item.
    private static func add(_ line: Substring, to items: inout [Item]) {
      guard !line.isEmpty else { return }
      if let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")), colon != line.startIndex,
        line.utf8[..<colon].allSatisfy(CannedQuery.isOfName)
      {
        let meaning = CannedQuery.trimmed(Substring(line.utf8[colon...].dropFirst()))
        items.append(Item(name: String(line[..<colon]), meaning: String(meaning)))
      } else if !items.isEmpty {
        items[items.count - 1].meaning += " " + line
      }
    }
  }

  /// Whether a byte may stand in the name of a column or parameter.
  private static func isOfName(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"):
      true
    default: false
    }
  }

  /// The text without blanks, tabs and line ends around it.
  private static func trimmed(_ text: Substring) -> Substring {
    func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }
    var rest = text.utf8.drop(while: isBlank)
    while let last = rest.last, isBlank(last) { rest.removeLast() }
    return Substring(rest)
  }
}
