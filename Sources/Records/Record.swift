/// Something found in a capture that becomes one row.
///
/// A record encodes one value for each of its table's columns, in their order. Its identifier is not among them: it is
/// given out by `RecordSink.newID`, so that records can refer to each other before any of them is stored. A record may
/// borrow the bytes that it encodes.
public protocol Record: Sendable, SendableMetatype, ~Escapable {
  /// The table that the record goes into.
  static var table: Table { get }
  /// Adds one value for each column of the table. It may be called again, with more room for the row.
  func encode(into row: inout RowEncoder)
}
