/// A word of a client's command (RFC 9051, section 9: atom, quoted string or literal).
struct IMAPToken {
  /// Words of a command that are read: LOGIN has four.
  static let limit = 5

  /// What it stands for: escapes and quotes undone.
  let bytes: [UInt8]
  /// The frame of its part's first byte.
  let frame: FrameStamp

  /// The first words of a command; nil where a quoted string has no end.
  static func words(of parts: [IMAPPart]) -> [IMAPToken]? {
    var tokens: [IMAPToken] = []
    for part in parts {
      if part.isLiteral {
        tokens.append(IMAPToken(bytes: part.bytes, frame: part.frame))
        continue
      }
      var rest = part.bytes[...]
      while tokens.count < limit {
        rest = rest.drop { $0 == 0x20 }
        guard let first = rest.first else { break }
        if first == UInt8(ascii: "\"") {
          guard let text = quoted(&rest) else { return nil }
          tokens.append(IMAPToken(bytes: text, frame: part.frame))
        } else {
          let atom = rest.prefix { $0 != 0x20 }
          rest = rest[atom.endIndex...]
          tokens.append(IMAPToken(bytes: Array(atom), frame: part.frame))
        }
      }
    }
    return tokens
  }

  /// Takes a string in quotes, in which a backslash stands before a quote or backslash.
  private static func quoted(_ rest: inout ArraySlice<UInt8>) -> [UInt8]? {
    rest.removeFirst()
    var text: [UInt8] = []
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "\"") { return text }
      if byte == UInt8(ascii: "\\") {
        guard let escaped = rest.popFirst() else { return nil }
        text.append(escaped)
      } else {
        text.append(byte)
      }
    }
    return nil
  }
}
