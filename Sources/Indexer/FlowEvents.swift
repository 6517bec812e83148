import Applications
import Bytes
import Flows
import Store

/// What the flow table told of in some frames, in its order, ready to cross to the analysing thread.
struct FlowEvents: Reusable, Sendable {
  /// Something that the analysing thread has to do when it is there.
  typealias Remark = @Sendable (FlowAnalysis) -> Void

  /// Room for bytes that is kept for the next frames; what one frame set free may be much more.
  private static let keptBytes = 1 << 20

  /// A flow that is over.
  struct EndedFlow: BitwiseCopyable, Sendable {
    let flow: Flow
    /// The frame of its first packet.
    let first: FlowFrame
    /// What TCP adds.
    let connection: TCPConnection?
  }

  /// The ends of a flow that began.
  struct Identity: BitwiseCopyable, Sendable {
    let identity: FlowIdentity
    /// Whether its first bytes were seen.
    let isFromStart: Bool
  }

  private(set) var events: [FlowEvent] = []
  /// Payloads, one behind the other.
  private(set) var bytes: [UInt8] = []
  private(set) var identities: [Identity] = []
  private(set) var ended: [EndedFlow] = []
  private(set) var remarks: [Remark] = []

  /// Ended flows after which it is time to hand over: most end with the capture, all at once.
  private static let endedLimit = 256

  /// Whether it is time to hand it over.
  var isFull: Bool {
    bytes.count >= IngestBatch.recordByteLimit || events.count >= 4 * IngestBatch.frameLimit
      || ended.count >= FlowEvents.endedLimit
  }

  mutating func append(_ event: FlowEvent) {
    events.append(event)
  }

  /// Appends an event with the payload `payload`.
  mutating func append(_ event: FlowEvent, payload: RawSpan) {
    events.append(event)
    bytes.append(span: payload)
  }

  /// Appends an event with the ends of `flow`.
  mutating func append(_ event: FlowEvent, of flow: borrowing Flow) {
    events.append(event)
    identities.append(
      Identity(
        identity: FlowIdentity(
          id: flow.id, client: Endpoint(flow.clientAddress, flow.clientPort),
          server: Endpoint(flow.serverAddress, flow.serverPort)),
        isFromStart: flow.isFromStart))
  }

  /// Appends the end of a flow.
  mutating func append(_ event: FlowEvent, ended flow: EndedFlow) {
    events.append(event)
    ended.append(flow)
  }

  /// Appends something to be done.
  mutating func append(remark: @escaping Remark) {
    events.append(FlowEvent(kind: .remark))
    remarks.append(remark)
  }

  mutating func removeAll() {
    events.removeAll(keepingCapacity: true)
    bytes.removeAll(keepingCapacity: bytes.capacity <= FlowEvents.keptBytes)
    identities.removeAll(keepingCapacity: true)
    ended.removeAll(keepingCapacity: true)
    remarks.removeAll(keepingCapacity: true)
  }
}
