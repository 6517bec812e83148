import Records

/// A row of `ftp_commands`.
struct FTPCommandRecord: Record {
  static let table = Table(
    "ftp_commands",
    [
      "flow_id", "frame_id", "command", "argument", "reply_code", "reply_text", "reply_frame_id", "sent_command",
      "path",
      "data_type", "restart_offset",
    ],
    isInOrder: false)

  let flowID: Int64
  let frameID: Int64
  let command: String?
  let argument: String?
  let reply: FTPReply?
  /// The command as sent; nil: in capitals.
  let sentCommand: String?
  /// From the root or from `~`; nil: it has none, or it is not known.
  let path: [UInt8]?
  /// Of a transfer; nil: not known, or none.
  let dataType: String?
  /// Of a transfer; nil: the file's first byte.
  let offset: Int64?

  func encode(into row: inout RowEncoder) {
    row.integer(flowID)
    row.integer(frameID)
    row.text(command)
    row.text(argument)
    row.integer(reply.map { Int64($0.code) })
    row.text(reply?.text)
    row.integer(reply?.frameID)
    row.text(sentCommand)
    row.text(wire: path)
    row.text(dataType)
    row.integer(offset)
  }
}
