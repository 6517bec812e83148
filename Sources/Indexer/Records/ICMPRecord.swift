import Bytes
import Packets
import Records

/// A row of `icmp_messages`.
struct ICMPRecord: Record {
  static let table = Table(
    "icmp_messages",
    [
      "flow_id", "frame_id", "type", "code", "identifier", "sequence", "ttl", "target", "link_address",
      "neighbor_flags",
    ])

  let flowID: Int64
  let frameID: Int64
  let type: UInt8
  let code: UInt8
  /// Of an echo message; nil: not an echo.
  let echo: (identifier: UInt16, sequence: UInt16)?
  /// Time to live or hop limit of its IP packet.
  let timeToLive: UInt8
  /// What it says of a neighbor; nil: it is of another kind.
  let neighbor: NeighborMessage?

  func encode(into row: inout RowEncoder) {
    row.integer(flowID)
    row.integer(frameID)
    row.integer(type)
    row.integer(code)
    row.integer(echo.map { Int64($0.identifier) })
    row.integer(echo.map { Int64($0.sequence) })
    row.integer(timeToLive)
    row.text(neighbor?.target?.description)
    row.text(neighbor?.linkAddress?.description)
    row.integer(neighbor?.flags.map { Int64($0) })
  }
}
