import Store

/// What a table shows of a query's rows, and how many there are.
struct Answer {
  let query: CannedQuery
  let columns: [String]
  /// The arguments with which it gives these rows.
  let arguments: [(String, String)]
  /// The first rows, secrets hidden unless they are wanted.
  fileprivate(set) var rows: [[QueryValue]] = []
  /// All rows.
  fileprivate(set) var total: Int64 = 0
  /// How many rows have the value that the plan counts.
  fileprivate(set) var tally: Int64 = 0

  /// The position of a column; nil: the query has none of this name.
  func index(of column: String) -> Int? { columns.firstIndex(of: column) }

  /// The integer in a row's column; nil where it is none.
  func integer(_ row: [QueryValue], _ column: String) -> Int64? {
    guard let index = index(of: column), index < row.count, case .integer(let number) = row[index] else { return nil }
    return number
  }

  /// The text in a row's column; nil where it is none.
  func text(_ row: [QueryValue], _ column: String) -> String? {
    guard let index = index(of: column), index < row.count, case .text(let text) = row[index] else { return nil }
    return text
  }

  /// Runs the query that `plans` share once and gives each plan the rows that are its own.
  static func answers(
    to plans: [TablePlan], query: CannedQuery, on database: Database, redaction: Redaction?, options: ReportOptions
  ) throws(StoreError) -> [Answer] {
    guard let first = plans.first else { return [] }
    // A query of the user's own may lack parameters of the one whose place it takes.
    let known = Set(try QueryRun.parameters(of: query, on: database))
    var arguments = Dictionary(first.arguments.filter { known.contains($0.0) }) { $1 }
    if let capture = options.capture { arguments["capture"] = String(capture) }
    let limit = first.isTop && known.contains("limit") ? String(first.limit ?? options.rows) : nil
    if let limit { arguments["limit"] = limit }
    let run = try QueryRun(query, on: database, arguments: arguments)
    let columns = run.columns
    var answers = plans.map { plan in
      var arguments = (plan.arguments + plan.selecting).filter { known.contains($0.0) }
      if let limit { arguments.append(("limit", limit)) }
      return Answer(query: query, columns: columns, arguments: arguments)
    }
    while let row = try run.next() {
      for (index, plan) in plans.enumerated() where plan.selection.holds(row, columns: columns) {
        answers[index].total += 1
        if let tally = plan.tally, tally.selection.holds(row, columns: columns) { answers[index].tally += 1 }
        if answers[index].rows.count < plan.limit ?? options.rows {
          answers[index].rows.append(redaction?.hide(in: row, columns: columns) ?? row)
        }
      }
    }
    return answers
  }
}
