import Bytes
import Records

/// Parses HTTP/0.9 (RFC 1945, sections 5.1 and 6): one request without fields or version, and a body without a head that
/// lasts until the close.
///
///     Simple-Request = "GET" SP Request-URI CRLF
///
/// It becomes rows of `http_requests` and `files`: without a status there is no row of `http_responses`.
public final class HTTP09Parser: StreamParser {
  /// `http`.
  public static let service = "http"
  /// Bytes of a request line.
  static let lineLimit = 4_096

  private let flow: FlowIdentity
  private var line: [UInt8] = []
  private var first: FrameStamp?
  private var lastFrameID: Int64 = 0
  private var isRequested = false
  private var body: CarriedFile?
  private var bodyFrameID: Int64?
  private var isClosed = false
  private var isFinished = false

  /// The request line.
  public var heldBytes: Int { line.count }

  /// A parser for `flow`.
  public init(flow: FlowIdentity) {
    self.flow = flow
  }

  /// The client has sent one such line and nothing else, and the server answers anything but a status line.
  public static func probe(_ opening: borrowing Opening) -> Probe {
    let client = opening.client
    guard opening.fromStart, client.byteCount <= lineLimit, isStart(client) else { return .no }
    guard let newline = client.firstIndex(of: 0x0a) else { return opening.server.byteCount == 0 ? .more : .no }
    guard newline == client.byteCount - 1, target(client) != nil else { return .no }
    guard opening.server.byteCount > 0 else { return .more }
    return HTTP1StartLine.probeResponse(opening.server) == .no ? .match : .no
  }

  private static func isStart(_ bytes: RawSpan) -> Bool {
    bytes.byteCount >= 5 ? bytes.starts(with: "GET /") : "GET /".utf8.starts(with: bytes.copied())
  }

  /// The path in a line with its end; nil where it is no such request.
  private static func target(_ line: RawSpan) -> Range<Int>? {
    guard line.starts(with: "GET /") else { return nil }
    var end = line.byteCount
    while end > 4, let last = line.u8(at: end - 1), last == 0x0a || last == 0x0d || last == 0x20 { end -= 1 }
    for index in 4..<end {
      guard let byte = line.u8(at: index), byte > 0x20, byte != 0x7f else { return nil }
    }
    return 4..<end
  }

  /// The next bytes.
  public func consume(_ bytes: RawSpan, from side: Side, in frame: FrameStamp, context: ApplicationContext) {
    switch side {
    case .client:
      guard !isRequested, bytes.byteCount > 0 else { return }
      if first == nil { first = frame }
      lastFrameID = frame.id
      let newline = bytes.firstIndex(of: 0x0a)
      line.append(span: bytes.part(from: 0, to: newline.map { $0 + 1 } ?? .max))
      isRequested = newline != nil || line.count > HTTP09Parser.lineLimit
    case .server:
      guard bytes.byteCount > 0 else { return }
      if body == nil {
        body = CarriedFile(budget: context.decoding)
        bodyFrameID = frame.id
      }
      body?.take(bytes)
    }
  }

  /// The request is known by then: the server's bytes are the body's, the client's do not matter.
  public func gap(of count: Int, from side: Side, in frame: FrameStamp, context: ApplicationContext) {
    guard side == .server else { return }
    if body == nil {
      body = CarriedFile(budget: context.decoding)
      bodyFrameID = frame.id
    }
    body?.skip(count)
  }

  /// The server's close ends the body.
  public func close(_ side: Side, context: ApplicationContext) {
    if side == .server { isClosed = true }
  }

  /// Emits the request and the file.
  public func finish(context: ApplicationContext) {
    guard !isFinished else { return }
    isFinished = true
    guard let first, let target = HTTP09Parser.target(line.bytes) else { return }
    // The version is not sent; it stands behind the line for its column.
    let head = HTTP1Head(line, method: 0..<3, target: target, version: "0.9")
    var record = HTTPRequestRecord(
      flowID: flow.id, first: first, lastFrameID: lastFrameID, head: head, headLength: line.count)
    record.isComplete = isRequested
    context.sink.emit(record, id: context.sink.newID(of: HTTPRequestRecord.self))
    guard let body, body.size > 0, let bodyFrameID else { return }
    body.emit(
      flowID: flow.id, frameID: bodyFrameID, source: HTTP09Parser.service,
      name: HTTP1FileName.target(line.bytes, target), mediaType: nil, isComplete: isClosed, context: context)
  }
}
