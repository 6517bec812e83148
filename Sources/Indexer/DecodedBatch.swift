import Records
import Store

/// What was decoded of some frames of one capture, on its way from the decoding thread to the analysing one.
struct DecodedBatch: Reusable, Sendable {
  /// Rows of `frames`, of `frame_positions`, and of the tables that the decoding thread fills.
  var rows: IngestBatch
  /// What happened in flows.
  var events = FlowEvents()

  /// An empty batch of one capture.
  init(captureID: Int64) {
    rows = IngestBatch(captureID: captureID)
  }

  mutating func removeAll() {
    rows.removeAll()
    events.removeAll()
  }
}
