import Crypto
import Records

/// A row of `files`: an object that was carried.
struct FileRecord: Record {
  static let table = Table(
    "files",
    [
      "flow_id", "frame_id", "source", "name", "media_type", "detected_type", "size", "sha256", "complete",
      "width", "height",
    ])

  /// The row of `flows`.
  let flowID: Int64
  /// The row of `frames` with its message's first byte.
  let frameID: Int64
  /// `http`, `ftp`, ...
  let source: String
  /// Nil: none.
  let name: [UInt8]?
  /// As declared; nil: not declared.
  let mediaType: [UInt8]?
  /// As its first bytes show; nil: they do not.
  let detectedType: String?
  /// Bytes seen, as sent.
  let size: Int
  /// Of those bytes; nil: not complete.
  let sha256: SHA256Digest?
  /// Whether all of it was seen.
  let isComplete: Bool
  /// Of an image whose size is known; nil: none.
  let imageSize: ImageSize?

  func encode(into row: inout RowEncoder) {
    row.integer(flowID)
    row.integer(frameID)
    row.text(source)
    row.text(wire: name)
    row.text(wire: mediaType)
    row.text(detectedType)
    row.integer(size)
    row.text(sha256)
    row.boolean(isComplete)
    row.integer(imageSize.map { Int64($0.width) })
    row.integer(imageSize.map { Int64($0.height) })
  }
}
