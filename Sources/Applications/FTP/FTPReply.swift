/// A reply of an FTP server.
struct FTPReply: Sendable {
  let code: Int
  /// Of several lines, each on its own.
  var text: String
  /// The frame of its first byte.
  let frameID: Int64

  /// Whether another reply to the same command follows (RFC 959, section 4.2.1: positive preliminary).
  var isPreliminary: Bool { code < 200 }
}
