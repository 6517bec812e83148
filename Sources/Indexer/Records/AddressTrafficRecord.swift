import Records

/// A row of `traffic_by_address`.
struct AddressTrafficRecord: Record {
  static let table = Table(
    "traffic_by_address",
    [
      "capture_id", "address_id", "part", "flows", "sent_packets", "received_packets", "sent_bytes", "received_bytes",
      "first_frame_id", "last_frame_id",
    ])

  let captureID: Int64
  let part: Int64
  let total: AddressTraffic.Total

  func encode(into row: inout RowEncoder) {
    row.integer(captureID)
    row.integer(total.addressID)
    row.integer(part)
    row.integer(total.flows)
    row.integer(total.sentPackets)
    row.integer(total.receivedPackets)
    row.integer(total.sentBytes)
    row.integer(total.receivedBytes)
    row.integer(total.firstFrame)
    row.integer(total.lastFrame)
  }
}
