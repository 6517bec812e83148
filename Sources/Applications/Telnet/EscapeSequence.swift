/// Recognises a terminal's escape sequences (ECMA-48): colours in what is shown, cursor keys in what is typed.
///
/// ```
/// sequence = ESC *( 20-2F ) 30-7E / ESC "[" *( 20-3F ) 40-7E / ESC "]" text ( BEL / ESC "\" )
/// ```
struct EscapeSequence {
  /// Bytes of the longest sequence that is passed over: a window's title.
  static let limit = 256

  private enum State {
    case text
    case escape
    case control
    case command
  }

  private var state = State.text
  private var count = 0

  /// Whether the next byte belongs to a sequence.
  mutating func takes(_ byte: UInt8) -> Bool {
    count = state == .text ? 0 : count + 1
    if count > EscapeSequence.limit { state = .text }
    switch state {
    case .text:
      if byte == 0x1b { state = .escape }
      return byte == 0x1b
    case .escape:
      switch byte {
      case UInt8(ascii: "["): state = .control
      case UInt8(ascii: "]"): state = .command
      case 0x1b, 0x20...0x2f: break
      case 0x30...0x7e: state = .text
      default: return leave()
      }
    case .control:
      switch byte {
      case 0x20...0x3f: break
      case 0x40...0x7e: state = .text
      case 0x1b: state = .escape
      default: return leave()
      }
    case .command:
      if byte == 0x07 { state = .text }
      if byte == 0x1b { state = .escape }
    }
    return true
  }

  /// A control character ends an unfinished sequence, and counts.
  private mutating func leave() -> Bool {
    state = .text
    return false
  }
}
