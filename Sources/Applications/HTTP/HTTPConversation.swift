import Bytes
import Records

/// Makes rows of the messages of one connection: what HTTP/1.x and HTTP/2 have in common.
///
/// A request's row is emitted when the request is over and the head of its final response has been seen, so that both rows
/// know each other; a response's row when it is over.
struct HTTPConversation {
  /// `http`: how `files` and `credentials` call every version.
  static let service = "http"

  let flow: FlowIdentity
  /// Tokens, and responses to challenges, that were seen.
  private var repeated = HTTP1RepeatedSecrets()
  private var diagnosticCount: UInt8 = 0

  /// Bytes of secrets that may be repeated.
  var heldBytes: Int { repeated.heldBytes }

  /// A connection without messages so far.
  init(flow: FlowIdentity) {
    self.flow = flow
  }

  // MARK: - Requests

  /// Begins a request whose head, with its `fields`, has just been seen.
  mutating func begin(
    request record: HTTPRequestRecord, fields: [HTTP1Field], from side: Side = .client, _ context: ApplicationContext
  ) -> HTTP1Exchange {
    let id = context.sink.newID(of: HTTPRequestRecord.self)
    let exchange = HTTP1Exchange(id: id, record: record, fields: fields, budget: context.decoding)
    let (head, first) = (record.head, record.first)
    let section = head.bytes
    exchange.fieldCount = emit(fields, in: section.bytes, of: .request(id), behind: 0, first.id, context)
    diagnose(head, from: side, first.id, context)
    if let host = head.known.host { nameServer(section.bytes.part(host.range), first.id, context) }
    return exchange
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

  /// A request is over, whose last byte that was seen lies in `lastFrameID`.
  mutating func end(
    _ request: HTTP1Exchange, lastFrameID: Int64, isComplete: Bool, _ context: ApplicationContext
  ) {
    let isWhole = isComplete && request.body.missing == 0
    request.record.lastFrameID = lastFrameID
    request.record.bodyLength = request.body.size
    request.record.decodedLength = request.body.decodedSize
    request.record.isComplete = isWhole && request.hasAllFields
    diagnose(request.body, isComplete: isWhole, from: .client, request.record.first.id, context)
    request.emitParts(flowID: flow.id, isEnd: true, context: context)
    if request.isFile, request.body.size > 0 {
      let head = request.record.head
      let section = head.bytes
      let bytes = section.bytes
      request.body.emit(
        flowID: flow.id, frameID: request.record.first.id, source: HTTPConversation.service,
        name: HTTP1FileName.target(bytes, head.startLine.second),
        mediaType: head.known.contentType.flatMap { HTTP1FileName.mediaType(bytes, $0.range) }, isComplete: isWhole,
        context: context)
    }
    request.readForm()
    request.isReceived = true
    if request.isAnswered { emit(request, context) }
  }

  /// The final response to `exchange` is known, or will not be.
  mutating func settle(
    _ exchange: HTTP1Exchange, response: (id: Int64, status: Int, frameID: Int64)?, _ context: ApplicationContext
  ) {
    exchange.record.responseID = response?.id
    exchange.status = response?.status
    exchange.answerFrameID = response?.frameID
    exchange.isAnswered = true
    if exchange.isReceived { emit(exchange, context) }
  }

  // MARK: - Responses

  /// Begins the response to `exchange` (nil: not seen), whose head, with its `fields`, has just been seen. A final one
  /// settles the exchange.
  mutating func begin(
    response record: HTTPResponseRecord, fields: [HTTP1Field], to exchange: HTTP1Exchange?, isInterim: Bool,
    _ context: ApplicationContext
  ) -> HTTP1Response {
    let id = context.sink.newID(of: HTTPResponseRecord.self)
    let response = HTTP1Response(id: id, exchange: exchange, record: record, budget: context.decoding)
    let (head, first, status) = (record.head, record.first, record.status)
    let section = head.bytes
    response.fieldCount = emit(fields, in: section.bytes, of: .response(id), behind: 0, first.id, context)
    diagnose(head, from: .server, first.id, context)
    if let exchange, status == 401 || status == 407, !exchange.secrets.isEmpty {
      exchange.isStale = HTTP1Authorization.isStale(fields, section.bytes)
    }
    if let exchange, !isInterim { settle(exchange, response: (id, status, first.id), context) }
    return response
  }

  /// A response is over, whose last byte that was seen lies in `lastFrameID`.
  mutating func end(
    _ response: HTTP1Response, lastFrameID: Int64, isComplete: Bool, _ context: ApplicationContext
  ) {
    let isWhole = isComplete && response.body.missing == 0
    response.record.lastFrameID = lastFrameID
    response.record.bodyLength = response.body.size
    response.record.decodedLength = response.body.decodedSize
    response.record.isComplete = isWhole && response.hasAllFields
    context.sink.emit(response.record, id: response.id)
    diagnose(response.body, isComplete: isWhole, from: .server, response.record.first.id, context)
    // What a tunnel carries is no file.
    if response.body.size > 0, response.exchange?.method != .connect {
      emitFile(response, isComplete: isWhole, context)
    }
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
      flowID: flow.id, frameID: response.record.first.id, source: HTTPConversation.service, name: name,
      mediaType: head.known.contentType.flatMap { HTTP1FileName.mediaType(bytes, $0.range) }, isComplete: isWhole,
      context: context)
  }

  // MARK: - Secrets

  /// Emits a request that is over, and its secrets.
  private mutating func emit(_ exchange: HTTP1Exchange, _ context: ApplicationContext) {
    let flow = flow
    context.sink.emit(exchange.record, id: exchange.id)
    for secret in exchange.secrets {
      var attempt = secret.attempt
      attempt.frameID = exchange.record.first.id
      let isJudged = !exchange.isStale || !attempt.mechanism.hasPrefix("Digest")
      let accepted = isJudged ? secret.isAccepted(status: exchange.status) : nil
      if let identity = secret.identity {
        repeated.take(attempt, identity: identity, accepted: accepted, answerFrameID: exchange.answerFrameID) {
          HTTPConversation.emit($0, accepted: $1, answerFrameID: $2, flow, context)
        }
      } else {
        HTTPConversation.emit(attempt, accepted: accepted, answerFrameID: exchange.answerFrameID, flow, context)
      }
    }
  }

  /// The connection is over: emits what its requests said again and again.
  mutating func finish(_ context: ApplicationContext) {
    let flow = flow
    repeated.removeAll { HTTPConversation.emit($0, accepted: $1, answerFrameID: $2, flow, context) }
  }

  private static func emit(
    _ attempt: LoginAttempt, accepted: Bool?, answerFrameID: Int64?, _ flow: FlowIdentity, _ context: ApplicationContext
  ) {
    let answer = answerFrameID.map { FrameStamp(id: $0, time: nil) }
    attempt.emit(service, accepted: accepted, answer: answer, flow: flow, context: context)
  }

  // MARK: - Fields and diagnostics

  /// Emits further fields of a request.
  mutating func addTrailer(
    _ fields: [HTTP1Field], in section: RawSpan, to request: HTTP1Exchange, _ frame: Int64,
    _ context: ApplicationContext
  ) {
    request.fieldCount = emit(
      fields, in: section, of: .request(request.id), behind: request.fieldCount, frame, context)
  }

  /// Emits further fields of a response.
  mutating func addTrailer(
    _ fields: [HTTP1Field], in section: RawSpan, to response: HTTP1Response, _ frame: Int64,
    _ context: ApplicationContext
  ) {
    response.fieldCount = emit(
      fields, in: section, of: .response(response.id), behind: response.fieldCount, frame, context)
  }

  /// Emits the fields of a head or trailer section and returns the number of its message's fields so far.
  private mutating func emit(
    _ fields: [HTTP1Field], in section: RawSpan, of message: HTTPHeaderRecord.Message, behind count: Int,
    _ frame: Int64, _ context: ApplicationContext
  ) -> Int {
    for index in 0..<min(fields.count, max(0, HTTP1Limits.fields - count)) {
      context.sink.emit(HTTPHeaderRecord(fields[index], in: section, of: message, position: count + index + 1))
    }
    let total = count + fields.count
    if total > HTTP1Limits.fields, count <= HTTP1Limits.fields {
      diagnose("http-head-limit", "more than \(HTTP1Limits.fields) fields in one message", frame, context)
    }
    return total
  }

  /// Emits a diagnostic, up to `HTTP1Limits.diagnostics` of them.
  mutating func diagnose(_ code: String, _ detail: String, _ frame: Int64, _ context: ApplicationContext) {
    guard diagnosticCount < HTTP1Limits.diagnostics else { return }
    diagnosticCount += 1
    context.sink.diagnose(code, detail, frame: frame, flow: flow.id)
  }

  /// Tells what is wrong with a head.
  private mutating func diagnose(_ head: HTTP1Head, from side: Side, _ frame: Int64, _ context: ApplicationContext) {
    if head.malformedLines > 0 {
      diagnose(
        "malformed-http", "\(head.malformedLines) lines in a head from the \(side) are no fields", frame, context)
    }
    if head.known.length == .invalid {
      diagnose("malformed-http", "Content-Length from the \(side) is invalid or contradictory", frame, context)
    }
  }

  /// Tells that a body's coding could not be undone.
  private mutating func diagnose(
    _ body: CarriedFile, isComplete: Bool, from side: Side, _ frame: Int64, _ context: ApplicationContext
  ) {
    guard let fault = body.codingFault(isComplete: isComplete) else { return }
    diagnose(
      "http-content-decoding", "a body from the \(side) was decoded to \(body.decodedSize) bytes only: \(fault)",
      frame, context)
  }
}
