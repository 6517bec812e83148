import Bytes

/// Redis' inline commands: words on a line, which may be quoted (`sdssplitargs` in Redis' sources).
enum RESPInline {
  /// The words of `line`; nil where a quotation does not end.
  static func words(_ line: [UInt8]) -> [[UInt8]]? {
    var words: [[UInt8]] = []
    var word: [UInt8]?
    var quote: UInt8?
    var index = 0
    while index < line.count {
      let byte = line[index]
      index += 1
      if let open = quote {
        if byte == open {
          quote = nil
        } else if byte == UInt8(ascii: "\\"), index < line.count, open == UInt8(ascii: "\"") {
          word?.append(escaped(line, &index))
        } else if byte == UInt8(ascii: "\\"), index < line.count, line[index] == open {
          word?.append(open)
          index += 1
        } else {
          word?.append(byte)
        }
      } else if byte == 0x20 || (0x09...0x0d).contains(byte) {
        if let word { words.append(word) }
        word = nil
      } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'"), word == nil {
        (word, quote) = ([], byte)
      } else {
        word = (word ?? []) + [byte]
      }
    }
    guard quote == nil else { return nil }
    return word.map { words + [$0] } ?? words
  }

  /// The byte for what follows a backslash at `index`: `\n`, `\x41`, or the character itself.
  private static func escaped(_ line: [UInt8], _ index: inout Int) -> UInt8 {
    let byte = line[index]
    index += 1
    switch byte {
    case UInt8(ascii: "n"): return 0x0a
    case UInt8(ascii: "r"): return 0x0d
    case UInt8(ascii: "t"): return 0x09
    case UInt8(ascii: "b"): return 0x08
    case UInt8(ascii: "a"): return 0x07
    case UInt8(ascii: "x"):
      let digits = String(decoding: line[index...].prefix(2), as: UTF8.self)
      guard digits.utf8.count == 2, !digits.hasPrefix("+"), let value = UInt8(digits, radix: 16) else { return byte }
      index += 2
      return value
    default: return byte
    }
  }
}
