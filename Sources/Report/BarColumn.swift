import Store

/// The lengths of a table's bars.
struct BarColumn {
  /// What the parts are called.
  let names: [String]
  private let indexes: [Int]
  private let largest: Double

  /// Nil where the answer lacks the columns, as that of a user's own query may, or holds nothing to draw.
  init?(_ bar: TablePlan.Bar?, answer: Answer, rows: [[QueryValue]]) {
    guard let bar else { return nil }
    let indexes = bar.columns.compactMap(answer.index)
    guard indexes.count == bar.columns.count else { return nil }
    let largest = rows.map { row in indexes.reduce(0) { $0 + BarColumn.number(row, $1) } }.max() ?? 0
    guard largest > 0 else { return nil }
    self.names = bar.names
    self.indexes = indexes
    self.largest = largest
  }

  /// Each part of a row's bar as a share of the longest.
  func shares(of row: [QueryValue]) -> [Double] { indexes.map { BarColumn.number(row, $0) / largest } }

  private static func number(_ row: [QueryValue], _ index: Int) -> Double {
    guard index < row.count else { return 0 }
    switch row[index] {
    case .integer(let number): return Double(max(number, 0))
    case .real(let number): return number.isFinite ? max(number, 0) : 0
    default: return 0
    }
  }
}
