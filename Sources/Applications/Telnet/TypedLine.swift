/// Puts together what is typed up to the end of a line, the way a terminal's driver does (termios(3), canonical mode):
/// corrections are applied, and no control characters are left.
struct TypedLine {
  /// Bytes kept of one line; longer ones are no user name and no password.
  static let limit = 512

  static let backspace: UInt8 = 0x08
  static let delete: UInt8 = 0x7f
  static let interrupt: UInt8 = 0x03
  /// Control-U.
  static let kill: UInt8 = 0x15
  /// Control-W.
  static let eraseWord: UInt8 = 0x17

  /// A line that was ended.
  struct Line {
    let bytes: [UInt8]
    /// The frame of its first byte.
    let frame: FrameStamp
    /// Whether bytes are missing, or were dropped behind `limit`.
    let isDamaged: Bool
  }

  private(set) var bytes: [UInt8] = []
  private var frame: FrameStamp?
  private var isDamaged = false
  private var isBehindReturn = false
  private var escape = EscapeSequence()

  /// Whether nothing has been typed since the last line.
  var isUntouched: Bool { frame == nil && !isDamaged }

  /// Whether `byte` would begin a line, and is not the second half of the end of the one before.
  func begins(with byte: UInt8) -> Bool {
    isUntouched && !(isBehindReturn && (byte == 0x0a || byte == 0))
  }

  /// Takes the next byte; the line that it ends, if it does.
  mutating func append(_ byte: UInt8, in frame: FrameStamp) -> Line? {
    let isSecondHalf = isBehindReturn && (byte == 0x0a || byte == 0)
    isBehindReturn = byte == 0x0d
    guard !isSecondHalf else { return nil }
    if self.frame == nil { self.frame = frame }
    guard !escape.takes(byte) else { return nil }
    switch byte {
    case 0x0d, 0x0a: return end(frame)
    case TypedLine.backspace, TypedLine.delete: eraseCharacter()
    case TypedLine.kill, TypedLine.interrupt: bytes = []
    case TypedLine.eraseWord:
      while bytes.last == 0x20 { bytes.removeLast() }
      while let last = bytes.last, last != 0x20 { bytes.removeLast() }
    case 0..<0x20 where byte != 0x09: break
    default: if bytes.count < TypedLine.limit { bytes.append(byte) } else { isDamaged = true }
    }
    return nil
  }

  /// Bytes are missing: the line that is being typed lacks some.
  mutating func skip() {
    isDamaged = true
    isBehindReturn = false
    escape = EscapeSequence()
  }

  private mutating func end(_ frame: FrameStamp) -> Line {
    defer {
      bytes = []
      self.frame = nil
      isDamaged = false
    }
    return Line(bytes: bytes, frame: self.frame ?? frame, isDamaged: isDamaged)
  }

  /// In UTF-8 a character may have several bytes.
  private mutating func eraseCharacter() {
    while let last = bytes.popLast(), last & 0xc0 == 0x80 {}
  }
}
