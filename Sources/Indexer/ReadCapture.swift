import Store

/// A capture whose frames and records are stored, and what is left to do for it.
struct ReadCapture: Sendable {
  /// Its row of `captures`.
  var capture: StoredCapture
  /// Rows of `diagnostics` that it gave.
  let diagnostics: Int64
  /// Packets that were dropped while it was captured, as it says itself.
  let dropped: Int64
  /// Rows of `flows` whose frames have the wrong direction.
  var reversedFlows: [Int64]
  /// Whether `address_names` may hold rows twice.
  let mayRepeatNames: Bool

  /// What the caller is told of it.
  var summary: IngestSummary {
    IngestSummary(
      captureID: capture.id, path: capture.path, frames: capture.frameCount, bytes: capture.size,
      status: capture.status, detail: capture.detail, diagnostics: diagnostics, dropped: dropped)
  }

  /// Inserts its row, and sets right what was known only at its end.
  func store(into database: Database) throws(StoreError) {
    try database.insert(capture)
    try database.reverseDirection(ofFlows: reversedFlows)
    if mayRepeatNames { try database.removeRepeatedNames(captureID: capture.id) }
  }
}
