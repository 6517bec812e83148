import Store

/// Which rows of an answer a table shows.
enum Selection: Equatable {
  case all
  /// Those whose column holds a number above zero.
  case positive(column: String)
  /// Those whose column holds this text.
  case equal(column: String, value: String)

  private var column: String? {
    switch self {
    case .all: nil
    case .positive(let column), .equal(let column, _): column
    }
  }

  /// Whether a row is one of them. Where the answer has no such column, as one of a user's own query, all are.
  func holds(_ row: [QueryValue], columns: [String]) -> Bool {
    guard let column, let index = columns.firstIndex(of: column), index < row.count else { return true }
    switch (self, row[index]) {
    case (.positive, .integer(let number)): return number > 0
    case (.positive, .real(let number)): return number > 0
    case (.equal(_, let value), .text(let text)): return value == text
    default: return false
    }
  }
}
