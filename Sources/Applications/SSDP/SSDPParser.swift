import Bytes
import Records

/// SSDP (UPnP Device Architecture 1.1, section 1): searches for devices, their answers and their announcements, each an
/// HTTP/1.1 head in one datagram, as rows of `http_requests`, `http_responses` and `http_headers`.
///
/// Searches and announcements go to a multicast group, answers come back from each device by itself, so that they are in
/// flows of their own and are not joined.
public final class SSDPParser: DatagramParser {
  /// `ssdp`.
  public static let service = "ssdp"
  /// Fields of a message that have a row.
  static let fieldLimit = 64
  /// Rows of `diagnostics` for one flow.
  static let diagnosticLimit = 10
  private static let port: UInt16 = 1900

  private let flow: FlowIdentity
  private var diagnostics = 0

  /// A parser for `flow`.
  public init(flow: FlowIdentity) {
    self.flow = flow
  }

  /// `M-SEARCH *` and `NOTIFY *`, which the client sends; from port 1900 also a status line, which a server sends.
  public static func probe(_ payload: RawSpan, from side: Side, flow: FlowIdentity) -> Probe {
    if payload.starts(with: "M-SEARCH * HTTP/1.") || payload.starts(with: "NOTIFY * HTTP/1.") {
      return side == .client ? .match : .reversed
    }
    let sender = side == .client ? flow.client : flow.server
    guard sender.port == port, HTTP1StartLine.probeResponse(payload) == .match else { return .no }
    return side == .server ? .match : .reversed
  }

  /// The next datagram.
  public func consume(
    _ payload: RawSpan, length: Int, from side: Side, in frame: FrameStamp, context: ApplicationContext
  ) {
    var fields = context.takeFields()
    defer { context.giveBack(&fields) }
    let isRequest = !payload.starts(with: "HTTP/1.")
    guard let head = HTTP1Head(payload.copied(), isRequest: isRequest, fields: &fields) else {
      return diagnose("no start line in a message from the \(side)", frame, context)
    }
    let (headLength, isEnded) = SSDPParser.headEnd(payload)
    let isComplete = isEnded && payload.byteCount == length
    let section = head.bytes
    let bytes = section.bytes
    let message: HTTPHeaderRecord.Message
    if isRequest {
      var record = HTTPRequestRecord(
        flowID: flow.id, first: frame, lastFrameID: frame.id, head: head, headLength: headLength)
      (record.bodyLength, record.decodedLength) = (payload.byteCount - headLength, payload.byteCount - headLength)
      record.isComplete = isComplete
      let id = context.sink.newID(of: HTTPRequestRecord.self)
      context.sink.emit(record, id: id)
      message = .request(id)
    } else {
      var status = 0
      for index in head.startLine.second { status = status * 10 + Int((bytes.u8(at: index) ?? 0x30) &- 0x30) }
      var record = HTTPResponseRecord(
        flowID: flow.id, first: frame, lastFrameID: frame.id, requestID: nil, status: status, head: head,
        headLength: headLength)
      (record.bodyLength, record.decodedLength) = (payload.byteCount - headLength, payload.byteCount - headLength)
      record.isComplete = isComplete
      let id = context.sink.newID(of: HTTPResponseRecord.self)
      context.sink.emit(record, id: id)
      message = .response(id)
    }
    for index in 0..<min(fields.count, SSDPParser.fieldLimit) {
      context.sink.emit(HTTPHeaderRecord(fields[index], in: bytes, of: message, position: index + 1))
    }
    if head.malformedLines > 0 {
      diagnose("\(head.malformedLines) lines of a message from the \(side) are no fields", frame, context)
    }
    if fields.count > SSDPParser.fieldLimit {
      diagnose("more than \(SSDPParser.fieldLimit) fields in one message", frame, context)
    }
  }

  /// The offset behind the empty line that ends a head, or all of the bytes where there is none.
  private static func headEnd(_ bytes: RawSpan) -> (offset: Int, isEnded: Bool) {
    var start = 0
    while let newline = bytes.firstIndex(of: 0x0a, from: start) {
      if newline == start || newline == start + 1 && bytes.u8(at: start) == 0x0d { return (newline + 1, true) }
      start = newline + 1
    }
    return (bytes.byteCount, false)
  }

  private func diagnose(_ detail: String, _ frame: FrameStamp, _ context: ApplicationContext) {
    guard diagnostics < SSDPParser.diagnosticLimit else { return }
    diagnostics += 1
    context.sink.diagnose("malformed-ssdp", detail, frame: frame.id, flow: flow.id)
  }

  /// Nothing is pending.
  public func finish(context: ApplicationContext) {}
}
