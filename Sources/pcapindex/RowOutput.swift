import Glibc
import Store

/// Writes rows to standard output in a format. Only `table` and `markdown` wait for the last row, to know the widths.
struct RowOutput {
  /// Text gathered before it is written.
  private static let chunk = 1 << 16
  /// Columns of the screen that a column keeps when it is cut: room for a host name or the gist of a packet.
  private static let narrowest = 32

  private let format: OutputFormat
  private let columns: [String]
  private let screen: Int?
  private var rows: [[String]] = []
  private var isNumeric: [Bool]
  private var buffer = ""
  /// Rows added.
  private(set) var count = 0

  /// The column whose cells were cut to the screen; nil: none.
  private(set) var cut: String?

  /// `screen`: columns of the screen; in a table that is wider the widest column is cut, and where that would leave too
  /// little of it, rows are written as `line`. Nil: a table of any width.
  init(format: OutputFormat, columns: [String], screen: Int? = nil) {
    self.format = format
    self.columns = columns
    self.screen = screen
    isNumeric = Array(repeating: true, count: columns.count)
    switch format {
    case .csv: put(columns.map(RowOutput.csv).joined(separator: ",") + "\r\n")
    case .tsv: put(columns.map(\.visible).joined(separator: "\t") + "\n")
    case .json: put("[")
    case .table, .line, .jsonl, .markdown: break
    }
  }

  /// Adds a row.
  mutating func add(_ row: [QueryValue]) {
    count += 1
    switch format {
    case .table, .markdown:
      for (index, value) in row.enumerated() where index < isNumeric.count {
        switch value {
        case .integer, .real, .null: break
        case .text, .blob: isNumeric[index] = false
        }
      }
      rows.append(row.map { RowOutput.plain($0).visible })
    case .line: putLines(row.map { RowOutput.plain($0).visible }, isFirst: count == 1)
    case .csv: put(row.map(RowOutput.csv).joined(separator: ",") + "\r\n")
    case .tsv: put(row.map { RowOutput.plain($0).visible }.joined(separator: "\t") + "\n")
    case .json: put((count == 1 ? "\n" : ",\n") + RowOutput.object(columns, row))
    case .jsonl: put(RowOutput.object(columns, row) + "\n")
    }
  }

  /// Writes what is left.
  mutating func finish() {
    switch format {
    case .table: putTable()
    case .markdown: putMarkdown()
    case .json: put(count == 0 ? "]\n" : "\n]\n")
    case .line, .csv, .tsv, .jsonl: break
    }
    flush()
  }

  private mutating func put(_ text: String) {
    buffer += text
    if buffer.utf8.count >= RowOutput.chunk { flush() }
  }

  private mutating func flush() {
    Terminal.result(buffer)
    buffer = ""
  }

  private mutating func putTable() {
    var widths = columns.map(\.terminalWidth)
    for row in rows {
      for (index, cell) in row.enumerated() { widths[index] = max(widths[index], cell.terminalWidth) }
    }
    let excess = widths.reduce(2 * (widths.count - 1), +) - (screen ?? .max)
    if excess > 0, let widest = widths.indices.max(by: { widths[$0] < widths[$1] }) {
      guard !isNumeric[widest], widths[widest] - excess >= RowOutput.narrowest else {
        for (index, row) in rows.enumerated() { putLines(row, isFirst: index == 0) }
        return
      }
      widths[widest] -= excess
      cut = columns[widest]
    }
    let (bold, plain) = RowOutput.style
    put(bold + RowOutput.line(columns, widths, isNumeric) + plain + "\n")
    put(widths.map { String(repeating: "-", count: $0) }.joined(separator: "  ") + "\n")
    for row in rows {
      let cells = zip(row, widths).map { $0.cut(to: $1) }
      put(RowOutput.line(cells, widths, isNumeric) + "\n")
    }
  }

  /// What makes a heading bold, and what ends that.
  private static var style: (String, String) { Terminal.usesStyle ? ("\u{1b}[1m", "\u{1b}[0m") : ("", "") }

  /// A row with a line for each column; a blank line between rows.
  private mutating func putLines(_ cells: [String], isFirst: Bool) {
    let width = columns.map(\.terminalWidth).max() ?? 0
    let (bold, plain) = RowOutput.style
    if !isFirst { put("\n") }
    for (column, cell) in zip(columns, cells) {
      let padding = cell.isEmpty ? "" : String(repeating: " ", count: width - column.terminalWidth + 2)
      put(bold + column + plain + padding + cell + "\n")
    }
  }

  /// Cells padded to their columns, numbers to the right; nothing hangs over at the end.
  private static func line(_ cells: [String], _ widths: [Int], _ isNumeric: [Bool]) -> String {
    var line = ""
    for (index, cell) in cells.enumerated() {
      let padding = String(repeating: " ", count: max(0, widths[index] - cell.terminalWidth))
      if index > 0 { line += "  " }
      if isNumeric[index] {
        line += padding + cell
      } else {
        line += index == cells.count - 1 ? cell : cell + padding
      }
    }
    while line.utf8.last == UInt8(ascii: " ") { line.removeLast() }
    return line
  }

  private mutating func putMarkdown() {
    let escape = { (cell: String) in
      cell.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
    }
    put("| " + columns.map(escape).joined(separator: " | ") + " |\n")
    put("|" + isNumeric.map { $0 ? " ---: |" : " --- |" }.joined() + "\n")
    for row in rows { put("| " + row.map(escape).joined(separator: " | ") + " |\n") }
  }

  /// A value as text; NULL is empty.
  private static func plain(_ value: QueryValue) -> String {
    switch value {
    case .null: ""
    case .integer(let number): String(number)
    case .real(let number): String(number)
    case .text(let text): text
    case .blob(let bytes): hexadecimal(bytes)
    }
  }

  private static func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// A value as a CSV field: NULL is nothing, an empty text is `""`, as the sqlite3 shell and PostgreSQL have it.
  private static func csv(_ value: QueryValue) -> String {
    if case .text("") = value { return "\"\"" }
    return csv(plain(value))
  }

  /// A CSV field (RFC 4180). Control characters other than line ends are made visible on a terminal only: a file gets
  /// the text as it is.
  private static func csv(_ text: String) -> String {
    let text = Terminal.outputIsTerminal ? text.visible : text
    guard text.unicodeScalars.contains(where: { $0 == "," || $0 == "\"" || $0 == "\n" || $0 == "\r" }) else {
      return text
    }
    return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }

  private static func object(_ columns: [String], _ row: [QueryValue]) -> String {
    let members = zip(columns, row).map { column, value in "\(JSONText.string(column)): \(json(value))" }
    return "{" + members.joined(separator: ", ") + "}"
  }

  private static func json(_ value: QueryValue) -> String {
    switch value {
    case .null: "null"
    case .integer(let number): String(number)
    case .real(let number): number.isFinite ? String(number) : "null"
    case .text(let text): JSONText.string(text)
    case .blob(let bytes): JSONText.string(hexadecimal(bytes))
    }
  }
}
