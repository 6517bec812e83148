/// A line of a text protocol, without its end.
struct TextLine {
  /// As sent. Of a line over `LineReader.limit` the beginning and the last `LineReader.tailSize` bytes.
  let bytes: [UInt8]
  /// The frame of its first byte.
  let frame: FrameStamp
  /// Whether bytes in its middle were dropped.
  let isCut: Bool
  /// Whether bytes before it are missing, so that it may be the rest of a line.
  let isBehindGap: Bool
}
