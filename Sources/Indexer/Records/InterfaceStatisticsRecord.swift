import CaptureFiles
import Records

/// A row of `interface_statistics`, whose key is the interface's.
struct InterfaceStatisticsRecord: Record {
  static let table = Table(
    "interface_statistics",
    [
      "ts", "start_ts", "end_ts", "received", "dropped", "accepted", "dropped_by_system", "delivered", "lost_between",
    ])

  let statistics: InterfaceStatistics

  func encode(into row: inout RowEncoder) {
    row.integer(statistics.time)
    row.integer(statistics.start)
    row.integer(statistics.end)
    row.integer(statistics.received)
    row.integer(statistics.dropped)
    row.integer(statistics.accepted)
    row.integer(statistics.droppedBySystem)
    row.integer(statistics.delivered)
    row.integer(statistics.lostBetween)
  }
}
