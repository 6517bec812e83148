import Bytes
import Packets
import Records

/// A row of `tcp_options`, whose key is the frame's.
struct TCPOptionsRecord: Record {
  static let table = Table(
    "tcp_options",
    [
      "kinds", "mss", "window_scale", "tsval", "tsecr", "fast_open", "is_dsack", "sack_left_1", "sack_right_1",
      "sack_left_2", "sack_right_2", "sack_left_3", "sack_right_3", "sack_left_4", "sack_right_4",
    ])

  let options: TCPOptions
  /// The names of their kinds, comma separated.
  let names: String
  /// The segment's acknowledgment number.
  let acknowledgment: UInt32

  func encode(into row: inout RowEncoder) {
    row.text(names)
    row.integer(options.maximumSegmentSize.map(Int64.init))
    row.integer(options.windowScale.map(Int64.init))
    row.integer((options.timestamps?.value).map(Int64.init))
    row.integer((options.timestamps?.echo).map(Int64.init))
    row.text(options.fastOpenCookie.map(hexadecimal))
    row.boolean(options.isDuplicateReport(acknowledgment: acknowledgment))
    for place in 0..<TCPOptions.blockLimit {
      let block = place < options.blocks.count ? options.blocks[place] : nil
      row.integer((block?.left).map(Int64.init))
      row.integer((block?.right).map(Int64.init))
    }
  }
}
