import Records

/// A row of `tunnel_flows`.
struct TunnelFlowRecord: Record {
  static let table = Table("tunnel_flows", ["tunnel_id", "flow_id", "level"])

  let tunnelID: Int64
  let flowID: Int64
  let level: Int64

  func encode(into row: inout RowEncoder) {
    row.integer(tunnelID)
    row.integer(flowID)
    row.integer(level)
  }
}
