import Bytes
import Records

/// Parses WebSocket (RFC 6455), with `permessage-deflate` (RFC 7692), into `websocket_messages`.
///
/// It follows HTTP/1.1's `101 Switching Protocols`, and is never told by its bytes: those of its frames say too little. Bytes
/// that are missing from a payload cost its message; any others all messages up to a segment into which whole frames fit.
public final class WebSocketParser: StreamParser {
  /// `websocket`.
  public static let service = "websocket"

  private let flow: FlowIdentity
  private let requestID: Int64?
  private var client: WebSocketReader
  private var server: WebSocketReader
  private var diagnosticCount = 0

  /// Unfinished frames and messages.
  public var heldBytes: Int { client.heldBytes + server.heldBytes }

  /// A parser for a connection of which nothing else is known.
  public convenience init(flow: FlowIdentity) {
    self.init(flow: flow, requestID: nil, deflate: nil)
  }

  /// A parser for what follows the response to the request `requestID`.
  ///
  /// - Parameter deflate: what was agreed on for compression; nil: there is none.
  init(flow: FlowIdentity, requestID: Int64?, deflate: WebSocketDeflate?) {
    self.flow = flow
    self.requestID = requestID
    client = WebSocketReader(.client, deflate: deflate)
    server = WebSocketReader(.server, deflate: deflate)
  }

  /// Never: it follows another protocol.
  public static func probe(_ opening: borrowing Opening) -> Probe { .no }

  /// The next bytes from `side`.
  public func consume(_ bytes: RawSpan, from side: Side, in frame: FrameStamp, context: ApplicationContext) {
    let (flow, requestID) = (flow, requestID)
    func make(_ first: FrameStamp, _ header: WebSocketFrameHeader) -> WebSocketMessageRecord {
      WebSocketParser.message(first, header, from: side, flow, requestID)
    }
    switch side {
    case .client:
      client.read(bytes, in: frame, budget: context.decoding, make: make) { handle($0, side, frame.id, context) }
    case .server:
      server.read(bytes, in: frame, budget: context.decoding, make: make) { handle($0, side, frame.id, context) }
    }
  }

  /// Missing bytes of a payload cost its message.
  public func gap(of count: Int, from side: Side, in frame: FrameStamp, context: ApplicationContext) {
    switch side {
    case .client: client.gap(of: count, in: frame) { handle($0, side, frame.id, context) }
    case .server: server.gap(of: count, in: frame) { handle($0, side, frame.id, context) }
    }
  }

  /// Nothing to do.
  public func close(_ side: Side, context: ApplicationContext) {}

  /// Emits what is pending.
  public func finish(context: ApplicationContext) {
    let (flow, requestID) = (flow, requestID)
    client.finish(
      budget: context.decoding, make: { WebSocketParser.message($0, $1, from: .client, flow, requestID) },
      { handle($0, .client, lastFrame, context) })
    server.finish(
      budget: context.decoding, make: { WebSocketParser.message($0, $1, from: .server, flow, requestID) },
      { handle($0, .server, lastFrame, context) })
  }

  private var lastFrame: Int64 = 0

  private static func message(
    _ first: FrameStamp, _ header: WebSocketFrameHeader, from side: Side, _ flow: FlowIdentity, _ requestID: Int64?
  ) -> WebSocketMessageRecord {
    WebSocketMessageRecord(
      flowID: flow.id, requestID: requestID, isFromClient: side == .client, first: first, opcode: header.opcode,
      isCompressed: header.isCompressed)
  }

  private func handle(_ event: WebSocketReader.Event, _ side: Side, _ frame: Int64, _ context: ApplicationContext) {
    switch event {
    case .message(let record):
      lastFrame = max(lastFrame, record.lastFrameID)
      context.sink.emit(record)
    case .inflating(let failure):
      diagnose(
        "websocket-inflating", "a message from the \(side) was inflated in part only: \(failure)", frame, context)
    case .fault: diagnose("malformed-websocket", "a frame from the \(side) is malformed", frame, context)
    case .found(let skipped):
      diagnose(
        "websocket-resynchronised", "\(skipped) bytes from the \(side) were skipped before this frame", frame, context)
    }
  }

  private func diagnose(_ code: String, _ detail: String, _ frame: Int64, _ context: ApplicationContext) {
    guard diagnosticCount < WebSocketLimits.diagnostics else { return }
    diagnosticCount += 1
    context.sink.diagnose(code, detail, frame: frame > 0 ? frame : nil, flow: flow.id)
  }
}
