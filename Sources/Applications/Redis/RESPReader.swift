import Bytes

/// Reads one direction of the Redis serialization protocol, RESP2 and RESP3, value by value.
///
/// ```
/// value     = ("+" / "-" / ":" / "_" / "," / "#" / "(") text CRLF
///           / ("$" / "!" / "=") length CRLF bytes CRLF          a length below zero: nothing follows
///           / ("*" / "~" / ">") count CRLF *value / ("%" / "|") count CRLF *(value value)
/// inline    = *( word ) CRLF                                    commands only, from a client
/// ```
/// What is long is passed over without being kept: of each value the first leaves only.
struct RESPReader {
  /// Bytes of a leaf that are kept.
  static let leafLimit = 1024
  /// Leaves of a value that are kept.
  static let leavesLimit = 10
  /// Depth of values within values.
  static let depthLimit = 32
  /// Bytes of a line (Redis' own limit for inline commands).
  static let lineLimit = 1 << 16

  /// A value that stands in no other.
  struct Value {
    /// The first byte; 0: an inline command.
    let type: UInt8
    /// The texts of its leaves in order.
    var leaves: [[UInt8]] = []
    /// Whether leaves, or parts of them, were dropped.
    var isCut = false
    /// The frame of its first byte.
    let frame: FrameStamp
  }

  private enum State {
    case type
    case line(type: UInt8)
    case bulk(left: Int)
    case bulkEnd(isBehindReturn: Bool)
    case malformed
  }

  private let readsCommands: Bool
  private var state = State.type
  private var value: Value?
  private var text: [UInt8] = []
  private var length = 0
  /// Values that are still to come, by depth.
  private var open: [Int] = []

  /// A reader of a client's commands, or of a server's replies.
  init(readsCommands: Bool) {
    self.readsCommands = readsCommands
  }

  /// Whether bytes came that are no RESP: nothing more is read.
  var isMalformed: Bool { if case .malformed = state { true } else { false } }

  /// Bytes kept of an unfinished value.
  var heldBytes: Int { text.count + (value?.leaves.reduce(0) { $0 + $1.count } ?? 0) }

  /// Reads from `index` on up to the end of a value, which it returns, or of the bytes.
  mutating func next(_ bytes: RawSpan, at index: inout Int, in frame: FrameStamp) -> Value? {
    while let byte = bytes.u8(at: index) {
      switch state {
      case .type:
        index += 1
        begin(byte, frame)
      case .line(let type):
        index += 1
        guard byte == 0x0a else {
          keep(byte)
          continue
        }
        if text.last == 0x0d { text.removeLast() }
        if let value = endLine(type) { return value }
      case .bulk(let left):
        let taken = bytes.part(from: index, to: index + min(left, bytes.byteCount - index))
        if text.count < RESPReader.leafLimit {
          text.append(span: taken.part(from: 0, to: RESPReader.leafLimit - text.count))
        }
        index += taken.byteCount
        state = left == taken.byteCount ? .bulkEnd(isBehindReturn: false) : .bulk(left: left - taken.byteCount)
      case .bulkEnd(let isBehindReturn):
        index += 1
        guard byte == (isBehindReturn ? 0x0a : 0x0d) else { return giveUp() }
        if !isBehindReturn {
          state = .bulkEnd(isBehindReturn: true)
        } else if let value = leaf(isCut: length > RESPReader.leafLimit) {
          return value
        }
      case .malformed: return nil
      }
    }
    return nil
  }

  private mutating func begin(_ byte: UInt8, _ frame: FrameStamp) {
    text = []
    length = 0
    if value == nil {
      value = Value(type: readsCommands && byte != UInt8(ascii: "*") ? 0 : byte, frame: frame)
      if value?.type == 0 {
        state = .line(type: 0)
        if byte == 0x0a { _ = endLine(0) } else { keep(byte) }
        return
      }
    }
    state = "+-:_,#($!=*~>%|".utf8.contains(byte) ? .line(type: byte) : .malformed
  }

  private mutating func keep(_ byte: UInt8) {
    length += 1
    // One more than the limit, for the carriage return.
    if text.count <= RESPReader.leafLimit { text.append(byte) }
    if length > RESPReader.lineLimit { giveUp() }
  }

  private mutating func endLine(_ type: UInt8) -> Value? {
    switch type {
    case 0:
      guard length <= RESPReader.leafLimit, let words = RESPInline.words(text) else { return giveUp() }
      value?.leaves = words
      return close()
    case UInt8(ascii: "$"), UInt8(ascii: "!"), UInt8(ascii: "="):
      guard let count = number() else { return giveUp() }
      text = []
      if count < 0 { return leaf(isCut: false) }
      length = count
      state = count == 0 ? .bulkEnd(isBehindReturn: false) : .bulk(left: count)
      return nil
    case UInt8(ascii: "*"), UInt8(ascii: "~"), UInt8(ascii: ">"), UInt8(ascii: "%"), UInt8(ascii: "|"):
      guard let count = number(), open.count < RESPReader.depthLimit else { return giveUp() }
      text = []
      let isMap = type == UInt8(ascii: "%") || type == UInt8(ascii: "|")
      if count > 0 {
        open.append(isMap ? 2 * count : count)
        state = .type
        return nil
      }
      return closed()
    default: return leaf(isCut: length > RESPReader.leafLimit)
    }
  }

  /// The line's number, of at most nine digits.
  private func number() -> Int? {
    let digits = text.first == UInt8(ascii: "-") ? text.dropFirst() : text[...]
    guard (1...9).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    let value = digits.reduce(0) { $0 * 10 + Int($1) - 48 }
    return digits.count == text.count ? value : -value
  }

  private mutating func leaf(isCut: Bool) -> Value? {
    if let kept = value?.leaves.count, kept < RESPReader.leavesLimit {
      value?.leaves.append(text)
      if isCut { value?.isCut = true }
    } else {
      value?.isCut = true
    }
    return closed()
  }

  /// A value within the others has ended, and with it perhaps the one around it.
  private mutating func closed() -> Value? {
    text = []
    state = .type
    while let left = open.popLast() {
      guard left <= 1 else {
        open.append(left - 1)
        return nil
      }
    }
    return close()
  }

  private mutating func close() -> Value? {
    defer {
      value = nil
      text = []
      state = .type
    }
    return value
  }

  @discardableResult
  private mutating func giveUp() -> Value? {
    state = .malformed
    value = nil
    text = []
    open = []
    return nil
  }
}
