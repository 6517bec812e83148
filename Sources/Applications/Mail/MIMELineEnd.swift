/// How a line of a message ends.
enum MIMELineEnd: UInt8, Sendable {
  /// CR LF.
  case full
  /// LF alone.
  case bare

  /// As sent.
  var bytes: [UInt8] { self == .full ? [0x0d, 0x0a] : [0x0a] }
}
