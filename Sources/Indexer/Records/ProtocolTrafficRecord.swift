import Records

/// A row of `traffic_by_protocol`.
struct ProtocolTrafficRecord: Record {
  static let table = Table(
    "traffic_by_protocol", ["capture_id", "network", "transport", "service", "flows", "frames", "bytes"])

  let captureID: Int64
  let network: String
  let transport: String?
  let service: String?
  /// Nil: no IP.
  let flows: Int64?
  let frames: Int64
  let bytes: Int64

  func encode(into row: inout RowEncoder) {
    row.integer(captureID)
    row.text(network)
    row.text(transport)
    row.text(service)
    row.integer(flows)
    row.integer(frames)
    row.integer(bytes)
  }
}
