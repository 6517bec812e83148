import Bytes
import Records

/// A request until its row is emitted: when all of it and the head of its final response have been seen.
final class HTTP1Exchange {
  /// The request's row.
  let id: Int64
  /// The request's method.
  let method: HTTP1Method
  /// The row so far.
  var record: HTTPRequestRecord
  /// The request's body so far.
  var body: CarriedFile
  /// Fields emitted so far.
  var fieldCount = 0
  /// Whether all of its fields are known.
  var hasAllFields = true
  /// The status of its final response; nil: not seen.
  var status: Int?
  /// The frame of that response's first byte; nil: not seen.
  var answerFrameID: Int64?
  /// Whether all of the request was seen that will be.
  var isReceived = false
  /// Whether nothing more is to be learnt of its response.
  var isAnswered = false
  /// Whether its final response only asks for the same digest again.
  var isStale = false
  /// The secrets seen in it so far.
  private(set) var secrets: [HTTP1Secret] = []
  private let formEncoding: HTMLForm.Encoding?
  /// The files in a form that is sent in parts.
  private var parts: MultipartFiles?
  /// Whether the body is an object of its own: not what CONNECT's tunnel carries, and no form.
  let isFile: Bool

  /// A request whose head has just been seen, with its `fields`.
  init(id: Int64, record: HTTPRequestRecord, fields: [HTTP1Field], budget: DecodingBudget) {
    let head = record.head
    let section = head.bytes
    let bytes = section.bytes
    self.id = id
    self.record = record
    method = HTTP1Method(bytes, head.startLine.first)
    let codings = head.known.contentEncoding.map { ContentCodings(bytes, $0.range) } ?? .none
    formEncoding = codings.canBeRead ? head.known.contentType.flatMap { HTMLForm.Encoding(bytes, $0.range) } : nil
    isFile = method == .put || method != .connect && formEncoding == nil
    if case .multipart(let boundary) = formEncoding, !isFile, !codings.canBeUndone {
      parts = MultipartFiles(boundary: boundary, budget: budget)
    }
    body = CarriedFile(
      isHashed: isFile, keeping: formEncoding != nil ? HTTP1Limits.form : isFile ? FileLimits.signature : 0,
      codings: codings, budget: budget)
    if let field = head.known.authorization,
      let secret = HTTP1Authorization.secret(bytes, field.range, judge: .server)
    {
      secrets.append(secret)
    }
    if let field = head.known.proxyAuthorization,
      let secret = HTTP1Authorization.secret(bytes, field.range, judge: .proxy)
    {
      secrets.append(secret)
    }
    if head.known.mayHoldTokens { secrets += HTTP1Token.secrets(in: fields, bytes) }
    secrets += HTTP1Target.secrets(bytes, head.startLine.second)
  }

  /// The next bytes of the body.
  func take(_ bytes: RawSpan) {
    body.take(bytes)
    parts?.take(bytes)
  }

  /// The next `count` bytes of the body are not in the capture.
  func skip(_ count: Int) {
    body.skip(count)
    parts?.skip(count)
  }

  /// Bytes of the body that are kept.
  var heldBytes: Int { body.heldBytes + (parts?.heldBytes ?? 0) }

  /// Emits the files of a form in parts that are over; at the body's `isEnd` all.
  func emitParts(flowID: Int64, isEnd: Bool, context: ApplicationContext) {
    parts?.emit(flowID: flowID, frameID: record.first.id, isEnd: isEnd, context: context)
  }

  /// The body is over: takes the secrets out of a form.
  func readForm() {
    guard let formEncoding else { return }
    let isWhole = body.isKeptWhole
    let form = body.takeFirstBytes()
    guard !form.isEmpty else { return }
    secrets += HTMLForm.secrets(form.bytes, formEncoding, isWhole: isWhole)
  }
}

/// A response while it is received.
final class HTTP1Response {
  /// The response's row.
  let id: Int64
  /// The request that it answers, if that was seen.
  let exchange: HTTP1Exchange?
  /// The row so far.
  var record: HTTPResponseRecord
  /// The body so far.
  var body: CarriedFile
  /// Fields emitted so far.
  var fieldCount = 0
  /// Whether all of its fields are known.
  var hasAllFields = true

  /// A response whose head has just been seen.
  init(id: Int64, exchange: HTTP1Exchange?, record: HTTPResponseRecord, budget: DecodingBudget) {
    let section = record.head.bytes
    let codings = record.head.known.contentEncoding.map { ContentCodings(section.bytes, $0.range) } ?? .none
    self.id = id
    self.exchange = exchange
    self.record = record
    body = CarriedFile(codings: codings, budget: budget)
  }
}

/// Requests that wait for their response, in order.
struct HTTP1PendingRequests {
  private var waiting: [HTTP1Exchange] = []
  private var start = 0
  /// Bytes of the heads that wait.
  private(set) var headBytes = 0
  /// Requests behind the last in `waiting` that found no room; their responses are told apart by counting.
  private var unkept = 0

  /// How many wait.
  var count: Int { waiting.count - start + unkept }

  /// The request that the next response answers; nil where it is not known.
  var first: HTTP1Exchange? { start < waiting.count ? waiting[start] : nil }

  /// Adds a request; false where there is no room, so that it cannot be joined to its response.
  mutating func append(_ exchange: HTTP1Exchange) -> Bool {
    let size = exchange.record.head.bytes.count
    guard unkept == 0, count < HTTP1Limits.pendingRequests, headBytes + size <= HTTP1Limits.pendingBytes else {
      unkept += 1
      return false
    }
    waiting.append(exchange)
    headBytes += size
    return true
  }

  /// Takes the request that a final response answers; nil where it is not known.
  mutating func removeFirst() -> HTTP1Exchange? {
    guard start < waiting.count else {
      unkept = max(0, unkept - 1)
      return nil
    }
    let exchange = waiting[start]
    start += 1
    headBytes -= exchange.record.head.bytes.count
    if start == waiting.count {
      // Most connections then wait for nothing for long.
      waiting = []
      start = 0
    } else if start >= 64 {
      waiting.removeFirst(start)
      start = 0
    }
    return exchange
  }

  /// Takes all requests but the last `kept`.
  mutating func removeAll(butLast kept: Int) -> [HTTP1Exchange] {
    var removed: [HTTP1Exchange] = []
    while count > kept {
      if let exchange = removeFirst() { removed.append(exchange) }
    }
    return removed
  }
}
