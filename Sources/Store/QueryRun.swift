/// One run of a query on a database: its rows, one after the other.
public final class QueryRun {
  /// The names of the columns.
  public let columns: [String]

  private let query: CannedQuery
  private let statement: Statement

  /// Prepares a query and binds its parameters.
  ///
  /// - Parameters:
  ///   - query: one statement that gives rows and changes nothing; anything else is an error.
  ///   - database: opened read-only.
  ///   - arguments: values by the parameters' names without the colon. Text that is a decimal integer binds as INTEGER, a
  ///     decimal number with a point or exponent as REAL, all other as TEXT. What is not given stays NULL.
  public init(
    _ query: CannedQuery, on database: Database, arguments: [String: String] = [:]
  ) throws(StoreError) {
    self.query = query
    let prepared: (statement: Statement, tail: String)?
    do throws(StoreError) {
      prepared = try database.prepareFirst(of: query.sql)
    } catch {
      throw StoreError(query.name, error.reason, "\(error.detail) (on \(database.path))")
    }
    guard let prepared else { throw StoreError(query.name, .usage, "holds no SQL statement") }
    statement = prepared.statement
    guard statement.isReadOnly, statement.columnCount > 0 else {
      throw StoreError(query.name, .usage, "is not a statement that only reads")
    }
    guard Schema.withoutLeadingComments(prepared.tail).isEmpty else {
      throw StoreError(query.name, .usage, "holds more than one SQL statement")
    }
    let statement = statement
    columns = (0..<statement.columnCount).map { statement.columnName($0) }
    try bind(arguments)
  }

  private func bind(_ arguments: [String: String]) throws(StoreError) {
    var indexes: [String: [Int]] = [:]
    for index in 0..<statement.parameterCount {
      if let name = statement.parameterName(index + 1) {
        indexes[String(name.dropFirst()), default: []].append(index + 1)
      }
    }
    for (name, text) in arguments.sorted(by: { $0.key < $1.key }) {
      guard let places = indexes[name] else {
        let known = indexes.keys.sorted()
        let advice =
          known.isEmpty
          ? "it has no parameters"
          : "its parameter\(known.count == 1 ? " is" : "s are") \(known.joined(separator: ", "))"
        throw StoreError(query.name, .usage, "no parameter '\(name)'; \(advice)")
      }
      for place in places {
        switch QueryRun.value(of: text) {
        case .integer(let number): statement.bind(number, at: place)
        case .real(let number): statement.bind(number, at: place)
        default: statement.bind(text as String?, at: place)
        }
      }
    }
  }

  /// What text from the command line stands for: a decimal integer, a decimal number, or itself.
  static func value(of text: String) -> QueryValue {
    let isDecimal = text.utf8.allSatisfy {
      (48...57).contains($0)
        || [UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E")].contains($0)
    }
    guard isDecimal, text.utf8.contains(where: { (48...57).contains($0) }) else { return .text(text) }
    if let number = Int64(text) { return .integer(number) }
    if text.utf8.contains(where: { $0 == UInt8(ascii: ".") || $0 | 0x20 == UInt8(ascii: "e") }),
      let number = Double(text),
      number.isFinite
    {
      return .real(number)
    }
    return .text(text)
  }

  /// The next row, a value for each column; nil behind the last.
  public func next() throws(StoreError) -> [QueryValue]? {
    let isRow: Bool
    do throws(StoreError) {
      isRow = try statement.step()
    } catch {
      // The database's columns are STRICT: only a parameter can be of the wrong type, such as a LIMIT that is no number.
      guard error.reason == .mismatch else { throw error }
      throw StoreError(query.name, .usage, "a parameter that has to be a number is none")
    }
    guard isRow else { return nil }
    let statement = statement
    return (0..<columns.count).map { statement.value($0) }
  }

  /// The parameters that a query's statement has, without the colon, in the order in which they first stand in it.
  public static func parameters(of query: CannedQuery, on database: Database) throws(StoreError) -> [String] {
    let statement = try QueryRun(query, on: database).statement
    return (0..<statement.parameterCount).compactMap { statement.parameterName($0 + 1).map { String($0.dropFirst()) } }
  }
}
