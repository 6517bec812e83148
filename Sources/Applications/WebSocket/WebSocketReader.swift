import Bytes
import Records

/// Reads the frames that one side sends and makes messages of them, however the bytes are cut (RFC 6455, section 5).
///
/// A frame says little that could tell it from other bytes. Where the place is lost, it is found again at a segment into
/// which whole frames fit exactly.
struct WebSocketReader {
  private enum State {
    case header
    /// In a payload with so many bytes to come.
    case payload(Int)
    case lost
  }

  /// What came of the bytes.
  enum Event {
    /// A message is over, or what was seen of it.
    case message(WebSocketMessageRecord)
    /// A compressed message was inflated in part only.
    case inflating(String)
    /// A frame is malformed: the place is lost.
    case fault
    /// The place is found again.
    case found(skipped: Int)
  }

  private let side: Side
  private let deflate: WebSocketDeflate?
  private var state = State.header
  private var buffer: [UInt8] = []
  private var header: WebSocketFrameHeader?
  private var first = FrameStamp(id: 0, time: nil)
  /// Bytes of the payload under way that went by, for the masking key.
  private var position = 0
  /// The text or binary message under way.
  private var message: WebSocketMessageRecord?
  /// The control frame under way.
  private var control: WebSocketMessageRecord?
  private var inflater: WebSocketInflater?
  private var skipped = 0
  /// The frame whose bytes are in `buffer` while the place is lost; nil: none.
  private var segment: FrameStamp?

  /// Bytes of what is not whole.
  var heldBytes: Int {
    buffer.count + (message?.beginning.count ?? 0) + (inflater == nil ? 0 : 40_000)
  }

  /// A reader of what `side` sends.
  init(_ side: Side, deflate: WebSocketDeflate?) {
    (self.side, self.deflate) = (side, deflate)
  }

  /// Takes the next bytes and calls `body` with what comes of them.
  ///
  /// - Parameter make: a message of the connection that begins like this.
  mutating func read(
    _ bytes: RawSpan, in frame: FrameStamp, budget: DecodingBudget,
    make: (FrameStamp, WebSocketFrameHeader) -> WebSocketMessageRecord, _ body: (Event) -> Void
  ) {
    if case .lost = state {
      if let segment, segment.id != frame.id { tryAgain(budget: budget, make: make, body) }
      if case .lost = state { return keepSegment(bytes, in: frame) }
    }
    var offset = 0
    while offset < bytes.byteCount {
      switch state {
      case .header:
        guard takeHeader(bytes, &offset, in: frame) else { continue }
        guard let header = WebSocketFrameHeader(buffer.bytes, from: side, allowsCompression: deflate != nil),
          begin(header, budget: budget, make: make)
        else {
          body(.fault)
          lose(in: frame, body)
          skipped = bytes.byteCount - offset
          return
        }
        buffer.removeAll(keepingCapacity: true)
        position = 0
        state = .payload(header.length)
        if header.length == 0 { end(in: frame, body) }
      case .payload(let left):
        let count = min(left, bytes.byteCount - offset)
        take(bytes.part(from: offset, to: offset + count), in: frame)
        offset += count
        state = .payload(left - count)
        if count == left { end(in: frame, body) }
      case .lost: return
      }
    }
  }

  /// `count` bytes are missing.
  mutating func gap(of count: Int, in frame: FrameStamp, _ body: (Event) -> Void) {
    switch state {
    case .payload(let left) where count <= left:
      position += count
      if control != nil {
        control?.isComplete = false
        control?.beginning = []
      } else {
        message?.isComplete = false
        if message?.isCompressed == true { inflater?.reset() }
        isCut = true
      }
      state = .payload(left - count)
      if count == left { end(in: frame, body) }
    case .lost:
      skipped += buffer.count
      buffer = []
      segment = nil
    case .header, .payload: lose(in: frame, body)
    }
  }

  /// Nothing follows: tells what was under way.
  mutating func finish(
    budget: DecodingBudget, make: (FrameStamp, WebSocketFrameHeader) -> WebSocketMessageRecord, _ body: (Event) -> Void
  ) {
    if case .lost = state { tryAgain(budget: budget, make: make, body) }
    giveUp(body)
  }

  /// Whether bytes of the message under way are missing, so that the rest of it cannot be inflated.
  private var isCut = false

  // MARK: - Frames

  /// Keeps bytes of a header; true where it is whole.
  private mutating func takeHeader(_ bytes: RawSpan, _ offset: inout Int, in frame: FrameStamp) -> Bool {
    if buffer.isEmpty { first = frame }
    let wanted =
      buffer.count < WebSocketFrameHeader.minimum
      ? WebSocketFrameHeader.minimum : WebSocketFrameHeader.size(buffer.bytes)
    let count = min(wanted - buffer.count, bytes.byteCount - offset)
    buffer.append(span: bytes.part(from: offset, to: offset + count))
    offset += count
    return buffer.count >= WebSocketFrameHeader.minimum && buffer.count == WebSocketFrameHeader.size(buffer.bytes)
  }

  /// Begins a frame; false where it cannot follow the one before it.
  private mutating func begin(
    _ header: WebSocketFrameHeader, budget: DecodingBudget,
    make: (FrameStamp, WebSocketFrameHeader) -> WebSocketMessageRecord
  ) -> Bool {
    self.header = header
    if header.opcode.isControl {
      control = make(first, header)
      control?.isComplete = true
      return true
    }
    guard (header.opcode == .continuation) == (message != nil) else { return false }
    guard header.opcode != .continuation else { return true }
    message = make(first, header)
    message?.isComplete = true
    isCut = false
    guard header.isCompressed, let deflate else { return true }
    if inflater == nil {
      inflater = WebSocketInflater(
        budget: budget, keepsContext: side == .client ? deflate.keepsClientContext : deflate.keepsServerContext)
    }
    inflater?.begin()
    return true
  }

  private mutating func take(_ payload: RawSpan, in frame: FrameStamp) {
    guard let header else { return }
    let isControl = header.opcode.isControl
    let isCompressed = !isControl && message?.isCompressed == true
    let kept = isControl ? control?.beginning.count : message?.beginning.count
    let room = max(0, WebSocketLimits.text - (kept ?? 0))
    // Only what is looked at is unmasked.
    let wanted = isCompressed ? (isCut ? 0 : payload.byteCount) : min(room, payload.byteCount)
    var bytes = payload.part(from: 0, to: wanted).copied()
    if let key = header.key {
      for index in bytes.indices {
        bytes[index] ^= UInt8(truncatingIfNeeded: key >> UInt32(8 * (3 - (position &+ index) & 3)))
      }
    }
    position &+= payload.byteCount
    if isControl {
      control?.length += payload.byteCount
      control?.decodedLength += payload.byteCount
      control?.lastFrameID = frame.id
      control?.beginning += bytes
      return
    }
    message?.length += payload.byteCount
    message?.lastFrameID = frame.id
    if isCompressed {
      if !isCut { inflater?.inflate(bytes.bytes) }
    } else {
      message?.decodedLength += payload.byteCount
      // Behind a gap the text does not go on.
      if !isCut { message?.beginning += bytes }
    }
  }

  /// The frame is over.
  private mutating func end(in frame: FrameStamp, _ body: (Event) -> Void) {
    state = .header
    guard let header else { return }
    self.header = nil
    if var control {
      control.lastFrameID = frame.id
      self.control = nil
      return body(.message(control))
    }
    guard header.isFinal else { return }
    message?.lastFrameID = frame.id
    endMessage(body)
  }

  private mutating func endMessage(_ body: (Event) -> Void) {
    guard var message else { return }
    self.message = nil
    if message.isCompressed {
      if message.isComplete { inflater?.end() }
      message.decodedLength = inflater?.count ?? 0
      message.beginning = inflater?.takeFirstBytes() ?? []
      if message.isComplete, let failure = inflater.map({ $0.failure }) ?? "too many bodies are decoded at once" {
        body(.inflating(failure))
      }
    }
    message.beginning = WebSocketReader.wholeCharacters(message.beginning)
    body(.message(message))
  }

  /// The text without a character that the limit has cut in two.
  private static func wholeCharacters(_ text: [UInt8]) -> [UInt8] {
    guard text.count >= WebSocketLimits.text, let last = text.lastIndex(where: { $0 & 0xc0 != 0x80 }) else {
      return text
    }
    let lead = text[last]
    let size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1
    return text.count - last < size ? Array(text[..<last]) : text
  }

  // MARK: - Losing the place

  private mutating func lose(in frame: FrameStamp, _ body: (Event) -> Void) {
    giveUp(body)
    state = .lost
    buffer = []
    skipped = 0
    // What follows in the same segment does not begin with a frame.
    segment = nil
    lostFrame = frame.id
    inflater?.reset()
  }

  /// The frame whose rest is skipped, since the place was lost in it.
  private var lostFrame: Int64 = -1

  /// Tells what was seen of a message and a control frame that are cut off.
  private mutating func giveUp(_ body: (Event) -> Void) {
    header = nil
    if var control {
      control.isComplete = false
      self.control = nil
      body(.message(control))
    }
    message?.isComplete = false
    endMessage(body)
  }

  private mutating func keepSegment(_ bytes: RawSpan, in frame: FrameStamp) {
    guard frame.id != lostFrame, buffer.count + bytes.byteCount <= WebSocketLimits.segment else {
      skipped += bytes.byteCount + buffer.count
      lostFrame = frame.id
      buffer = []
      segment = nil
      return
    }
    segment = segment ?? frame
    buffer.append(span: bytes)
  }

  /// The segment that was kept is whole: reads it where frames fit into it exactly.
  private mutating func tryAgain(
    budget: DecodingBudget, make: (FrameStamp, WebSocketFrameHeader) -> WebSocketMessageRecord, _ body: (Event) -> Void
  ) {
    guard let segment else { return }
    let kept = buffer
    buffer = []
    self.segment = nil
    guard fits(kept.bytes) else {
      skipped += kept.count
      return
    }
    state = .header
    body(.found(skipped: skipped))
    read(kept.bytes, in: segment, budget: budget, make: make, body)
  }

  /// Whether whole frames, the first one no continuation, fill `bytes`.
  private func fits(_ bytes: RawSpan) -> Bool {
    var offset = 0
    var isOpen = false
    while offset < bytes.byteCount {
      let rest = bytes.part(from: offset)
      guard let header = WebSocketFrameHeader(rest, from: side, allowsCompression: deflate != nil) else { return false }
      if !header.opcode.isControl {
        guard (header.opcode == .continuation) == isOpen else { return false }
        isOpen = !header.isFinal
      }
      let size = WebSocketFrameHeader.size(rest)
      guard header.length <= rest.byteCount - size else { return false }
      offset += size + header.length
    }
    return true
  }
}
