/// A row of `diagnostics`.
struct DiagnosticRecord: Record {
  static let table = Table("diagnostics", ["capture_id", "frame_id", "flow_id", "code", "detail"])

  let captureID: Int64
  let frameID: Int64?
  let flowID: Int64?
  let code: String
  let detail: String

  func encode(into row: inout RowEncoder) {
    row.integer(captureID)
    row.integer(frameID)
    row.integer(flowID)
    row.text(code)
    row.text(detail)
  }
}
