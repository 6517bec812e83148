import Bytes

/// Words in other character sets within a field (RFC 2047): `=?utf-8?Q?gr=C3=BC=C3=9Fe?=`.
enum MIMEEncodedWords {
  /// A coded word, its coding undone.
  private struct Word {
    let charset: [UInt8]
    var bytes: [UInt8]
    /// As sent, in case the character set is not known.
    var source: ArraySlice<UInt8>
  }

  private static let equals = UInt8(ascii: "=")
  private static let question = UInt8(ascii: "?")

  /// `field` as UTF-8. What is in no character set that is known stays as it is.
  static func decode(_ field: [UInt8]) -> [UInt8] {
    guard field.contains(question) else { return field }
    var result: [UInt8] = []
    var last: Word?
    var blanks: [UInt8] = []
    var index = 0
    while index < field.count {
      if let (word, end) = word(field, at: index) {
        if let previous = last {
          // Blanks between two coded words are none of the text; a character may be cut in two.
          if previous.charset == word.charset {
            last?.bytes += word.bytes
            last?.source = field[previous.source.startIndex..<end]
          } else {
            result += text(previous)
            last = word
          }
        } else {
          result += blanks
          last = word
        }
        blanks = []
        index = end
      } else if field[index] == 0x20 || field[index] == 0x09 {
        blanks.append(field[index])
        index += 1
      } else {
        if let previous = last { result += text(previous) }
        last = nil
        result += blanks
        blanks = []
        result.append(field[index])
        index += 1
      }
    }
    if let previous = last { result += text(previous) }
    return result + blanks
  }

  private static func text(_ word: Word) -> [UInt8] {
    MailCharset.utf8(word.bytes, charset: word.charset) ?? Array(word.source)
  }

  /// The coded word at `start` and where it ends; nil: none.
  private static func word(_ field: [UInt8], at start: Int) -> (Word, Int)? {
    guard field[start] == equals, start + 1 < field.count, field[start + 1] == question else { return nil }
    guard let first = field[(start + 2)...].firstIndex(of: question), first > start + 2, first + 2 < field.count,
      field[first + 2] == question
    else { return nil }
    let body = first + 3
    guard let end = field[body...].firstIndex(of: question), end + 1 < field.count, field[end + 1] == equals else {
      return nil
    }
    let text = field[body..<end]
    guard !text.contains(where: { $0 <= 0x20 }) || field[first + 1] & 0xdf == UInt8(ascii: "Q") else { return nil }
    // A language may follow the character set (RFC 2231, section 5).
    let charset = Array(
      field[(start + 2)..<first].prefix { $0 != UInt8(ascii: "*") }.map { $0 &- 0x61 < 26 ? $0 & 0xdf : $0 })
    guard let bytes = decoded(Array(text), field[first + 1] & 0xdf) else { return nil }
    return (Word(charset: charset, bytes: bytes, source: field[start..<(end + 2)]), end + 2)
  }

  /// What `text` stands for in the coding `letter`; nil: there is no such coding.
  private static func decoded(_ text: [UInt8], _ letter: UInt8) -> [UInt8]? {
    var result: [UInt8] = []
    switch letter {
    case UInt8(ascii: "B"):
      var decoder = MIMEBase64()
      decoder.decode(text.bytes, into: &result)
    case UInt8(ascii: "Q"):
      // Like quoted-printable, but for the blank. One at the end belongs to the word: what follows it here does not.
      let quoted = text.map { $0 == UInt8(ascii: "_") ? 0x20 : $0 } + [equals]
      var decoder = MIMEContent(.quotedPrintable)
      decoder.decode(quoted.bytes, end: nil, into: &result)
    default: return nil
    }
    return result
  }
}
