import Bytes

/// Puts the client's commands together from lines and literals (RFC 9051, section 2.2.1).
struct IMAPCommandReader {
  /// Bytes kept of one command; those behind them are passed over, and so is the command.
  static let sizeLimit = 32_768
  /// Lines and literals kept of one command. LOGIN has at most five.
  static let partLimit = 16

  /// A command, or a line of a login that is under way.
  struct Message {
    let parts: [IMAPPart]
    /// Whether it holds all that was sent.
    let isWhole: Bool
    /// Whether a limit cut it.
    let isCut: Bool
    /// The frame of its last line's first byte.
    let frame: FrameStamp
  }

  private var lines = LineReader()
  private var parts: [IMAPPart] = []
  private var partBytes = 0
  private var isWhole = true
  private var isCut = false
  /// Bytes of a literal that are still to come.
  private var literal = 0
  /// Whether a byte of the literal has come.
  private var hasBegun = false
  /// Whether the literal waits for the server's word, no byte of it having come.
  private var isWaiting = false

  /// Bytes kept of the unfinished command.
  var heldBytes: Int { lines.heldBytes + partBytes }

  /// Takes bytes of `input` from `index` on, up to the end of a command at most.
  mutating func next(_ input: RawSpan, at index: inout Int, in frame: FrameStamp) -> Message? {
    if literal > 0 {
      takeLiteral(input, at: &index, in: frame)
      return nil
    }
    guard let line = lines.next(input, at: &index, in: frame) else { return nil }
    if line.isBehindGap { isWhole = false }
    guard let announced = IMAPLiteral(endOf: line.bytes) else {
      add(IMAPPart(bytes: line.bytes, frame: line.frame, isLiteral: false))
      if line.isCut { cut() }
      defer { reset() }
      return Message(parts: parts, isWhole: isWhole, isCut: isCut, frame: line.frame)
    }
    add(IMAPPart(bytes: line.bytes.dropLast(announced.size), frame: line.frame, isLiteral: false))
    if line.isCut { cut() }
    literal = announced.length
    hasBegun = false
    isWaiting = announced.isSynchronizing && literal > 0
    if literal == 0 { add(IMAPPart(bytes: [], frame: frame, isLiteral: true)) }
    return nil
  }

  private mutating func takeLiteral(_ input: RawSpan, at index: inout Int, in frame: FrameStamp) {
    let taken = input.part(from: index, to: index + literal)
    index += taken.byteCount
    literal -= taken.byteCount
    isWaiting = false
    if !hasBegun {
      hasBegun = true
      add(IMAPPart(bytes: taken.copied(), frame: frame, isLiteral: true))
    } else if isWhole, !parts.isEmpty {
      guard partBytes + taken.byteCount <= IMAPCommandReader.sizeLimit else { return cut() }
      parts[parts.count - 1].bytes.append(span: taken)
      partBytes += taken.byteCount
    }
  }

  private mutating func add(_ part: IMAPPart) {
    guard isWhole else { return }
    guard parts.count < IMAPCommandReader.partLimit,
      partBytes + part.bytes.count <= IMAPCommandReader.sizeLimit
    else { return cut() }
    parts.append(part)
    partBytes += part.bytes.count
  }

  private mutating func cut() {
    isWhole = false
    isCut = true
  }

  /// The server has refused a command: if the client waited for leave to send a literal, it does not send it.
  mutating func refuse(tag: some Collection<UInt8>) {
    guard isWaiting, parts.first?.bytes.starts(with: tag) == true else { return }
    reset()
  }

  /// Bytes are missing.
  mutating func gap(of count: Int) {
    isWhole = false
    if literal > 0 {
      isWaiting = false
      literal = max(0, literal - count)
    } else {
      lines.gap()
    }
  }

  private mutating func reset() {
    parts = []
    partBytes = 0
    isWhole = true
    isCut = false
    literal = 0
    isWaiting = false
  }
}
