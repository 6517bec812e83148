import Bytes
import Records

/// Parses HTTP/1.x (RFC 9110, RFC 9112) into `http_requests`, `http_responses`, `http_headers`, `files` and
/// `credentials`.
///
/// Responses answer requests in order (RFC 9112, section 9.3.2). A request's row is emitted when the request is over and
/// the head of its final response has been seen, so that both rows know each other; a response's row when it is over.
/// What is cut off is emitted with what was seen of it. After `101 Switching Protocols`, and a successful `CONNECT`, the
/// connection speaks something else, which is left alone.
public final class HTTP1Parser: StreamParser {
  /// `http`.
  public static let service = "http"

  let flow: FlowIdentity
  /// Whether the client has sent requests without waiting for responses.
  var isPipelining = false
  /// Whether the place was lost among the responses, so that some of them may have gone unseen.
  var hasLostResponses = false
  /// The method of the last request.
  var lastMethod = HTTP1Method.other
  /// Handed over when `101 Switching Protocols` or a successful `CONNECT` has been seen.
  public internal(set) var outlook = StreamOutlook.open
  var requests = HTTP1MessageReader(isRequest: true)
  var responses = HTTP1MessageReader(isRequest: false)
  /// The request that is being received.
  var request: HTTP1Exchange?
  /// The response that is being received.
  var response: HTTP1Response?
  var pending = HTTP1PendingRequests()
  /// The rows of the connection's messages.
  var messages: HTTPConversation
  /// What the server has agreed to speak.
  var upgrade: HTTP1Upgrade?
  /// The request that asked for it.
  var upgradedExchange: HTTP1Exchange?
  /// The bytes behind the response that changes the protocol.
  public private(set) var unread: Int?

  /// Unfinished heads, those of requests that wait for a response, forms, and tokens.
  public var heldBytes: Int {
    requests.heldBytes + responses.heldBytes + pending.headBytes + messages.heldBytes
      + (request?.heldBytes ?? 0)
  }

  /// A parser for a connection whose client sends requests.
  public init(flow: FlowIdentity) {
    self.flow = flow
    messages = HTTPConversation(flow: flow)
  }

  /// A request line or a status line must come first, a status line also behind what is no request. Where a request comes from the server, or a response from the
  /// client, the sides are reversed.
  public static func probe(_ opening: borrowing Opening) -> Probe {
    let client = probe(opening.client)
    if case .match = client.request { return .match }
    if case .match = client.response { return .reversed }
    let server = probe(opening.server)
    if case .match = server.response { return .match }
    if case .match = server.request { return .reversed }
    for verdict in [client.request, client.response, server.request, server.response] {
      if case .more = verdict { return .more }
    }
    // A server answers what is no request too: what it says decides then.
    return opening.fromStart && opening.client.byteCount > 0 && opening.server.byteCount == 0 ? .more : .no
  }

  private static func probe(_ bytes: RawSpan) -> (request: Probe, response: Probe) {
    guard bytes.byteCount > 0 else { return (.no, .no) }
    var start = 0
    while let byte = bytes.u8(at: start), byte == 0x0d || byte == 0x0a { start += 1 }
    let bytes = bytes.part(from: start)
    return (HTTP1StartLine.probeRequest(bytes, isQuick: true), HTTP1StartLine.probeResponse(bytes))
  }

  /// The next bytes from `side`.
  public func consume(_ bytes: RawSpan, from side: Side, in frame: FrameStamp, context: ApplicationContext) {
    var offset = 0
    switch side {
    case .client:
      while let event = requests.next(bytes, from: &offset, in: frame) {
        handleRequest(event, bytes, in: frame, context)
      }
    case .server:
      while let event = responses.next(bytes, from: &offset, in: frame) {
        handleResponse(event, bytes, in: frame, context)
        if case .handedOver = outlook {
          unread = bytes.byteCount - offset
          return
        }
      }
    }
  }

  /// Missing bytes of a body are counted and change nothing else. Any others lose the message, and all that follows up to
  /// the next segment that begins with a start line.
  public func gap(of count: Int, from side: Side, in frame: FrameStamp, context: ApplicationContext) {
    switch side {
    case .client:
      switch requests.gap(of: count) {
      case .ignored: break
      case .body:
        request?.skip(count)
        consume(RawSpan(), from: side, in: frame, context: context)
      case .lost: cutRequest(in: frame, context)
      }
    case .server:
      switch responses.gap(of: count) {
      case .ignored: break
      case .body:
        response?.body.skip(count)
        consume(RawSpan(), from: side, in: frame, context: context)
      case .lost: cutResponse(in: frame, context)
      }
    }
  }

  /// Ends the message under way: a body that lasts until the close is complete by it, anything else is cut off.
  public func close(_ side: Side, context: ApplicationContext) {
    end(side, isClosed: true, context)
  }

  /// Emits what is pending.
  public func finish(context: ApplicationContext) {
    end(.client, isClosed: false, context)
    end(.server, isClosed: false, context)
    for exchange in pending.removeAll(butLast: 0) {
      messages.settle(exchange, response: nil, context)
    }
    // HTTP/2 goes on with them.
    if upgrade != .http2 { messages.finish(context) }
  }

  private func end(_ side: Side, isClosed: Bool, _ context: ApplicationContext) {
    let isClient = side == .client
    let lastFrame = isClient ? requests.lastFrameID : responses.lastFrameID
    switch isClient ? requests.finish(isClosed: isClosed) : responses.finish(isClosed: isClosed) {
    case .idle: break
    case .complete:
      if isClient { endRequest(isComplete: true, context) } else { endResponse(isComplete: true, context) }
    case .incomplete:
      // Nothing follows, so that there is no frame in which the cut was noticed.
      let frame = FrameStamp(id: lastFrame, time: nil)
      if isClient { cutRequest(in: frame, context) } else { cutResponse(in: frame, context) }
    case .startLine(let count):
      diagnose("malformed-http", "\(side)'s last \(count) bytes are no whole start line", lastFrame, context)
    case .lost(let skipped):
      guard skipped > 0 else { break }
      diagnose(
        "http-not-resynchronised", "no message begins in the last \(skipped) bytes from the \(side)", lastFrame, context
      )
    }
  }

  /// The parser of the protocol that both sides have agreed on, where it needs to know more than its bytes.
  public var successor: (any StreamParser)? {
    switch upgrade {
    case .http2: HTTP2Parser(upgrading: messages, exchange: upgradedExchange)
    case .webSocket(let deflate): WebSocketParser(flow: flow, requestID: upgradedExchange?.id, deflate: deflate)
    case nil: nil
    }
  }

  // MARK: - What both sides have in common

  /// Tells what made a reader lose its place.
  func diagnose(_ fault: HTTP1MessageReader.Fault, from side: Side, in frame: FrameStamp, _ context: ApplicationContext)
  {
    switch fault {
    case .startLine:
      diagnose("malformed-http", "no start line where the \(side)'s next message begins", frame.id, context)
    case .headLimit:
      diagnose(
        "http-head-limit", "a head or trailer from the \(side) exceeds \(HTTP1Limits.head) bytes", frame.id, context)
    case .chunkSize: diagnose("malformed-http", "malformed chunk size from the \(side)", frame.id, context)
    case .chunkEnd:
      diagnose("malformed-http", "no line end behind a chunk's data from the \(side)", frame.id, context)
    }
  }

  /// Tells that the place was found again.
  func diagnoseSkipped(_ skipped: Int, from side: Side, in frame: Int64, _ context: ApplicationContext) {
    guard skipped > 0 else { return }
    diagnose(
      "http-resynchronised", "\(skipped) bytes from the \(side) were skipped before this message", frame, context)
  }

  /// Emits a diagnostic, up to `HTTP1Limits.diagnostics` of them.
  func diagnose(_ code: String, _ detail: String, _ frame: Int64, _ context: ApplicationContext) {
    messages.diagnose(code, detail, frame, context)
  }
}
