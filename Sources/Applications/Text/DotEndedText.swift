import Bytes

/// Passes over a text of many lines that a line of a single dot ends (RFC 5321, section 4.5.2; RFC 1939, section 3;
/// RFC 3977, section 3.1.1): a message, an article, a list.
struct DotEndedText {
  private enum Place {
    case lineStart
    case dot
    case dotReturn
    case line
  }

  private var place = Place.lineStart
  private var endsInReturn = false
  private let isStrict: Bool
  /// Whether bytes are missing, so that its end may be among them.
  private(set) var hasGap = false
  /// Whether any byte of it has come.
  private(set) var hasBegun = false

  /// A text that begins here. `isStrict` says whether only CR LF ends a line, as between mail servers, where a bare LF
  /// would let a message pass its own lines off as commands.
  init(isStrict: Bool) {
    self.isStrict = isStrict
  }

  /// Moves `index` behind the text, or behind `input` where the text goes on; whether it has ended.
  mutating func skip(_ input: RawSpan, at index: inout Int) -> Bool {
    hasBegun = true
    while let byte = input.u8(at: index) {
      switch place {
      case .lineStart:
        guard byte == UInt8(ascii: ".") else {
          (place, endsInReturn) = (.line, false)
          continue
        }
        place = .dot
        index += 1
      case .dot where byte == 0x0d:
        place = .dotReturn
        index += 1
      case .dot where byte == 0x0a && !isStrict, .dotReturn where byte == 0x0a:
        index += 1
        return true
      case .dot: (place, endsInReturn) = (.line, false)
      case .dotReturn: (place, endsInReturn) = (.line, true)
      case .line: skipLine(input, at: &index)
      }
    }
    return false
  }

  private mutating func skipLine(_ input: RawSpan, at index: inout Int) {
    guard let end = input.firstIndex(of: 0x0a, from: index) else {
      endsInReturn = input.u8(at: input.byteCount - 1) == 0x0d
      index = input.byteCount
      return
    }
    let isWhole = end > index ? input.u8(at: end - 1) == 0x0d : endsInReturn
    place = isWhole || !isStrict ? .lineStart : .line
    endsInReturn = false
    index = end + 1
  }

  /// Bytes are missing.
  mutating func gap() {
    (place, endsInReturn, hasGap) = (.line, false, true)
  }
}
