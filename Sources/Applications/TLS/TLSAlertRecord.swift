import Records

/// A row of `tls_alerts`.
struct TLSAlertRecord: Record {
  static let table = Table("tls_alerts", ["flow_id", "frame_id", "from_client", "level", "description"])

  let flowID: Int64
  let frameID: Int64
  let side: Side
  let level: String
  let description: UInt8

  func encode(into row: inout RowEncoder) {
    row.integer(flowID)
    row.integer(frameID)
    row.boolean(side == .client)
    row.text(level)
    row.text(TLSAlert.name(description))
  }
}
