import Bytes
import Flows
import Packets
import Records

/// Writes down what happens in flows, for the analysing thread; what concerns one segment alone becomes a row at once.
final class FlowEventLog: FlowObserver {
  // Each payload goes through these, on the decoding thread, and nothing comes back here: checking every access for
  // exclusivity would cost more than the access.
  @exclusivity(unchecked) private var events = FlowEvents()
  /// Whether the analysing thread knows the flow in a slot.
  @exclusivity(unchecked) private var isIntroduced: [Bool] = []
  private let rows: RowSink

  /// A log whose rows go to `rows`.
  init(rows: RowSink) {
    self.rows = rows
  }

  /// Whether it is time to take what was written down.
  var isFull: Bool { unsafe events.isFull }

  /// Takes what was written down, and goes on in `empty`.
  func take(reusing empty: consuming FlowEvents) -> FlowEvents {
    unsafe swap(&empty, &events)
    return empty
  }

  /// Has something done by the analysing thread when it has seen all that happened before.
  func remark(_ remark: @escaping FlowEvents.Remark) {
    unsafe events.append(remark: remark)
  }

  /// Emits a row of `diagnostics`, in its turn: see `RecordSink.diagnose`.
  func diagnose(_ code: String, _ detail: String, frame: Int64? = nil, flow: Int64? = nil) {
    remark { $0.sink.diagnose(code, detail, frame: frame, flow: flow) }
  }

  func flowBegan(_ flow: borrowing Flow, slot: Int) {
    while unsafe isIntroduced.count <= slot { unsafe isIntroduced.append(false) }
    unsafe isIntroduced[slot] = false
    guard flow.transport == .tcp else { return }
    unsafe events.append(FlowEvent(kind: .connectionBegan, slot: Int32(truncatingIfNeeded: slot)), of: flow)
  }

  @inline(__always)
  private func introduce(_ flow: borrowing Flow, slot: Int, _ kind: FlowEvent.Kind) {
    if unsafe isIntroduced[slot] { return }
    unsafe isIntroduced[slot] = true
    unsafe events.append(FlowEvent(kind: kind, slot: Int32(truncatingIfNeeded: slot)), of: flow)
  }

  func streamReceived(_ bytes: RawSpan, of flow: borrowing Flow, slot: Int, fromClient: Bool, frame: FlowFrame) {
    introduce(flow, slot: slot, .streamIntroduced)
    unsafe events.append(
      FlowEvent(
        kind: .streamReceived, fromClient: fromClient, slot: Int32(truncatingIfNeeded: slot), count: bytes.byteCount,
        frame: frame),
      payload: bytes)
  }

  func streamLost(_ count: Int, of flow: borrowing Flow, slot: Int, fromClient: Bool, frame: FlowFrame) {
    introduce(flow, slot: slot, .streamIntroduced)
    unsafe events.append(
      FlowEvent(
        kind: .streamLost, fromClient: fromClient, slot: Int32(truncatingIfNeeded: slot), count: count,
        number: flow.id, frame: frame))
  }

  func streamClosed(slot: Int, fromClient: Bool, isLast: Bool) {
    unsafe events.append(
      FlowEvent(kind: .streamClosed, fromClient: fromClient, slot: Int32(truncatingIfNeeded: slot)))
  }

  func segmentNoted(_ note: TCPNote, frame: FlowFrame) {
    rows.emit(TCPNoteRecord(frameID: frame.id, note: note))
  }

  func streamOdd(_ oddity: StreamOddity, of flow: borrowing Flow, fromClient: Bool, frame: FlowFrame) {
    unsafe events.append(
      FlowEvent(
        kind: .streamOdd, fromClient: fromClient, detail: oddity.rawValue, number: flow.id, frame: frame))
  }

  func datagramReceived(
    _ payload: RawSpan, length: Int, of flow: borrowing Flow, slot: Int, fromClient: Bool, frame: FlowFrame
  ) {
    introduce(flow, slot: slot, .datagramsIntroduced)
    unsafe events.append(
      FlowEvent(
        kind: .datagramReceived, fromClient: fromClient, slot: Int32(truncatingIfNeeded: slot),
        count: payload.byteCount, number: Int64(length), frame: frame),
      payload: payload)
  }

  func flowEnded(_ flow: borrowing Flow, first: FlowFrame, connection: borrowing TCPConnection?, slot: Int) {
    unsafe events.append(
      FlowEvent(kind: .flowEnded, slot: Int32(truncatingIfNeeded: slot)),
      ended: FlowEvents.EndedFlow(flow: copy flow, first: first, connection: copy connection))
  }
}
