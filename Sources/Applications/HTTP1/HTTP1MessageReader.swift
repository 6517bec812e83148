import Bytes

/// Finds the parts of the messages that one side sends, however the bytes are cut (RFC 9112, section 2.1):
///
///     HTTP-message = start-line CRLF *( field-line CRLF ) CRLF [ message-body ]
///
/// `next` gives one part after the other. After a head it must be told by `begin` how the body is framed. Lines may end
/// in LF alone, and empty lines before a message are skipped (section 2.2).
///
/// When the reader no longer knows where it is, it skips to the next segment that begins with a start line. A segment is
/// what one frame brings, so that this too does not depend on how the bytes are cut.
struct HTTP1MessageReader {
  /// A part of a message.
  enum Event {
    /// A whole head, its final empty line included.
    case head([UInt8])
    /// Bytes of the body: where they lie in the bytes given.
    case body(Range<Int>)
    /// A trailer section with at least one line, its final empty line included.
    case trailer([UInt8])
    /// The message is over.
    case end
    /// The place is lost, and with it the rest of the message.
    case fault(Fault)
  }

  /// Why a place was lost.
  enum Fault {
    /// There is no start line where a message should begin.
    case startLine
    /// A head or trailer section is longer than `HTTP1Limits.head`.
    case headLimit
    /// A chunk's size is malformed.
    case chunkSize
    /// There is no line end behind a chunk's data.
    case chunkEnd
  }

  /// What a gap in the bytes means.
  enum Gap {
    /// Nothing: these bytes are not looked at.
    case ignored
    /// That many bytes of the body are missing; the place is known.
    case body
    /// The place is lost, and with it the rest of the message.
    case lost
  }

  /// What the last byte of a side means.
  enum Ending {
    /// No message was under way.
    case idle
    /// It ends a body that lasts until the close.
    case complete
    /// It cuts a message off.
    case incomplete
    /// It cuts a start line off after so many bytes.
    case startLine(Int)
    /// The place was lost, so many bytes ago.
    case lost(skipped: Int)
  }

  private enum State {
    /// Between messages.
    case start
    /// In a head; `isVerified`: it has a start line.
    case head(isVerified: Bool)
    /// Behind a head, until `begin`.
    case framing
    /// In a body or chunk data with so many bytes to come.
    case length(Int)
    case untilClose
    case chunkSize(ChunkSize)
    case chunkData(Int)
    /// In the line end behind chunk data.
    case chunkEnd(sawCR: Bool)
    case trailer
    /// The message is over, which is still to be told.
    case ended
    case lost
    /// What follows is not HTTP, or nothing follows.
    case ignored
  }

  private enum LineState { case empty, carriageReturn, text }

  // There are two of these for each open connection: the properties are in an order that leaves few gaps.
  private var state = State.start
  private var line = LineState.empty
  private let isRequest: Bool
  private var isResynchronising = false
  private var buffer: [UInt8] = []
  /// The frame whose rest is skipped because it does not begin a message; -1: none.
  private var skippedFrame: Int64 = -1
  private var skipped = 0
  private var skippedBefore = 0

  /// Bytes of an unfinished head or trailer.
  var heldBytes: Int { buffer.count }
  /// The frame that holds the first byte of the message.
  private(set) var first = FrameStamp(id: 0, time: nil)
  /// The frame that holds its last byte so far.
  private(set) var lastFrameID: Int64 = 0
  /// Bytes of its start line and fields so far.
  private(set) var headLength = 0

  /// A reader of requests, or of responses.
  init(isRequest: Bool) {
    self.isRequest = isRequest
  }

  // MARK: - Bytes

  /// The next part in `bytes` from `offset` on, which is moved behind it; nil when more bytes are needed.
  mutating func next(_ bytes: RawSpan, from offset: inout Int, in frame: FrameStamp) -> Event? {
    while true {
      switch state {
      case .start:
        while let byte = bytes.u8(at: offset), byte == 0x0d || byte == 0x0a { offset += 1 }
        guard offset < bytes.byteCount else { return nil }
        (first, lastFrameID, headLength) = (frame, frame.id, 0)
        beginSection()
        state = .head(isVerified: false)
      case .head(let isVerified):
        guard offset < bytes.byteCount else { return nil }
        if let event = readHead(bytes, &offset, frame, isVerified) { return event }
      case .length(let count):
        guard let part = take(count, bytes, &offset, frame) else { return nil }
        state = part.count == count ? .ended : .length(count - part.count)
        return .body(part)
      case .untilClose:
        return take(.max, bytes, &offset, frame).map { .body($0) }
      case .chunkData(let count):
        guard let part = take(count, bytes, &offset, frame) else { return nil }
        state = part.count == count ? .chunkEnd(sawCR: false) : .chunkData(count - part.count)
        return .body(part)
      case .chunkSize, .chunkEnd:
        guard let byte = bytes.u8(at: offset) else { return nil }
        offset += 1
        lastFrameID = frame.id
        if let fault = readChunkByte(byte) { return lose(fault, in: frame) }
      case .trailer:
        guard offset < bytes.byteCount else { return nil }
        if let event = readTrailer(bytes, &offset, frame) { return event }
      case .ended:
        state = .start
        return .end
      case .lost:
        guard offset < bytes.byteCount else { return nil }
        if skippedFrame == frame.id {
          skipped += bytes.byteCount - offset
          offset = bytes.byteCount
          return nil
        }
        isResynchronising = true
        state = .start
      case .framing, .ignored:
        offset = bytes.byteCount
        return nil
      }
    }
  }

  /// Tells how the body is framed whose head was the last event. `invalid` loses the place.
  mutating func begin(_ framing: HTTP1Framing, in frame: FrameStamp) {
    switch framing {
    case .length(0): state = .ended
    case .length(let count): state = .length(count)
    case .chunked: state = .chunkSize(ChunkSize())
    case .untilClose: state = .untilClose
    case .tunnel: state = .ended
    case .invalid: lose(after: 0, in: frame)
    }
  }

  /// Stops reading: what follows is not HTTP.
  mutating func ignore() {
    state = .ignored
    buffer = []
  }

  // MARK: - What is not bytes

  /// `count` bytes are missing.
  mutating func gap(of count: Int) -> Gap {
    switch state {
    case .length(let left) where count <= left:
      state = count == left ? .ended : .length(left - count)
      return .body
    case .chunkData(let left) where count <= left:
      state = count == left ? .chunkEnd(sawCR: false) : .chunkData(left - count)
      return .body
    case .untilClose: return .body
    case .ignored, .framing: return .ignored
    case .head(isVerified: false):
      buffer = []
      lose(after: skipped + headLength, in: nil)
      return .lost
    case .head, .start, .length, .chunkData, .chunkSize, .chunkEnd, .trailer, .ended, .lost:
      lose(after: skipped, in: nil)
      return .lost
    }
  }

  /// Nothing follows; `isClosed`: because the sender said so.
  mutating func finish(isClosed: Bool) -> Ending {
    defer { state = .ignored }
    switch state {
    case .start, .ended: return isResynchronising ? .lost(skipped: skipped) : .idle
    case .ignored, .framing: return .idle
    case .lost: return .lost(skipped: skipped)
    case .head(isVerified: false):
      return isResynchronising ? .lost(skipped: skipped + headLength) : .startLine(headLength)
    case .untilClose: return isClosed ? .complete : .incomplete
    case .head, .length, .chunkSize, .chunkData, .chunkEnd, .trailer: return .incomplete
    }
  }

  /// Takes the number of bytes that were skipped before the message under way; 0 where the place was known.
  mutating func takeSkipped() -> Int {
    defer { skippedBefore = 0 }
    return skippedBefore
  }

  /// Takes the lines of the head or trailer section that is under way; nil outside one, or without a whole start line.
  mutating func takePartialSection() -> [UInt8]? {
    let taken = buffer
    buffer = []
    return taken.isEmpty ? nil : taken
  }

  // MARK: - Parts

  private mutating func beginSection() {
    line = .empty
    buffer.removeAll(keepingCapacity: false)
  }

  /// Up to `count` bytes of a body.
  private mutating func take(
    _ count: Int, _ bytes: RawSpan, _ offset: inout Int, _ frame: FrameStamp
  ) -> Range<Int>? {
    let start = offset
    guard start < bytes.byteCount else { return nil }
    offset = start + min(count, bytes.byteCount - start)
    lastFrameID = frame.id
    return start..<offset
  }

  private mutating func readHead(
    _ bytes: RawSpan, _ offset: inout Int, _ frame: FrameStamp, _ wasVerified: Bool
  ) -> Event? {
    let start = offset
    let limit = min(bytes.byteCount, start + HTTP1Limits.head - headLength)
    let end = sectionEnd(bytes, start, limit)
    offset = end ?? limit
    headLength += offset - start
    lastFrameID = frame.id
    let piece = bytes.part(from: start, to: offset)
    let isInPlace = buffer.isEmpty && end != nil
    if !isInPlace { buffer.append(span: piece) }
    let isFull = end == nil && headLength >= HTTP1Limits.head
    if !wasVerified {
      switch isInPlace ? probe(piece) : probe(buffer.bytes) {
      case .match, .reversed: break
      case .more where end == nil && !isFull: return nil
      case .more, .no:
        buffer = []
        guard isResynchronising else { return lose(.startLine, in: frame, skipped: headLength) }
        lose(after: skipped + headLength, in: frame)
        return nil
      }
      state = .head(isVerified: true)
      if isResynchronising { (isResynchronising, skippedBefore, skipped) = (false, skipped, 0) }
    }
    if isFull { return lose(.headLimit, in: frame) }
    guard end != nil else { return nil }
    state = .framing
    return .head(isInPlace ? piece.copied() : takePartialSection() ?? [])
  }

  private mutating func readTrailer(_ bytes: RawSpan, _ offset: inout Int, _ frame: FrameStamp) -> Event? {
    let start = offset
    let limit = min(bytes.byteCount, start + HTTP1Limits.head - buffer.count)
    let end = sectionEnd(bytes, start, limit)
    offset = end ?? limit
    lastFrameID = frame.id
    buffer.append(span: bytes.part(from: start, to: offset))
    guard end != nil else { return buffer.count >= HTTP1Limits.head ? lose(.headLimit, in: frame) : nil }
    state = .ended
    let section = takePartialSection() ?? []
    // The empty line alone has two bytes at most.
    return section.count > 2 ? .trailer(section) : nil
  }

  /// The offset behind the empty line that ends a section, or nil where none lies before `limit`.
  private mutating func sectionEnd(_ bytes: RawSpan, _ start: Int, _ limit: Int) -> Int? {
    var index = start
    while index < limit, let byte = bytes.u8(at: index) {
      switch line {
      case .text:
        guard let newline = bytes.firstIndex(of: 0x0a, from: index, to: limit) else { return nil }
        index = newline
        line = .empty
      case .empty:
        if byte == 0x0a { return index + 1 }
        line = byte == 0x0d ? .carriageReturn : .text
      case .carriageReturn:
        if byte == 0x0a { return index + 1 }
        line = .text
      }
      index += 1
    }
    return nil
  }

  private func probe(_ bytes: RawSpan) -> Probe {
    isRequest
      ? HTTP1StartLine.probeRequest(bytes, isStrict: isResynchronising) : HTTP1StartLine.probeResponse(bytes)
  }

  // MARK: - Chunks

  /// A chunk's first line so far (RFC 9112, section 7.1): `chunk-size [ chunk-ext ] CRLF`.
  private struct ChunkSize {
    var value = 0
    var digits: UInt8 = 0
    var extensionLength: UInt16 = 0

    /// Takes a byte other than LF; false where it cannot stand there.
    mutating func take(_ byte: UInt8) -> Bool {
      if extensionLength == 0, let digit = HTTP1Bytes.digit(byte) {
        digits += 1
        let (shifted, overflow) = value.multipliedReportingOverflow(by: 16)
        value = overflow ? 0 : shifted | Int(digit)
        return digits <= HTTP1Limits.chunkDigits && !overflow
      }
      let isExtension = byte == UInt8(ascii: ";") || byte == 0x0d || HTTP1Bytes.isBlank(byte)
      guard digits > 0, extensionLength > 0 || isExtension else { return false }
      extensionLength += 1
      return extensionLength <= HTTP1Limits.chunkExtension
    }
  }

  private mutating func readChunkByte(_ byte: UInt8) -> Fault? {
    switch state {
    case .chunkSize(var size):
      guard byte == 0x0a else {
        guard size.take(byte) else { return .chunkSize }
        state = .chunkSize(size)
        return nil
      }
      guard size.digits > 0 else { return .chunkSize }
      if size.value == 0 { beginSection() }
      state = size.value == 0 ? .trailer : .chunkData(size.value)
    case .chunkEnd(let sawCR):
      guard byte == 0x0a || byte == 0x0d && !sawCR else { return .chunkEnd }
      state = byte == 0x0a ? .chunkSize(ChunkSize()) : .chunkEnd(sawCR: true)
    default: break
    }
    return nil
  }

  // MARK: - Losing the place

  private mutating func lose(_ fault: Fault, in frame: FrameStamp, skipped: Int = 0) -> Event {
    lose(after: skipped, in: frame)
    return .fault(fault)
  }

  /// The place is lost, `skipped` bytes ago; the rest of `frame` cannot begin a message.
  private mutating func lose(after skipped: Int, in frame: FrameStamp?) {
    state = .lost
    skippedFrame = frame?.id ?? -1
    self.skipped = skipped
    isResynchronising = false
  }
}
