import Bytes

/// A tag of an XML stream with the text in front of it.
struct XMLTag {
  /// Which of the three it is.
  enum Kind {
    case start, end, empty
  }

  let kind: Kind
  /// Its name without a prefix.
  let name: String
  /// What stands between the name and the end.
  let attributes: [UInt8]
  /// The text between the tag before and this one, as sent, up to `XMLTagReader.textLimit`.
  let text: [UInt8]
  /// The frame of its first byte.
  let frame: FrameStamp

  /// The tag in `bytes`, which are what stands between `<` and `>`; nil where that is none.
  init?(_ bytes: [UInt8], text: [UInt8], frame: FrameStamp) {
    var inner = bytes[...]
    if inner.first == UInt8(ascii: "/") {
      kind = .end
      inner.removeFirst()
    } else if inner.last == UInt8(ascii: "/") {
      kind = .empty
      inner.removeLast()
    } else {
      kind = .start
    }
    let full = inner.prefix { $0 > 0x20 }
    let name = full.firstIndex(of: UInt8(ascii: ":")).map { full[($0 + 1)...] } ?? full
    guard !name.isEmpty else { return nil }
    self.name = WireText.text(Array(name))
    attributes = Array(inner[full.endIndex...])
    self.text = text
    self.frame = frame
  }

  /// The value of the attribute `name`; nil where there is none.
  func attribute(_ name: String) -> [UInt8]? {
    var rest = attributes[...]
    while let equals = rest.firstIndex(of: UInt8(ascii: "=")) {
      let found = rest[..<equals].filter { $0 > 0x20 }
      rest = rest[(equals + 1)...].drop { $0 <= 0x20 }
      guard let quote = rest.popFirst(), quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\""),
        let end = rest.firstIndex(of: quote)
      else { return nil }
      if found.elementsEqual(name.utf8) { return Array(rest[..<end]) }
      rest = rest[(end + 1)...]
    }
    return nil
  }

  /// `text` with the references that XML knows by itself put back (XML 1.0, sections 4.1 and 4.6).
  static func unescaped(_ text: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var rest = text[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "&"), let end = rest.prefix(12).firstIndex(of: UInt8(ascii: ";")),
        let character = character(String(decoding: rest[..<end], as: UTF8.self))
      else {
        result.append(byte)
        continue
      }
      result += Array(String(character).utf8)
      rest = rest[(end + 1)...]
    }
    return result
  }

  private static func character(_ reference: String) -> Character? {
    switch reference {
    case "lt": return "<"
    case "gt": return ">"
    case "amp": return "&"
    case "quot": return "\""
    case "apos": return "'"
    default: break
    }
    guard reference.hasPrefix("#") else { return nil }
    let digits = reference.dropFirst()
    let code = digits.hasPrefix("x") ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
    return code.flatMap(Unicode.Scalar.init).map(Character.init)
  }
}
