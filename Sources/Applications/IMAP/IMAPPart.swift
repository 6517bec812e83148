/// A part of a client's command: the text of a line, or a literal.
struct IMAPPart {
  /// As sent; of a line without the announcement of a literal.
  var bytes: [UInt8]
  /// The frame of its first byte.
  let frame: FrameStamp
  let isLiteral: Bool
}
