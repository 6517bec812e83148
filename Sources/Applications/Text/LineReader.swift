import Bytes

/// Puts the lines of one direction together: up to a line feed, the carriage return before it left off.
struct LineReader {
  /// Bytes kept of one line. The longest that matters is an AUTH command with its initial response: RFC 4954, section
  /// 4.5, allows 12,288.
  static let limit = 16_384
  /// Last bytes of a longer line that are kept all the same: what IMAP says of a literal stands there.
  static let tailSize = 32

  private var bytes: [UInt8] = []
  private var frame: FrameStamp?
  private var isCut = false
  private var isBehindGap = false

  /// Bytes kept of the unfinished line.
  var heldBytes: Int { bytes.count }

  /// Takes bytes of `input` from `index` up to the next line feed, and moves `index` behind them; the line that the line
  /// feed ends, or nil where there is none.
  mutating func next(_ input: RawSpan, at index: inout Int, in frame: FrameStamp) -> TextLine? {
    guard index < input.byteCount else { return nil }
    if self.frame == nil { self.frame = frame }
    guard let end = input.firstIndex(of: 0x0a, from: index) else {
      append(input.part(from: index))
      index = input.byteCount
      return nil
    }
    append(input.part(from: index, to: end))
    index = end + 1
    return self.end()
  }

  /// The line so far, though no line feed has come; nil where there is nothing.
  mutating func end() -> TextLine? {
    guard let frame else { return nil }
    if bytes.last == 0x0d { bytes.removeLast() }
    shorten(to: LineReader.limit)
    let line = TextLine(bytes: bytes, frame: frame, isCut: isCut, isBehindGap: isBehindGap)
    self = LineReader()
    return line
  }

  /// Bytes are missing: the unfinished line is dropped, and the next one says that it is behind a gap.
  mutating func gap() {
    self = LineReader()
    isBehindGap = true
  }

  private mutating func append(_ part: RawSpan) {
    bytes.append(span: part)
    // One more than the limit, for a carriage return that is not of the line.
    shorten(to: LineReader.limit + 1)
  }

  private mutating func shorten(to limit: Int) {
    guard bytes.count > limit else { return }
    bytes.removeSubrange((limit - LineReader.tailSize)..<(bytes.count - LineReader.tailSize))
    isCut = true
  }
}
