import Glibc
import Store

/// What is said about queries.
enum QueryHelp {
  /// Lists the queries with their questions.
  static func list(_ catalog: QueryCatalog, format: OutputFormat?) {
    if let format {
      var output = RowOutput(format: format, columns: ["query", "question"])
      for query in catalog.queries { output.add([.text(query.name), .text(query.question)]) }
      return output.finish()
    }
    let width = catalog.queries.map(\.name.count).max() ?? 0
    var text = ""
    for query in catalog.queries {
      let padding = String(repeating: " ", count: width - query.name.count)
      text += "\(query.name)\(padding)  \(query.question.isEmpty ? query.title : query.question)\n"
    }
    Terminal.write(text, to: STDOUT_FILENO)
  }

  /// Shows one query's question, parameters and columns.
  static func show(_ query: CannedQuery) {
    var text = "\(query.title)\n"
    if !query.question.isEmpty { text += "\n\(query.question)\n" }
    for note in query.notes { text += "\(note)\n" }
    let options = query.parameters.map { " [--\($0.name) VALUE]" }.joined()
    text += "\nUsage: pcapindex query \(query.name) [DATABASE]\(options)\n"
    text += section("Parameters", query.parameters, prefix: "--")
    text += section("Columns", query.columns, prefix: "")
    text += "\nExample:\n  pcapindex query \(query.name) case.sqlite --format csv\n"
    text += "  sqlite3 case.sqlite < queries/\(query.name).sql\n"
    Terminal.write(text, to: STDOUT_FILENO)
  }

  private static func section(_ title: String, _ items: [CannedQuery.Item], prefix: String) -> String {
    guard !items.isEmpty else { return "" }
    let width = items.map(\.name.count).max() ?? 0
    return "\n\(title):\n"
      + items.map { item in
        "  \(prefix)\(item.name)\(String(repeating: " ", count: width - item.name.count))  \(item.meaning)\n"
      }.joined()
  }
}
