import Bytes

/// Cuts one direction of an XML stream into tags. Declarations and CDATA sections are passed over; comments there are
/// none (RFC 6120, section 11.1).
struct XMLTagReader {
  /// Bytes kept of a tag; a longer one is passed over.
  static let tagLimit = 4096
  /// Bytes kept of a text: of base64 a login's longest, see `LineReader.limit`.
  static let textLimit = 16_384

  private enum Stage {
    case text, tag, section
    /// Up to the next tag, behind a gap.
    case lost
  }

  private var stage = Stage.text
  private var text: [UInt8] = []
  private var tag: [UInt8] = []
  private var frame: FrameStamp?
  /// The quotation mark that an attribute's value began with.
  private var quote: UInt8 = 0
  /// The last bytes of a section: `]]`.
  private var brackets = 0

  /// Bytes kept of the unfinished tag and the text before it.
  var heldBytes: Int { text.count + tag.count }

  /// Takes bytes of `input` from `index` up to the end of the next tag, and moves `index` behind them; nil where there is
  /// none.
  mutating func next(_ input: RawSpan, at index: inout Int, in frame: FrameStamp) -> XMLTag? {
    while let byte = input.u8(at: index) {
      index += 1
      switch stage {
      case .text: takeText(byte, frame)
      case .lost:
        if byte == UInt8(ascii: "<") { begin(frame) }
      case .section:
        if byte == UInt8(ascii: ">"), brackets >= 2 { stage = .text }
        brackets = byte == UInt8(ascii: "]") ? brackets + 1 : 0
      case .tag:
        if let found = takeTag(byte) { return found }
      }
    }
    return nil
  }

  /// Bytes are missing.
  mutating func gap() {
    self = XMLTagReader()
    stage = .lost
  }

  private mutating func begin(_ frame: FrameStamp) {
    stage = .tag
    tag.removeAll(keepingCapacity: true)
    quote = 0
    self.frame = frame
  }

  private mutating func takeText(_ byte: UInt8, _ frame: FrameStamp) {
    if byte == UInt8(ascii: "<") { return begin(frame) }
    if text.count < XMLTagReader.textLimit { text.append(byte) }
  }

  private mutating func takeTag(_ byte: UInt8) -> XMLTag? {
    if quote != 0 {
      if byte == quote { quote = 0 }
    } else if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
      quote = byte
    } else if byte == UInt8(ascii: ">") {
      return end()
    }
    if tag.count <= XMLTagReader.tagLimit { tag.append(byte) }
    if tag.count == 8, tag == Array("![CDATA[".utf8) {
      (stage, brackets) = (.section, 0)
    }
    return nil
  }

  private mutating func end() -> XMLTag? {
    stage = .text
    defer { text.removeAll(keepingCapacity: true) }
    guard let frame, tag.count <= XMLTagReader.tagLimit, let first = tag.first, first != UInt8(ascii: "?"),
      first != UInt8(ascii: "!")
    else { return nil }
    return XMLTag(tag, text: text, frame: frame)
  }
}
