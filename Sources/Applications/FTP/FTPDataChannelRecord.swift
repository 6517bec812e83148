import Records

/// A row of `ftp_data_channels`.
struct FTPDataChannelRecord: Record {
  static let table = Table(
    "ftp_data_channels",
    ["command_id", "mode", "address_id", "port", "data_flow_id", "transfer_command_id"])

  let commandID: Int64
  let isPassive: Bool
  let addressID: Int64
  let port: UInt16
  let dataFlowID: Int64?
  let transferCommandID: Int64?

  func encode(into row: inout RowEncoder) {
    row.integer(commandID)
    row.text(isPassive ? "passive" : "active")
    row.integer(addressID)
    row.integer(Int64(port))
    row.integer(dataFlowID)
    row.integer(transferCommandID)
  }
}
