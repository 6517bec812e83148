/// A bounded queue between the thread that makes rows and one that stores them, with the session's connection at its end.
///
/// While it runs it is alone with the session's rows; `finish` ends it.
public final class IngestPipeline: Sendable {
  /// Batches that may wait or be written at once.
  static let depth = 4

  private let pipeline: BatchPipeline<IngestBatch, StoreError>

  /// Starts the storing thread for `session`.
  public init(session: IngestSession) {
    pipeline = BatchPipeline(
      label: "pcapindex.store", depth: IngestPipeline.depth, empty: { IngestBatch(captureID: 0) },
      work: { (batch) throws(StoreError) in try session.write(batch) })
  }

  /// Hands `batch` over, which is then an empty one of the same capture. Waits while too many are under way.
  ///
  /// Throws the error that storing an earlier batch met; nothing is stored from then on.
  public func submit(_ batch: inout IngestBatch) throws(StoreError) {
    let captureID = batch.captureID
    try pipeline.submit(&batch)
    batch.captureID = captureID
  }

  /// Waits until all that was submitted is stored, and throws the first error that was met.
  public func finish() throws(StoreError) {
    try pipeline.finish()
  }
}
