/// What became of one capture.
public struct IngestSummary: Sendable, Equatable {
  /// The row of `captures`.
  public let captureID: Int64
  /// The capture's path as given.
  public let path: String
  /// Frames stored.
  public let frames: Int64
  /// Bytes of the file as it lies on disk.
  public let bytes: Int64
  /// `captures.status`: `complete`, `truncated`, `damaged`, `unreadable` or `interrupted`.
  public let status: String
  /// Why the status is not `complete`.
  public let detail: String?
  /// Rows of `diagnostics` that it gave.
  public let diagnostics: Int64
  /// Packets that were dropped while it was captured, as it says itself.
  public let dropped: Int64
}
