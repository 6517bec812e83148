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
    let id = context.sink.newID(of: HTTPResponseRecord.self)
    let exchange = isInterim ? pending.first : pending.removeFirst()
    let response = HTTP1Response(
      id: id, exchange: exchange,
      record: HTTPResponseRecord(
        flowID: flow.id, first: first, lastFrameID: responses.lastFrameID, requestID: exchange?.id, status: status,
        head: head, headLength: responses.headLength),
      budget: context.decoding)
    let section = head.bytes
    response.fieldCount = emit(fields, in: section.bytes, of: .response(id), behind: 0, first.id, context)
    self.response = response
    diagnose(head, from: .server, first.id, context)
    if let exchange, status == 401 || status == 407, !exchange.secrets.isEmpty {
      exchange.isStale = HTTP1Authorization.isStale(fields, section.bytes)
    }
    if let exchange, !isInterim { settle(exchange, response: (id, status, first.id), context) }
    return true
  }

  /// Where responses may have gone unseen, the next one answers the last request: a client that does not pipeline has
  /// only one that waits.
  private func forgetLostResponses(_ context: ApplicationContext) {
    guard hasLostResponses else { return }
    hasLostResponses = false
    guard !isPipelining else { return }
    for exchange in pending.removeAll(butLast: 1) { settle(exchange, response: nil, context) }
  }

  private func emitResponseTrailer(_ section: [UInt8], _ context: ApplicationContext) {
    guard let response else { return }
    response.fieldCount = emitTrailer(
      section, of: .response(response.id), behind: response.fieldCount, responses.lastFrameID, context)
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
    let isWhole = isComplete && response.body.missing == 0
    response.record.lastFrameID = responses.lastFrameID
    response.record.bodyLength = response.body.size
    response.record.decodedLength = response.body.decodedSize
    response.record.isComplete = isWhole
    context.sink.emit(response.record, id: response.id)
    diagnose(response.body, isComplete: isWhole, from: .server, response.record.first.id, context)
    if response.body.size > 0 { emitFile(response, isComplete: isWhole, context) }
  }

  private func emitFile(_ response: HTTP1Response, isComplete: Bool, _ context: ApplicationContext) {
    let head = response.record.head
    let section = head.bytes
    let bytes = section.bytes
    var name = head.known.contentDisposition.flatMap { HTTP1FileName.disposition(bytes, $0.range) }
    if name == nil, let request = response.exchange?.record.head {
      let section = request.bytes
      name = HTTP1FileName.target(section.bytes, request.startLine.second)
    }
    // 206 Partial Content: all of the message is not all of the object.
    let isWhole = isComplete && response.record.status != 206
    response.body.emit(
      flowID: flow.id, frameID: response.record.first.id, source: HTTP1Parser.service, name: name,
      mediaType: head.known.contentType.flatMap { HTTP1FileName.mediaType(bytes, $0.range) }, isComplete: isWhole,
      context: context)
  }
}
