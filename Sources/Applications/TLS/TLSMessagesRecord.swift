import Records

/// A row of `tls_messages`.
struct TLSMessagesRecord: Record {
  static let table = Table("tls_messages", ["flow_id", "frame_id", "messages"])

  let flowID: Int64
  let frameID: Int64
  /// In the order in which they end.
  let notes: [TLSNote]

  func encode(into row: inout RowEncoder) {
    row.integer(flowID)
    row.integer(frameID)
    row.text(notes.map(\.text).joined(separator: ","))
  }
}
