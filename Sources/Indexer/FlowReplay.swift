import Bytes
import Flows
import Records
import Store

/// Has an analysis see what was written down of flows, one event after the other.
struct FlowReplay {
  private var next = 0
  private var offset = 0
  private var identity = 0
  private var ended = 0
  private var remark = 0

  /// Goes on in `log`, the same each time, until so many rows wait that they should be handed over, which is true then, or to
  /// its end.
  mutating func advance(in log: borrowing FlowEvents, _ analysis: FlowAnalysis) -> Bool {
    let bytes = log.bytes.bytes
    while next < log.events.count {
      let event = log.events[next]
      next &+= 1
      switch event.kind {
      case .streamReceived:
        let end = offset &+ event.count
        analysis.streamReceived(bytes.part(from: offset, to: end), event)
        offset = end
      case .datagramReceived:
        let end = offset &+ event.count
        analysis.datagramReceived(bytes.part(from: offset, to: end), event)
        offset = end
      case .streamLost: analysis.streamLost(event)
      case .streamClosed: analysis.streamClosed(event)
      case .streamOdd: analysis.streamOdd(event)
      case .connectionBegan, .streamIntroduced, .datagramsIntroduced:
        analysis.met(log.identities[identity], event)
        identity &+= 1
      case .flowEnded:
        analysis.flowEnded(log.ended[ended], event)
        ended &+= 1
      case .remark:
        log.remarks[remark](analysis)
        remark &+= 1
      }
      if analysis.sink.pendingBytes > IngestBatch.recordByteLimit { return true }
    }
    return false
  }
}
