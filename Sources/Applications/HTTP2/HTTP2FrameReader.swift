import Bytes
import Records

/// Finds the parts of the messages in the frames that one side sends, however the bytes are cut (RFC 9113, section 4).
///
/// Only field blocks and the short frames that steer the connection are kept until they are whole. When the reader no
/// longer knows where it is, it looks for the header of a frame of a stream that there is.
struct HTTP2FrameReader {
  /// A part of what the side sends.
  enum Event {
    /// A whole field block.
    case block(HTTP2FieldBlock)
    /// Bytes of a stream's body: where they lie in the bytes given.
    case data(stream: UInt32, Range<Int>)
    /// The body of a stream is over, and with it what its side says there.
    case end(stream: UInt32)
    /// A stream is given up.
    case reset(stream: UInt32)
    /// The payload of a SETTINGS frame.
    case settings([UInt8])
    /// The connection is given up, for a reason other than that it is no longer needed.
    case goAway(code: UInt32)
    /// A field block cannot be read; nil: nobody knows whose it is.
    case blockLost(stream: UInt32?, endsStream: Bool)
    /// Something is malformed.
    case fault(Fault)
    /// The place is found again, so many bytes behind where it was lost.
    case found(skipped: Int)
  }

  /// What is malformed.
  enum Fault {
    /// The client does not begin with the preface.
    case preface
    /// A frame is longer than the other side allows: the place is lost.
    case frameSize
    /// A frame of another kind stands within a field block, or a CONTINUATION outside of one.
    case continuation
    /// A frame has more padding than payload, or is too short for its type.
    case payload
    /// A field block exceeds `HTTP2Limits.block`.
    case blockLimit
  }

  /// What a gap in the bytes means.
  enum Gap {
    /// Nothing: these bytes are not looked at.
    case ignored
    /// So many bytes of a stream's body are missing; the place is known.
    case body(stream: UInt32, Int)
    /// A field block is lost; the place is known.
    case block(stream: UInt32?, endsStream: Bool)
    /// The place is lost.
    case lost
  }

  private enum State {
    /// So many bytes of the client's preface have been seen.
    case preface(Int)
    /// In a frame's header.
    case header
    /// In a payload that is kept.
    case payload
    /// Before a DATA frame's padding length.
    case padLength
    /// In a DATA frame with so many bytes of body and of padding to come.
    case data(Int, padding: Int)
    /// A DATA frame is over, which is still to be told.
    case ended
    /// So many bytes are to be passed over.
    case skip(Int)
    case lost
  }

  /// What a client sends first (section 3.4).
  static let preface: StaticString = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

  private var state: State
  /// Bytes of the header or payload under way.
  private var buffer: [UInt8] = []
  private var header = HTTP2FrameHeader(0, 0)
  /// The frame with the first byte of the HTTP/2 frame under way.
  private var first = FrameStamp(id: 0, time: nil)
  /// The field block under way.
  private var block: HTTP2FieldBlock?
  /// The stream whose frames carry it.
  private var carrier: UInt32 = 0
  /// Whether CONTINUATION frames of a block that is lost follow.
  private var isSkippingBlock = false
  /// The last nine bytes while the place is lost.
  private var (before, recent): (UInt8, UInt64) = (0, 0)
  private var skipped = 0

  /// Bytes that the side may send in one frame.
  var frameLimit = HTTP2Limits.frame
  /// Bytes passed over in search of a frame.
  private(set) var strangeBytes = 0

  /// Bytes of an unfinished frame or field block.
  var heldBytes: Int { buffer.count + (block?.bytes.count ?? 0) }

  /// Bytes passed over so far since the place was lost; nil: it is known.
  var lostBytes: Int? { if case .lost = state { skipped } else { nil } }

  /// A reader of what the client sends, or the server.
  init(isClient: Bool) {
    state = isClient ? .preface(0) : .header
  }

  // MARK: - Bytes

  /// The next part in `bytes` from `offset` on, which is moved behind it; nil when more bytes are needed.
  ///
  /// - Parameter mayFollow: whether a frame with this header could come next, asked where the place is lost.
  mutating func next(
    _ bytes: RawSpan, from offset: inout Int, in frame: FrameStamp, mayFollow: (HTTP2FrameHeader) -> Bool
  ) -> Event? {
    while true {
      switch state {
      case .preface(let seen):
        guard let byte = bytes.u8(at: offset) else { return nil }
        // A static string's bytes outlive everything.
        let wanted = unsafe RawSpan(
          _unsafeStart: HTTP2FrameReader.preface.utf8Start, byteCount: HTTP2FrameReader.preface.utf8CodeUnitCount)
        guard byte == wanted.u8(at: seen) else { return lose(.preface) }
        offset += 1
        state = seen + 1 == wanted.byteCount ? .header : .preface(seen + 1)
      case .header:
        guard keep(bytes, &offset, upTo: HTTP2FrameHeader.size, in: frame) else { return nil }
        header = HTTP2FrameHeader(buffer.bytes.u8(at: 0) ?? 0, buffer.bytes.u64(at: 1) ?? 0)
        buffer.removeAll(keepingCapacity: true)
        if let event = begin() { return event }
      case .payload:
        guard keep(bytes, &offset, upTo: header.length, in: frame) else { return nil }
        state = .header
        let event = read()
        buffer.removeAll(keepingCapacity: true)
        if let event { return event }
      case .padLength:
        guard let padding = bytes.u8(at: offset) else { return nil }
        offset += 1
        let left = header.length - 1 - Int(padding)
        guard left >= 0 else {
          state = .skip(header.length - 1)
          return .fault(.payload)
        }
        state = .data(left, padding: Int(padding))
      case .data(0, let padding):
        guard let count = pass(padding, bytes, &offset) else { return nil }
        state = count == padding ? .ended : .data(0, padding: padding - count)
      case .data(let left, let padding):
        let start = offset
        guard let count = pass(left, bytes, &offset) else { return nil }
        state = .data(left - count, padding: padding)
        return .data(stream: header.stream, start..<(start + count))
      case .ended:
        state = .header
        if header.endsStream { return .end(stream: header.stream) }
      case .skip(let left):
        guard let count = pass(left, bytes, &offset) else { return nil }
        state = count == left ? .header : .skip(left - count)
      case .lost:
        guard search(bytes, &offset, in: frame, mayFollow) else { return nil }
        return .found(skipped: skipped)
      }
    }
  }

  /// Moves `offset` behind up to `count` bytes: how many there are; nil where there are none and some are wanted.
  private func pass(_ count: Int, _ bytes: RawSpan, _ offset: inout Int) -> Int? {
    let taken = min(count, bytes.byteCount - offset)
    guard taken > 0 || count == 0 else { return nil }
    offset += taken
    return taken
  }

  /// Keeps bytes until there are `count` of them; false where more are needed.
  private mutating func keep(_ bytes: RawSpan, _ offset: inout Int, upTo count: Int, in frame: FrameStamp) -> Bool {
    let taken = min(count - buffer.count, bytes.byteCount - offset)
    if taken > 0 {
      if case .header = state, buffer.isEmpty { first = frame }
      buffer.append(span: bytes.part(from: offset, to: offset + taken))
      offset += taken
    }
    return buffer.count >= count
  }

  // MARK: - Frames

  /// The header is whole: decides how the payload is read.
  private mutating func begin() -> Event? {
    guard header.length <= frameLimit else { return lose(.frameSize) }
    let isContinuation = header.kind == .continuation
    if isSkippingBlock, isContinuation {
      isSkippingBlock = !header.endsBlock
      state = .skip(header.length)
      return nil
    }
    isSkippingBlock = false
    let broken = isContinuation && header.stream == carrier ? nil : block
    beginPayload()
    guard let broken else { return nil }
    block = nil
    return .blockLost(stream: broken.stream, endsStream: broken.endsStream)
  }

  private mutating func beginPayload() {
    switch header.kind {
    case .data where header.stream != 0:
      state = header.isPadded && header.length > 0 ? .padLength : .data(header.length, padding: 0)
    case .headers, .pushPromise, .continuation, .resetStream, .goAway: state = .payload
    case .settings where !header.isAcknowledgement: state = .payload
    case .data, .settings, .priority, .ping, .windowUpdate, nil: state = .skip(header.length)
    }
  }

  /// The payload is whole.
  private mutating func read() -> Event? {
    let kept = buffer
    let payload = kept.bytes
    switch header.kind {
    case .headers: return beginBlock(payload, from: header.hasPriority ? 5 : 0)
    case .pushPromise: return beginBlock(payload, from: 4)
    case .continuation: return addToBlock(payload, 0..<payload.byteCount)
    case .resetStream: return payload.byteCount == 4 ? .reset(stream: header.stream) : .fault(.payload)
    case .settings: return payload.byteCount % 6 == 0 ? .settings(payload.copied()) : .fault(.payload)
    case .goAway:
      guard let code = payload.u32(at: 4) else { return .fault(.payload) }
      return code == 0 ? nil : .goAway(code: code)
    case .data, .priority, .ping, .windowUpdate, nil: return nil
    }
  }

  /// Begins a block with what stands behind `skipped` bytes of the payload.
  private mutating func beginBlock(_ payload: RawSpan, from skipped: Int) -> Event? {
    let isPromise = header.kind == .pushPromise
    let start = (header.isPadded ? 1 : 0) + skipped
    let end = payload.byteCount - (header.isPadded ? Int(payload.u8(at: 0) ?? 0) : 0)
    guard start <= end, header.stream != 0 else { return loseBlock(.payload) }
    let promised = isPromise ? (payload.u32(at: start - 4) ?? 0) & 0x7fff_ffff : header.stream
    carrier = header.stream
    block = HTTP2FieldBlock(
      stream: promised, isPromise: isPromise, endsStream: !isPromise && header.endsStream, first: first, bytes: [])
    return addToBlock(payload, start..<end)
  }

  private mutating func addToBlock(_ payload: RawSpan, _ range: Range<Int>) -> Event? {
    guard var block else { return loseBlock(.continuation) }
    guard block.bytes.count + range.count <= HTTP2Limits.block else { return loseBlock(.blockLimit) }
    self.block = nil
    block.bytes.append(span: payload.part(range))
    if header.endsBlock { return .block(block) }
    self.block = block
    return nil
  }

  /// The field block under way, or the one that the frame begins, cannot be read.
  private mutating func loseBlock(_ fault: Fault) -> Event {
    block = nil
    isSkippingBlock = !header.endsBlock
    return .fault(fault)
  }

  // MARK: - What is not bytes

  /// `count` bytes are missing.
  mutating func gap(of count: Int) -> Gap {
    switch state {
    case .preface(let seen) where count <= HTTP2FrameReader.preface.utf8CodeUnitCount - seen:
      let now = seen + count
      state = now == HTTP2FrameReader.preface.utf8CodeUnitCount ? .header : .preface(now)
      return .ignored
    case .data(let left, let padding) where count <= left + padding:
      let body = min(count, left)
      state = .data(left - body, padding: padding - (count - body))
      return .body(stream: header.stream, body)
    case .skip(let left) where count <= left:
      state = .skip(left - count)
      return .ignored
    case .payload where count <= header.length - buffer.count: return gapInPayload(of: count)
    case .lost:
      (before, recent) = (0, 0)
      return .ignored
    case .preface, .header, .payload, .padLength, .data, .ended, .skip:
      lose()
      return .lost
    }
  }

  private mutating func gapInPayload(of count: Int) -> Gap {
    state = .skip(header.length - buffer.count - count)
    buffer.removeAll(keepingCapacity: true)
    switch header.kind {
    case .headers, .continuation, .pushPromise:
      let stream = block?.stream ?? (header.kind == .headers ? header.stream : nil)
      let endsStream = block?.endsStream ?? (header.kind == .headers && header.endsStream)
      block = nil
      isSkippingBlock = !header.endsBlock
      return .block(stream: stream, endsStream: endsStream)
    case .data, .priority, .resetStream, .settings, .ping, .goAway, .windowUpdate, nil: return .ignored
    }
  }

  private mutating func lose(_ fault: Fault) -> Event {
    lose()
    return .fault(fault)
  }

  private mutating func lose() {
    state = .lost
    buffer = []
    block = nil
    isSkippingBlock = false
    (before, recent) = (0, 0)
    skipped = 0
  }

  /// Looks for a frame's header; true behind one.
  private mutating func search(
    _ bytes: RawSpan, _ offset: inout Int, in frame: FrameStamp, _ mayFollow: (HTTP2FrameHeader) -> Bool
  ) -> Bool {
    while let byte = bytes.u8(at: offset) {
      offset += 1
      skipped += 1
      strangeBytes += 1
      before = UInt8(truncatingIfNeeded: recent >> 56)
      recent = recent << 8 | UInt64(byte)
      guard skipped >= HTTP2FrameHeader.size else { continue }
      let found = HTTP2FrameHeader(before, recent)
      guard found.isPlausible, found.length <= frameLimit, mayFollow(found) else { continue }
      (header, first) = (found, frame)
      skipped -= HTTP2FrameHeader.size
      beginPayload()
      return true
    }
    return false
  }
}
