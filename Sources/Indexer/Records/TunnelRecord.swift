import Records

/// A row of `tunnels`.
struct TunnelRecord: Record {
  static let table = Table(
    "tunnels",
    ["capture_id", "kind", "identifier", "source_id", "destination_id", "frame_id", "packets", "bytes"])

  let captureID: Int64
  let kind: StaticString
  let identifier: Int64?
  let sourceID: Int64?
  let destinationID: Int64?
  let frameID: Int64
  let packets: Int64
  let bytes: Int64

  func encode(into row: inout RowEncoder) {
    row.integer(captureID)
    row.text(kind)
    row.integer(identifier)
    row.integer(sourceID)
    row.integer(destinationID)
    row.integer(frameID)
    row.integer(packets)
    row.integer(bytes)
  }
}
