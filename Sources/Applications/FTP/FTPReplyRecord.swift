import Records

/// A row of `ftp_replies`.
struct FTPReplyRecord: Record {
  static let table = Table("ftp_replies", ["command_id", "frame_id", "code", "text"])

  let commandID: Int64
  let reply: FTPReply

  func encode(into row: inout RowEncoder) {
    row.integer(commandID)
    row.integer(reply.frameID)
    row.integer(Int64(reply.code))
    row.text(reply.text)
  }
}
