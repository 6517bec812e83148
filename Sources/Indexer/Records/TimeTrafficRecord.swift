import Records

/// A row of `traffic_by_time`.
struct TimeTrafficRecord: Record {
  static let table = Table(
    "traffic_by_time",
    [
      "capture_id", "ts", "duration", "frames", "bytes", "tcp_frames", "tcp_bytes", "udp_frames", "udp_bytes",
      "icmp_frames", "icmp_bytes", "flows",
    ])

  let captureID: Int64
  /// Nanoseconds since the epoch; nil: frames without a time.
  let start: Int64?
  let duration: Int64
  let interval: TrafficTimeline.Interval

  func encode(into row: inout RowEncoder) {
    row.integer(captureID)
    row.integer(start)
    row.integer(duration)
    row.integer(interval.frames)
    row.integer(interval.bytes)
    row.integer(interval.tcp.frames)
    row.integer(interval.tcp.bytes)
    row.integer(interval.udp.frames)
    row.integer(interval.udp.bytes)
    row.integer(interval.icmp.frames)
    row.integer(interval.icmp.bytes)
    row.integer(interval.flows)
  }
}
