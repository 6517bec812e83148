import Bytes
import Records

/// What happens to requests.
extension HTTP1Parser {
  /// Takes a part of what the client sends.
  func handleRequest(
    _ event: HTTP1MessageReader.Event, _ bytes: RawSpan, in frame: FrameStamp, _ context: ApplicationContext
  ) {
    switch event {
    case .head(let head):
      guard beginRequest(head, context), let request else {
        diagnose(.startLine, from: .client, in: frame, context)
        return requests.begin(.invalid, in: frame)
      }
      let framing = HTTP1Framing(request: request.record.head)
      requests.begin(framing, in: frame)
      guard framing == .invalid else { break }
      if request.record.head.known.length != .invalid {
        diagnose("malformed-http", "a request's Transfer-Encoding does not end with chunked", frame.id, context)
      }
      endRequest(isComplete: false, context)
    case .body(let range):
      request?.take(bytes.part(from: range.lowerBound, to: range.upperBound))
      request?.emitParts(flowID: messages.flow.id, isEnd: false, context: context)
    case .trailer(let section):
      emitRequestTrailer(section, context)
    case .end:
      endRequest(isComplete: true, context)
    case .fault(let fault):
      if case .startLine = fault, lastMethod == .connect {
        // What follows a CONNECT whose response the capture lacks is the tunnel's content.
        return requests.ignore()
      }
      diagnose(fault, from: .client, in: frame, context)
      cutRequest(in: frame, context)
    }
  }

  /// Makes a request of its head; false where that is none.
  private func beginRequest(_ bytes: [UInt8], _ context: ApplicationContext) -> Bool {
    var fields = context.takeFields()
    defer { context.giveBack(&fields) }
    guard let head = HTTP1Head(bytes, isRequest: true, fields: &fields) else { return false }
    let first = requests.first
    diagnoseSkipped(requests.takeSkipped(), from: .client, in: first.id, context)
    let exchange = messages.begin(
      request: HTTPRequestRecord(
        flowID: flow.id, first: first, lastFrameID: requests.lastFrameID, head: head, headLength: requests.headLength),
      fields: fields, context)
    if pending.count > 0, !hasLostResponses { isPipelining = true }
    if !pending.append(exchange) {
      if pending.count == HTTP1Limits.pendingRequests + 1 {
        diagnose("http-pending-limit", "too many requests wait for a response to be joined to it", first.id, context)
      }
      exchange.isAnswered = true
    }
    request = exchange
    lastMethod = exchange.method
    return true
  }

  private func emitRequestTrailer(_ section: [UInt8], _ context: ApplicationContext) {
    guard let request else { return }
    var (section, fields) = (section, [HTTP1Field]())
    _ = HTTP1Head.readFields(in: &section, from: 0, into: &fields)
    messages.addTrailer(fields, in: section.bytes, to: request, requests.lastFrameID, context)
  }

  /// The request under way is cut off: emits what was seen of it.
  func cutRequest(in frame: FrameStamp, _ context: ApplicationContext) {
    if let section = requests.takePartialSection() {
      if request != nil { emitRequestTrailer(section, context) } else { _ = beginRequest(section, context) }
    }
    endRequest(isComplete: false, context)
  }

  /// The request under way is over.
  func endRequest(isComplete: Bool, _ context: ApplicationContext) {
    guard let request else { return }
    self.request = nil
    messages.end(request, lastFrameID: requests.lastFrameID, isComplete: isComplete, context)
  }
}
