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
      request?.body.take(bytes.part(from: range.lowerBound, to: range.upperBound))
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
    let id = context.sink.newID(of: HTTPRequestRecord.self)
    let exchange = HTTP1Exchange(
      id: id,
      record: HTTPRequestRecord(
        flowID: flow.id, first: first, lastFrameID: requests.lastFrameID, head: head, headLength: requests.headLength),
      fields: fields, budget: context.decoding)
    let section = head.bytes
    exchange.fieldCount = emit(fields, in: section.bytes, of: .request(id), behind: 0, first.id, context)
    diagnose(head, from: .client, first.id, context)
    if let host = head.known.host { nameServer(section.bytes.part(host.range), first.id, context) }
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

  /// Notes the Host field, its port apart, as a name of the server. An address is no name.
  private func nameServer(_ host: RawSpan, _ frameID: Int64, _ context: ApplicationContext) {
    let colon = host.firstIndex(of: UInt8(ascii: ":")) ?? host.byteCount
    guard host.u8(at: 0) != UInt8(ascii: "["), host.firstIndex(of: UInt8(ascii: ":"), from: colon + 1) == nil else {
      return
    }
    var end = colon
    while end > 0, let last = host.u8(at: end - 1), last == UInt8(ascii: ".") || last == UInt8(ascii: " ") { end -= 1 }
    context.nameServer(of: flow, host.part(from: 0, to: end), source: .http, frame: frameID)
  }

  private func emitRequestTrailer(_ section: [UInt8], _ context: ApplicationContext) {
    guard let request else { return }
    request.fieldCount = emitTrailer(
      section, of: .request(request.id), behind: request.fieldCount, requests.lastFrameID, context)
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
    let isWhole = isComplete && request.body.missing == 0
    request.record.lastFrameID = requests.lastFrameID
    request.record.bodyLength = request.body.size
    request.record.decodedLength = request.body.decodedSize
    request.record.isComplete = isWhole
    diagnose(request.body, isComplete: isWhole, from: .client, request.record.first.id, context)
    if request.method == .put, request.body.size > 0 {
      let head = request.record.head
      let section = head.bytes
      let bytes = section.bytes
      request.body.emit(
        flowID: flow.id, frameID: request.record.first.id, source: HTTP1Parser.service,
        name: HTTP1FileName.target(bytes, head.startLine.second),
        mediaType: head.known.contentType.flatMap { HTTP1FileName.mediaType(bytes, $0.range) }, isComplete: isWhole,
        context: context)
    }
    request.readForm()
    request.isReceived = true
    if request.isAnswered { emit(request, context) }
  }

  /// The final response to `exchange` is known, or will not be.
  func settle(
    _ exchange: HTTP1Exchange, response: (id: Int64, status: Int, frameID: Int64)?, _ context: ApplicationContext
  ) {
    exchange.record.responseID = response?.id
    exchange.status = response?.status
    exchange.answerFrameID = response?.frameID
    exchange.isAnswered = true
    if exchange.isReceived { emit(exchange, context) }
  }

  /// Emits a request that is over, and its secrets.
  private func emit(_ exchange: HTTP1Exchange, _ context: ApplicationContext) {
    context.sink.emit(exchange.record, id: exchange.id)
    for secret in exchange.secrets {
      var attempt = secret.attempt
      attempt.frameID = exchange.record.first.id
      let isJudged = !exchange.isStale || !attempt.mechanism.hasPrefix("Digest")
      let accepted = isJudged ? secret.isAccepted(status: exchange.status) : nil
      if let identity = secret.identity {
        repeated.take(attempt, identity: identity, accepted: accepted, answerFrameID: exchange.answerFrameID) {
          emit($0, accepted: $1, answerFrameID: $2, context)
        }
      } else {
        emit(attempt, accepted: accepted, answerFrameID: exchange.answerFrameID, context)
      }
    }
  }

  /// The connection is over: emits what its requests said again and again.
  func emitRepeated(_ context: ApplicationContext) {
    repeated.removeAll { emit($0, accepted: $1, answerFrameID: $2, context) }
  }

  private func emit(
    _ attempt: LoginAttempt, accepted: Bool?, answerFrameID: Int64?, _ context: ApplicationContext
  ) {
    let answer = answerFrameID.map { FrameStamp(id: $0, time: nil) }
    attempt.emit(HTTP1Parser.service, accepted: accepted, answer: answer, flow: flow, context: context)
  }
}
