import Bytes
import Records

/// What happens to responses.
extension HTTP1Parser {
  /// Takes a part of what the server sends.
  func handleResponse(
    _ event: HTTP1MessageReader.Event, _ bytes: RawSpan, in frame: FrameStamp, _ context: ApplicationContext
  ) {
    switch event {
    case .head(let head):
      guard beginResponse(head, context), let response else {
        diagnose(.startLine, from: .server, in: frame, context)
        return responses.begin(.invalid, in: frame)
      }
      let framing = HTTP1Framing(
        response: response.record.head, status: response.record.status, method: response.exchange?.method ?? .other)
      responses.begin(framing, in: frame)
      switch framing {
      case .tunnel:
        upgradedExchange = response.exchange
        endResponse(isComplete: true, context)
        endRequest(isComplete: false, context)
        requests.ignore()
        responses.ignore()
        outlook = .handedOver
      case .invalid:
        hasLostResponses = true
        endResponse(isComplete: false, context)
      case .length, .chunked, .untilClose: break
      }
    case .body(let range):
      response?.body.take(bytes.part(from: range.lowerBound, to: range.upperBound))
    case .trailer(let section):
      emitResponseTrailer(section, context)
    case .end:
      endResponse(isComplete: true, context)
    case .fault(let fault):
      diagnose(fault, from: .server, in: frame, context)
      cutResponse(in: frame, context)
    }
  }

  /// Makes a response of its head and joins it to its request; false where it is none.
  private func beginResponse(_ bytes: [UInt8], _ context: ApplicationContext) -> Bool {
    var fields = context.takeFields()
    defer { context.giveBack(&fields) }
    guard let head = HTTP1Head(bytes, isRequest: false, fields: &fields) else { return false }
    let first = responses.first
    diagnoseSkipped(responses.takeSkipped(), from: .server, in: first.id, context)
    var status = 0
    for index in head.startLine.second { status = status * 10 + Int(head.bytes[index] &- 0x30) }
    let isInterim = (100..<200).contains(status) && status != 101
    forgetLostResponses(context)
    let exchange = isInterim ? pending.first : pending.removeFirst()
    let record = HTTPResponseRecord(
      flowID: flow.id, first: first, lastFrameID: responses.lastFrameID, requestID: exchange?.id, status: status,
      head: head, headLength: responses.headLength)
    if status == 101 { upgrade = HTTP1Upgrade(fields, head.bytes) }
    // Of a request that HTTP/2 answers, this is no final response.
    let isFinal = !isInterim && upgrade != .http2
    response = messages.begin(response: record, fields: fields, to: exchange, isInterim: !isFinal, context)
    return true
  }

  /// Where responses may have gone unseen, the next one answers the last request: a client that does not pipeline has
  /// only one that waits.
  private func forgetLostResponses(_ context: ApplicationContext) {
    guard hasLostResponses else { return }
    hasLostResponses = false
    guard !isPipelining else { return }
    for exchange in pending.removeAll(butLast: 1) {
      messages.settle(exchange, response: nil, context)
    }
  }

  private func emitResponseTrailer(_ section: [UInt8], _ context: ApplicationContext) {
    guard let response else { return }
    var (section, fields) = (section, [HTTP1Field]())
    _ = HTTP1Head.readFields(in: &section, from: 0, into: &fields)
    messages.addTrailer(fields, in: section.bytes, to: response, responses.lastFrameID, context)
  }

  /// The response under way is cut off: emits what was seen of it.
  func cutResponse(in frame: FrameStamp, _ context: ApplicationContext) {
    if let section = responses.takePartialSection() {
      if response != nil { emitResponseTrailer(section, context) } else { _ = beginResponse(section, context) }
    }
    endResponse(isComplete: false, context)
    hasLostResponses = true
  }

  /// The response under way is over.
  func endResponse(isComplete: Bool, _ context: ApplicationContext) {
    guard let response else { return }
    self.response = nil
    messages.end(response, lastFrameID: responses.lastFrameID, isComplete: isComplete, context)
  }
}
