/// Something found in a capture that becomes one row.
///
/// A record encodes one value for each of its table's columns, in their order. Its identifier is not among them: it is
/// given out by `RecordSink.newID`, so that records can refer to each other before any of them is stored.
public protocol Record: Sendable, SendableMetatype {
  /// The table that the record goes into.
  static var table: Table { get }
  /// Adds one value for each column of the table.
  func encode(into row: inout RowEncoder)
}
