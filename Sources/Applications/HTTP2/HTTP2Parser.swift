import Bytes
import Records

/// Parses HTTP/2 in the clear (RFC 9113) into the rows of HTTP/1.x: `http_requests`, `http_responses`, `http_headers`,
/// `files` and `credentials`.
///
/// A connection begins with the client's preface, or behind HTTP/1.1's `Upgrade: h2c`. A field block that is lost costs
/// its message, and those whose fields refer to what it would have added to the table; bytes of a body cost that body.
/// CONNECT's tunnels, and WebSocket in them, are left alone.
public final class HTTP2Parser: StreamParser {
  /// `http2`.
  public static let service = "http2"

  let flow: FlowIdentity
  /// The rows of the connection's messages.
  var messages: HTTPConversation
  private var client = HTTP2FrameReader(isClient: true)
  private var server = HTTP2FrameReader(isClient: false)
  private let requestFields = HPACKDecoder()
  private let responseFields = HPACKDecoder()
  /// The streams that are open, by their identifiers.
  var streams: [UInt32: HTTP2Stream] = [:]
  /// The highest identifier so far of a stream that the client opened.
  private var lastOpened: UInt32 = 0
  /// Bytes that the open streams keep.
  private var streamBytes = 0
  /// Whether field blocks of the client, or the server, may refer to some that were lost.
  private var hasLostRequestFields = false
  private var hasLostResponseFields = false

  /// A parser for a connection whose client sends the preface.
  public init(flow: FlowIdentity) {
    self.flow = flow
    messages = HTTPConversation(flow: flow)
  }

  /// A parser for what follows HTTP/1.1's `Upgrade: h2c`.
  ///
  /// - Parameters:
  ///   - messages: the connection's so far.
  ///   - exchange: the request that stream 1 answers; nil: it was not seen.
  init(upgrading messages: HTTPConversation, exchange: HTTP1Exchange?) {
    flow = messages.flow
    self.messages = messages
    lastOpened = 1
    let stream = HTTP2Stream()
    stream.isRequestOver = true
    stream.request = exchange
    streams[1] = stream
    guard let exchange else { return }
    exchange.record.streamID = 1
    stream.lastRequestFrame = exchange.record.lastFrameID
    if let settings = HTTP2Settings(inUpgrade: exchange.record.head) { apply(settings, of: .client) }
  }

  /// The client's preface. A server may speak before it, with SETTINGS.
  public static func probe(_ opening: borrowing Opening) -> Probe {
    if let first = opening.client.u8(at: 0) {
      if first == UInt8(ascii: "P") {
        let verdict = isPreface(opening.client)
        if verdict { return opening.client.byteCount >= prefaceSize ? .match : .more }
      }
      if opening.server.byteCount == 0 { return .no }
    }
    if opening.server.u8(at: 0) == UInt8(ascii: "P"), isPreface(opening.server) {
      return opening.server.byteCount >= prefaceSize ? .reversed : .more
    }
    guard opening.client.byteCount == 0, let type = opening.server.u8(at: 3), type == 4, opening.server.u8(at: 0) == 0
    else { return .no }
    return opening.server.u32(at: 5) ?? 0 == 0 ? .more : .no
  }

  private static let prefaceSize = HTTP2FrameReader.preface.utf8CodeUnitCount

  /// Whether `bytes` begin with the preface, or are its beginning.
  private static func isPreface(_ bytes: RawSpan) -> Bool {
    // A static string's bytes outlive everything.
    let preface = unsafe RawSpan(_unsafeStart: HTTP2FrameReader.preface.utf8Start, byteCount: prefaceSize)
    for index in 0..<min(bytes.byteCount, prefaceSize) where bytes.u8(at: index) != preface.u8(at: index) {
      return false
    }
    return true
  }

  /// Nothing more is read where libnghttp2 is missing, or where what follows is not HTTP/2.
  public var outlook: StreamOutlook {
    requestFields == nil || responseFields == nil || isStrange ? .done : .open
  }

  private var isStrange: Bool { max(client.strangeBytes, server.strangeBytes) > HTTP2Limits.strangeBytes }

  /// Unfinished frames and field blocks, tables, and what the open streams keep.
  public var heldBytes: Int {
    client.heldBytes + server.heldBytes + (requestFields?.heldBytes ?? 0) + (responseFields?.heldBytes ?? 0)
      + streamBytes + messages.heldBytes
  }

  // MARK: - What comes in

  /// The next bytes from `side`.
  public func consume(_ bytes: RawSpan, from side: Side, in frame: FrameStamp, context: ApplicationContext) {
    guard requestFields != nil, responseFields != nil else {
      context.missHPACK(in: frame, of: flow.id)
      return finish(context: context)
    }
    var offset = 0
    switch side {
    case .client:
      while let event = client.next(bytes, from: &offset, in: frame, mayFollow: { mayFollow($0, from: .client) }) {
        handle(event, bytes, from: side, in: frame, context)
      }
    case .server:
      while let event = server.next(bytes, from: &offset, in: frame, mayFollow: { mayFollow($0, from: .server) }) {
        handle(event, bytes, from: side, in: frame, context)
      }
    }
    // Nothing is asked of it behind this.
    if isStrange { finish(context: context) }
  }

  /// Missing bytes of a body cost that body alone, those of a field block that block. Any others lose the place.
  public func gap(of count: Int, from side: Side, in frame: FrameStamp, context: ApplicationContext) {
    switch side == .client ? client.gap(of: count) : server.gap(of: count) {
    case .ignored: return
    case .body(let stream, let count): skip(count, of: stream, from: side)
    case .block(let stream, let endsStream):
      loseBlock(of: stream, endsStream: endsStream, from: side, frame.id, context)
    case .lost: losePlace(side)
    }
    consume(RawSpan(), from: side, in: frame, context: context)
  }

  /// Nothing to do: a stream that is open stays open.
  public func close(_ side: Side, context: ApplicationContext) {}

  /// Emits what is pending.
  public func finish(context: ApplicationContext) {
    for (side, lost) in [(Side.client, client.lostBytes), (.server, server.lostBytes)] {
      guard let lost, lost > 0, let frame = lastFrame else { continue }
      messages.diagnose(
        "http2-not-resynchronised", "no frame was found in the last \(lost) bytes from the \(side)", frame, context)
    }
    for (_, stream) in streams.sorted(by: { $0.key < $1.key }) { giveUp(stream, context) }
    streams = [:]
    streamBytes = 0
    messages.finish(context)
  }

  /// The last frame that brought something.
  private var lastFrame: Int64?

  private func handle(
    _ event: HTTP2FrameReader.Event, _ bytes: RawSpan, from side: Side, in frame: FrameStamp,
    _ context: ApplicationContext
  ) {
    lastFrame = frame.id
    switch event {
    case .block(let block): take(block, from: side, in: frame, context)
    case .data(let stream, let range): take(bytes.part(range), of: stream, from: side, in: frame)
    case .end(let stream): end(stream, from: side, in: frame, context)
    case .reset(let id):
      guard let stream = remove(id) else { break }
      giveUp(stream, context)
    case .settings(let payload): apply(HTTP2Settings(payload.bytes), of: side)
    case .goAway(let code):
      messages.diagnose("http2-error", "the \(side) gives up the connection with error \(code)", frame.id, context)
    case .blockLost(let stream, let endsStream):
      diagnose(.continuation, from: side, in: frame, context)
      loseBlock(of: stream, endsStream: endsStream, from: side, frame.id, context)
    case .fault(let fault):
      diagnose(fault, from: side, in: frame, context)
      switch fault {
      case .preface, .frameSize: losePlace(side)
      case .continuation, .blockLimit: loseFields(side)
      case .payload: break
      }
    case .found(let skipped):
      guard skipped > 0 else { break }
      messages.diagnose(
        "http2-resynchronised", "\(skipped) bytes from the \(side) were skipped before this frame", frame.id, context)
    }
  }

  private func diagnose(
    _ fault: HTTP2FrameReader.Fault, from side: Side, in frame: FrameStamp, _ context: ApplicationContext
  ) {
    let detail =
      switch fault {
      case .preface: "the \(side) does not begin with the connection preface"
      case .frameSize: "a frame from the \(side) is longer than allowed"
      case .continuation: "a field block from the \(side) is not in one piece"
      case .payload: "a frame from the \(side) is too short for what it should hold"
      case .blockLimit: "a field block from the \(side) exceeds \(HTTP2Limits.block) bytes"
      }
    messages.diagnose(fault == .blockLimit ? "http-head-limit" : "malformed-http2", detail, frame.id, context)
  }

  /// SETTINGS say what the other side may send.
  private func apply(_ settings: HTTP2Settings, of side: Side) {
    if let size = settings.tableSize { (side == .client ? responseFields : requestFields)?.allowTable(size) }
    guard let size = settings.frameSize else { return }
    if side == .client {
      server.frameLimit = max(server.frameLimit, size)
    } else {
      client.frameLimit = max(client.frameLimit, size)
    }
  }

  // MARK: - What is lost

  private func loseFields(_ side: Side) {
    if side == .client {
      hasLostRequestFields = true
      requestFields?.reset()
    } else {
      hasLostResponseFields = true
      responseFields?.reset()
    }
  }

  /// A field block is lost, and what it would have added to the table.
  private func loseBlock(
    of id: UInt32?, endsStream: Bool, from side: Side, _ frame: Int64, _ context: ApplicationContext
  ) {
    loseFields(side)
    guard let id else { return }
    let stream = streams[id]
    if side == .client { stream?.isRequestCut = true } else { stream?.isResponseCut = true }
    if endsStream { end(id, from: side, in: FrameStamp(id: frame, time: nil), context) }
  }

  /// Nobody knows what was lost, a byte at least: no body of that side is whole.
  private func losePlace(_ side: Side) {
    loseFields(side)
    for (_, stream) in streams {
      if side == .client {
        guard !stream.isRequestOver else { continue }
        stream.isRequestCut = true
        stream.request?.skip(1)
      } else {
        guard !stream.isResponseOver else { continue }
        stream.isResponseCut = true
        stream.response?.body.skip(1)
      }
    }
  }

  private func skip(_ count: Int, of id: UInt32, from side: Side) {
    guard let stream = streams[id] else { return }
    if side == .client { stream.request?.skip(count) } else { stream.response?.body.skip(count) }
  }

  /// Whether a frame with this header could come next where the place is lost.
  private func mayFollow(_ header: HTTP2FrameHeader, from side: Side) -> Bool {
    let id = header.stream
    if streams[id] != nil { return true }
    guard header.kind == .headers else { return false }
    // A stream that the client opens; of the server, one whose request is not seen.
    return id % 2 == 1 && id > lastOpened && id - lastOpened <= HTTP2Limits.unseenStreams
  }

  // MARK: - Streams

  private func take(
    _ block: HTTP2FieldBlock, from side: Side, in frame: FrameStamp, _ context: ApplicationContext
  ) {
    var section = HTTP2FieldSection()
    let decoder = side == .client ? requestFields : responseFields
    let isWhole = decoder?.decode(block.bytes.bytes) { section.append($0, $1) } == true
    if !isWhole {
      // The fields before the one that cannot be known are right.
      let hasLost = side == .client ? hasLostRequestFields : hasLostResponseFields
      messages.diagnose(
        hasLost ? "http2-fields-lost" : "malformed-http2",
        hasLost
          ? "a field block from the \(side) refers to fields that were lost"
          : "a field block from the \(side) is malformed", frame.id, context)
      loseFields(side)
    }
    if section.isCut {
      messages.diagnose(
        "http-head-limit", "the fields of a message from the \(side) exceed \(HTTP2Limits.fieldSection) bytes",
        frame.id, context)
    }
    if side == .client || block.isPromise {
      takeRequest(section, block, isWhole: isWhole, from: side, in: frame, context)
    } else {
      takeResponse(section, block, isWhole: isWhole, in: frame, context)
    }
    if block.endsStream { end(block.stream, from: side, in: frame, context) }
  }

  /// Fields of a request, or of its trailer.
  private func takeRequest(
    _ section: HTTP2FieldSection, _ block: HTTP2FieldBlock, isWhole: Bool, from side: Side, in frame: FrameStamp,
    _ context: ApplicationContext
  ) {
    let id = block.stream
    if let request = streams[id]?.request {
      guard !request.isReceived, side == .client else { return }
      streams[id]?.lastRequestFrame = frame.id
      return messages.addTrailer(section.fields, in: section.bytes.bytes, to: request, frame.id, context)
    }
    guard let head = section.request else {
      guard isWhole else { return }
      return messages.diagnose(
        "malformed-http2", "a request from the \(side) has no method or no target", frame.id, context)
    }
    let request = messages.begin(
      request: HTTPRequestRecord(
        flowID: flow.id, first: block.first, lastFrameID: frame.id, head: head, headLength: block.bytes.count,
        streamID: id),
      fields: section.fields, from: side, context)
    request.hasAllFields = isWhole
    let stream = open(id, context)
    stream.request = request
    stream.isRequestCut = false
    stream.lastRequestFrame = frame.id
    recount(stream)
    guard block.isPromise else { return }
    stream.isRequestOver = true
    messages.end(request, lastFrameID: frame.id, isComplete: true, context)
  }

  /// Fields of a response, or of its trailer.
  private func takeResponse(
    _ section: HTTP2FieldSection, _ block: HTTP2FieldBlock, isWhole: Bool, in frame: FrameStamp,
    _ context: ApplicationContext
  ) {
    let id = block.stream
    if let response = streams[id]?.response {
      streams[id]?.lastResponseFrame = frame.id
      return messages.addTrailer(section.fields, in: section.bytes.bytes, to: response, frame.id, context)
    }
    guard let (head, status) = section.response else {
      // The trailer of a response whose beginning was lost has none.
      guard isWhole, streams[id]?.isResponseCut != true else { return }
      return messages.diagnose("malformed-http2", "a response has no status", frame.id, context)
    }
    let stream = open(id, context)
    let isInterim = status < 200
    let response = messages.begin(
      response: HTTPResponseRecord(
        flowID: flow.id, first: block.first, lastFrameID: frame.id, requestID: stream.request?.id, status: status,
        head: head, headLength: block.bytes.count, streamID: id),
      fields: section.fields, to: stream.request, isInterim: isInterim, context)
    response.hasAllFields = isWhole
    stream.lastResponseFrame = frame.id
    guard !isInterim else { return messages.end(response, lastFrameID: frame.id, isComplete: true, context) }
    stream.response = response
    stream.isResponseCut = false
    recount(stream)
  }

  private func take(_ body: RawSpan, of id: UInt32, from side: Side, in frame: FrameStamp) {
    guard let stream = streams[id] else { return }
    if side == .client {
      stream.request?.take(body)
      recount(stream)
      stream.lastRequestFrame = frame.id
    } else {
      stream.response?.body.take(body)
      stream.lastResponseFrame = frame.id
    }
  }

  /// `side` says nothing more on a stream.
  private func end(_ id: UInt32, from side: Side, in frame: FrameStamp, _ context: ApplicationContext) {
    guard let stream = streams[id] else { return }
    if side == .client {
      stream.lastRequestFrame = frame.id
      endRequest(of: stream, isComplete: !stream.isRequestCut, context)
    } else {
      stream.lastResponseFrame = frame.id
      endResponse(of: stream, isComplete: !stream.isResponseCut, context)
    }
    guard stream.isRequestOver, stream.isResponseOver else { return }
    remove(id).map { giveUp($0, context) }
  }

  private func endRequest(of stream: HTTP2Stream, isComplete: Bool, _ context: ApplicationContext) {
    stream.isRequestOver = true
    guard let request = stream.request, !request.isReceived else { return }
    messages.end(request, lastFrameID: stream.lastRequestFrame, isComplete: isComplete, context)
  }

  private func endResponse(of stream: HTTP2Stream, isComplete: Bool, _ context: ApplicationContext) {
    guard !stream.isResponseOver else { return }
    stream.isResponseOver = true
    guard let response = stream.response else { return }
    messages.end(response, lastFrameID: stream.lastResponseFrame, isComplete: isComplete, context)
  }

  /// Nothing more is to come on a stream: emits what is pending.
  private func giveUp(_ stream: HTTP2Stream, _ context: ApplicationContext) {
    endRequest(of: stream, isComplete: false, context)
    endResponse(of: stream, isComplete: false, context)
    if let request = stream.request, !request.isAnswered { messages.settle(request, response: nil, context) }
  }

  /// The stream with this identifier, opened where it is not.
  private func open(_ id: UInt32, _ context: ApplicationContext) -> HTTP2Stream {
    if let stream = streams[id] { return stream }
    if id % 2 == 1 { lastOpened = max(lastOpened, id) }
    if streams.count >= HTTP2Limits.streams { giveUpOldest(context) }
    let stream = HTTP2Stream()
    streams[id] = stream
    return stream
  }

  private func giveUpOldest(_ context: ApplicationContext) {
    messages.diagnose(
      "http2-stream-limit", "more than \(HTTP2Limits.streams) streams are open: the oldest are given up",
      lastFrame ?? 0, context)
    for id in streams.keys.sorted().prefix(HTTP2Limits.streams / 2) { remove(id).map { giveUp($0, context) } }
  }

  @discardableResult
  private func remove(_ id: UInt32) -> HTTP2Stream? {
    guard let stream = streams.removeValue(forKey: id) else { return nil }
    streamBytes -= stream.countedBytes
    return stream
  }

  private func recount(_ stream: HTTP2Stream) {
    let now = stream.heldBytes
    streamBytes += now - stream.countedBytes
    stream.countedBytes = now
  }
}
