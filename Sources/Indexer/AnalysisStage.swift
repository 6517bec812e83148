import Applications
import Records
import Store
import Synchronization

/// What the analysing thread does: it gives flows' payloads to the parsers, and passes all rows on to the storing thread.
final class AnalysisStage: Sendable {
  private struct State {
    let analysis: FlowAnalysis
    /// Rows of what was analysed before a batch of frames was at its end; empty most of the time.
    var rest = IngestBatch(captureID: 0)
  }

  private let state: Mutex<State>
  private let store: IngestPipeline

  /// A stage whose rows go behind those of `stored`, and then to `store`.
  init(captureID: Int64, behind stored: StoredState, store: IngestPipeline) {
    state = Mutex(
      State(
        analysis: FlowAnalysis(
          context: ApplicationContext(
            sink: RecordSink(captureID: captureID, storedIDs: stored.lastIDs, addresses: stored.addresses)))))
    self.store = store
  }

  /// Analyses what happened in flows, and hands over the rows of `batch` with those that come of it.
  func process(_ batch: inout DecodedBatch) throws(StoreError) {
    try state.withLock { (state) throws(StoreError) in
      let sink = state.analysis.sink
      var replay = FlowReplay()
      while replay.advance(in: batch.events, state.analysis) {
        // One batch may yield many times its size, as when compressed names are written out.
        state.rest.captureID = batch.rows.captureID
        try submit(&state.rest, from: sink)
      }
      try submit(&batch.rows, from: sink)
    }
  }

  /// Hands over `rows`, which are then empty, with what is in the sink.
  private func submit(_ rows: inout IngestBatch, from sink: RecordSink) throws(StoreError) {
    var records = RecordBatch()
    swap(&records, &rows.records)
    rows.records = sink.take(reusing: records)
    try store.submit(&rows)
  }

  /// Calls `body` with the analysis, while nothing is under way.
  func withAnalysis<Result: Sendable>(_ body: (FlowAnalysis) -> Result) -> Result {
    state.withLock { body($0.analysis) }
  }
}
