/// How far reading has come.
public struct IngestProgress: Sendable {
  /// The capture's path as given.
  public let path: String
  /// Bytes of it read so far, as they lie on disk.
  public let bytesRead: Int64
  /// Its size; nil for a pipe.
  public let totalBytes: Int64?
  /// Frames decoded so far.
  public let frames: Int64
}
