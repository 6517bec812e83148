import Bytes

/// Reads a JSON text (RFC 8259) strictly, and takes the members of its objects whose value is a text or a number.
///
/// What is no JSON gives nothing. Nesting deeper than `HTTP1Limits.jsonDepth`, and fields behind the first
/// `HTTP1Limits.formFields`, end the reading; what was found before stays.
struct JSONFields {
  private enum Stop: Error {
    /// The text is none of JSON's.
    case malformed
    /// It goes on where the bytes end.
    case cut
    /// Enough was read.
    case limit
  }

  /// The fields in `text`.
  ///
  /// - Parameter isWhole: false where `text` ends too early.
  static func fields(_ text: [UInt8], isWhole: Bool) -> [HTMLForm.Field] {
    var reader = JSONFields(text)
    do throws(Stop) {
      if text.starts(with: [0xef, 0xbb, 0xbf]) { reader.index = 3 }
      try reader.value(named: nil, in: 0, depth: 0)
      reader.skipBlanks()
      return reader.index == text.count ? reader.fields : []
    } catch {
      switch error {
      case .malformed: return []
      case .cut: return isWhole ? [] : reader.fields
      case .limit: return reader.fields
      }
    }
  }

  private let text: [UInt8]
  private var index = 0
  private var objects = 0
  private var fields: [HTMLForm.Field] = []

  private init(_ text: [UInt8]) { self.text = text }

  private mutating func skipBlanks() {
    while index < text.count, text[index] == 0x20 || text[index] &- 0x09 < 2 || text[index] == 0x0d { index += 1 }
  }

  /// The next byte that is no blank, which is not taken.
  private mutating func peek() throws(Stop) -> UInt8 {
    skipBlanks()
    guard index < text.count else { throw .cut }
    return text[index]
  }

  private mutating func take(_ byte: UInt8) throws(Stop) {
    guard try peek() == byte else { throw .malformed }
    index += 1
  }

  private mutating func value(named name: Range<Int>?, in object: Int, depth: Int) throws(Stop) {
    guard depth <= HTTP1Limits.jsonDepth else { throw .limit }
    switch try peek() {
    case UInt8(ascii: "{"): try members(depth: depth)
    case UInt8(ascii: "["): try elements(depth: depth)
    case UInt8(ascii: "\""): try keep(string(), named: name, in: object)
    case UInt8(ascii: "t"): try literal("true")
    case UInt8(ascii: "f"): try literal("false")
    case UInt8(ascii: "n"): try literal("null")
    default: try keep(number(), named: name, in: object)
    }
  }

  private mutating func members(depth: Int) throws(Stop) {
    objects += 1
    let object = objects
    try take(UInt8(ascii: "{"))
    if try peek() == UInt8(ascii: "}") {
      index += 1
      return
    }
    while true {
      guard try peek() == UInt8(ascii: "\"") else { throw .malformed }
      let name = try string()
      try take(UInt8(ascii: ":"))
      try value(named: name, in: object, depth: depth + 1)
      guard try peek() == UInt8(ascii: ",") else { return try take(UInt8(ascii: "}")) }
      index += 1
    }
  }

  private mutating func elements(depth: Int) throws(Stop) {
    try take(UInt8(ascii: "["))
    if try peek() == UInt8(ascii: "]") {
      index += 1
      return
    }
    while true {
      try value(named: nil, in: 0, depth: depth + 1)
      guard try peek() == UInt8(ascii: ",") else { return try take(UInt8(ascii: "]")) }
      index += 1
    }
  }

  private mutating func literal(_ word: StaticString) throws(Stop) {
    let end = index + word.utf8CodeUnitCount
    guard text.bytes.starts(with: word, at: index) else { throw end > text.count ? .cut : .malformed }
    index = end
  }

  /// The place of a number. At the end of the bytes more digits may be missing, which only an object's end rules out.
  private mutating func number() throws(Stop) -> Range<Int> {
    let start = index
    while index < text.count, text[index] &- 0x30 < 10 || "+-.eE".utf8.contains(text[index]) { index += 1 }
    guard index > start, text[start] != UInt8(ascii: "+"), text[start] != UInt8(ascii: ".") else { throw .malformed }
    return start..<index
  }

  /// The place of the text between the quotes.
  private mutating func string() throws(Stop) -> Range<Int> {
    let start = index + 1
    index = start
    while index < text.count {
      switch text[index] {
      case UInt8(ascii: "\""):
        index += 1
        return start..<(index - 1)
      case UInt8(ascii: "\\"): index += 2
      case 0..<0x20: throw .malformed
      default: index += 1
      }
    }
    throw .cut
  }

  private mutating func keep(_ value: Range<Int>, named name: Range<Int>?, in object: Int) throws(Stop) {
    guard let name else { return }
    guard index < text.count || object == 0 else { throw .cut }
    guard fields.count < HTTP1Limits.formFields else { throw .limit }
    let field = HTMLForm.Field(name: HTMLFormFieldName(try decoded(name)), value: try decoded(value), object: object)
    if field.isPassword || field.usernameRank != nil { fields.append(field) }
  }

  /// The bytes in `range` with escapes (RFC 8259, section 7) undone.
  private func decoded(_ range: Range<Int>) throws(Stop) -> [UInt8] {
    guard text[range].contains(UInt8(ascii: "\\")) else { return Array(text[range]) }
    var result: [UInt8] = []
    var index = range.lowerBound
    while index < range.upperBound {
      guard text[index] == UInt8(ascii: "\\"), index + 1 < range.upperBound else {
        result.append(text[index])
        index += 1
        continue
      }
      let escape = text[index + 1]
      index += 2
      switch escape {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): result.append(escape)
      case UInt8(ascii: "b"): result.append(0x08)
      case UInt8(ascii: "f"): result.append(0x0c)
      case UInt8(ascii: "n"): result.append(0x0a)
      case UInt8(ascii: "r"): result.append(0x0d)
      case UInt8(ascii: "t"): result.append(0x09)
      case UInt8(ascii: "u"): result += try utf16(&index, before: range.upperBound)
      default: throw .malformed
      }
    }
    return result
  }

  /// The character of a `\uXXXX`, whose digits begin at `index`, or of two that are a surrogate pair; U+FFFD for half a pair.
  private func utf16(_ index: inout Int, before end: Int) throws(Stop) -> [UInt8] {
    var units = [try unit(at: index, before: end)]
    index += 4
    if UTF16.isLeadSurrogate(units[0]), text.bytes.starts(with: "\\u", at: index) {
      let second = try unit(at: index + 2, before: end)
      if UTF16.isTrailSurrogate(second) {
        units.append(second)
        index += 6
      }
    }
    return Array(String(decoding: units, as: UTF16.self).utf8)
  }

  private func unit(at index: Int, before end: Int) throws(Stop) -> UInt16 {
    guard index + 4 <= end else { throw .malformed }
    var value: UInt16 = 0
    for place in index..<(index + 4) {
      guard let digit = HTTP1Bytes.digit(text[place]) else { throw .malformed }
      value = value << 4 | UInt16(digit)
    }
    return value
  }
}
