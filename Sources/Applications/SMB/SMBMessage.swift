/// A message that has to do with a login.
struct SMBMessage {
  /// From its header on, up to `SMBMessageReader.limit`.
  let bytes: [UInt8]
  /// The frame of its first byte.
  let frame: FrameStamp
}
