public import Records

/// A value of an emitted row, for comparing in tests.
public enum EmittedValue: Equatable, Sendable, CustomStringConvertible {
  /// NULL.
  case null
  /// INTEGER.
  case integer(Int64)
  /// TEXT.
  case text(String)
  /// BLOB.
  case blob([UInt8])

  /// The text, or nil for any other kind.
  public var text: String? { if case .text(let value) = self { value } else { nil } }
  /// The integer, or nil for any other kind.
  public var integer: Int64? { if case .integer(let value) = self { value } else { nil } }

  /// As a test failure shows it.
  public var description: String {
    switch self {
    case .null: "NULL"
    case .integer(let value): "\(value)"
    case .text(let value): "'\(value)'"
    case .blob(let value): "x'\(value.map { String($0, radix: 16) }.joined(separator: " "))'"
    }
  }
}

extension EmittedValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByNilLiteral {
  /// TEXT.
  public init(stringLiteral value: String) { self = .text(value) }
  /// INTEGER.
  public init(integerLiteral value: Int64) { self = .integer(value) }
  /// NULL.
  public init(nilLiteral: ()) { self = .null }
}

/// One row that a parser emitted.
public struct EmittedRow: Equatable, Sendable, CustomStringConvertible {
  /// The table's name.
  public let table: String
  /// The row's identifier.
  public let id: Int64
  /// The values by column.
  public let values: [String: EmittedValue]

  /// A row of `table` with these values.
  public init(table: String, id: Int64, values: [String: EmittedValue]) {
    self.table = table
    self.id = id
    self.values = values
  }

  /// The value of `column`; NULL where there is no such column.
  public subscript(_ column: String) -> EmittedValue { values[column] ?? .null }

  /// As a test failure shows it.
  public var description: String {
    let parts = values.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
    return "\(table) #\(id) (\(parts.joined(separator: ", ")))"
  }
}

extension RecordSink {
  /// Takes everything emitted so far, in order.
  public func emittedRows() -> [EmittedRow] {
    let batch = take()
    return batch.entries.map { entry in
      let table = batch.tables[Int(entry.table)]
      var decoder = RowDecoder(batch.row(entry))
      var values: [String: EmittedValue] = [:]
      for column in table.columns {
        switch decoder.next() {
        case .integer(let value): values[column] = .integer(value)
        case .text(let place): values[column] = .text(String(decoding: slice(batch, entry, place), as: UTF8.self))
        case .blob(let place): values[column] = .blob(Array(slice(batch, entry, place)))
        case .null, nil: values[column] = .null
        }
      }
      return EmittedRow(table: table.name, id: entry.id, values: values)
    }
  }

  private func slice(_ batch: RecordBatch, _ entry: RecordBatch.Entry, _ place: Range<Int>) -> ArraySlice<UInt8> {
    batch.bytes[(entry.start + place.lowerBound)..<(entry.start + place.upperBound)]
  }
}

extension Sequence<EmittedRow> {
  /// The rows of one table, in the order of their identifiers.
  public func of(_ table: String) -> [EmittedRow] {
    filter { $0.table == table }.sorted { $0.id < $1.id }
  }
}
