import Glibc
import Store

/// What is said about queries. On a terminal it is wrapped to the screen; elsewhere every item is one line.
enum QueryHelp {
  /// Narrower than this a screen gets no second column of text.
  private static let narrowest = 24

  /// Lists the queries with their questions.
  static func list(_ catalog: QueryCatalog, format: OutputFormat?) {
    let screen = Terminal.width(of: STDOUT_FILENO)
    if let format {
      var output = RowOutput(format: format, columns: ["query", "question"])
      for query in catalog.queries { output.add([.text(query.name), .text(question(query))]) }
      return output.finish()
    }
    var text = items(catalog.queries.map { ($0.name, question($0)) }, indent: "", screen: screen)
    if screen != nil {
      text += "\n'pcapindex query NAME DATABASE' answers one, 'pcapindex query NAME --help' tells more about it.\n"
    }
    Terminal.result(text)
  }

  /// Shows one query's question, parameters and columns.
  static func show(_ query: CannedQuery) {
    let screen = Terminal.width(of: STDOUT_FILENO)
    var text = "\(query.title.visible)\n"
    if !query.question.isEmpty { text += "\n\(wrapped(query.question, indent: 0, screen: screen))\n" }
    let notes = screen == nil ? query.notes : [query.notes.joined(separator: " ")]
    for note in notes where !note.isEmpty { text += "\(wrapped(note, indent: 0, screen: screen))\n" }
    let options = query.parameters.map { " [--\($0.name) VALUE]" }.joined()
    let usage = "Usage: pcapindex query \(query.name) [DATABASE]\(options) [--format FORMAT]"
    text += "\n\(wrapped(usage, indent: 7, screen: screen))\n"
    text += section("Parameters", query.parameters.map { ("--\($0.name)", $0.meaning) }, screen: screen)
    text += section("Columns", query.columns.map { ($0.name, $0.meaning) }, screen: screen)
    text += """

      Examples:
        pcapindex query \(query.name) case.sqlite --format csv
        pcapindex query \(query.name) --sql | sqlite3 case.sqlite

      """
    Terminal.result(text)
  }

  /// What a query answers, or failing that its title.
  private static func question(_ query: CannedQuery) -> String {
    query.question.isEmpty ? query.title : query.question
  }

  private static func section(_ title: String, _ pairs: [(String, String)], screen: Int?) -> String {
    pairs.isEmpty ? "" : "\n\(title):\n" + items(pairs, indent: "  ", screen: screen)
  }

  /// Names in one column, texts in the next.
  private static func items(_ pairs: [(String, String)], indent: String, screen: Int?) -> String {
    let width = pairs.map(\.0.count).max() ?? 0
    return pairs.map { name, text in
      let padding = String(repeating: " ", count: width - name.count + 2)
      return indent + name + padding + wrapped(text, indent: indent.count + width + 2, screen: screen) + "\n"
    }.joined()
  }

  /// `text` broken at blanks where it would pass the screen's edge, every further line behind `indent` blanks. The first
  /// line is taken to begin behind them as well.
  private static func wrapped(_ text: String, indent: Int, screen: Int?) -> String {
    let text = text.visible
    guard let screen, screen - indent >= narrowest else { return text }
    var result = ""
    var column = 0
    for word in text.split(separator: " ", omittingEmptySubsequences: false).map(String.init) {
      let width = word.terminalWidth
      if column > 0, column + 1 + width > screen - indent {
        result += "\n" + String(repeating: " ", count: indent)
        column = 0
      } else if column > 0 {
        result += " "
        column += 1
      }
      result += word
      column += width
    }
    return result
  }
}
