import Bytes

/// What probes of text protocols look for.
enum TextProbe {
  /// Lines that `hasLine` looks at.
  static let lineLimit = 8
  /// Letters of the longest word that `word` returns.
  static let wordLimit = 16

  /// The word of letters and digits at `offset`, in capitals, and whether a blank or the line's end follows it; nil where
  /// something else stands there.
  static func word(_ bytes: RawSpan, at offset: Int = 0) -> (name: String, isWhole: Bool)? {
    var name = ""
    var index = offset
    while let byte = bytes.u8(at: index) {
      if byte == 0x20 || byte == 0x0d || byte == 0x0a { return name.isEmpty ? nil : (name, true) }
      let isLetter = (0x41...0x5a).contains(byte & 0xdf)
      guard isLetter || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "-"), name.utf8.count < wordLimit else {
        return nil
      }
      name.unicodeScalars.append(Unicode.Scalar(isLetter ? byte & 0xdf : byte))
      index += 1
    }
    return (name, false)
  }

  /// The first line, if its end is there and it has nothing but printable characters, tabs and bytes beyond ASCII.
  @_lifetime(copy bytes)
  static func firstLine(_ bytes: RawSpan) -> RawSpan? {
    guard let end = bytes.firstIndex(of: 0x0a), isText(bytes.part(from: 0, to: end)) else { return nil }
    return bytes.part(from: 0, to: end)
  }

  /// Whether there is no control character but tabs and carriage returns.
  static func isText(_ bytes: RawSpan) -> Bool {
    for index in 0..<bytes.byteCount {
      guard let byte = bytes.u8(at: index), byte >= 0x20 && byte != 0x7f || byte == 0x09 || byte == 0x0d else {
        return false
      }
    }
    return true
  }

  /// Whether one of the first lines passes `test`, which is shown the bytes from the line's first to the last of all.
  static func hasLine(_ bytes: RawSpan, _ test: (RawSpan) -> Bool) -> Bool {
    var start = 0
    for _ in 0..<lineLimit where start < bytes.byteCount {
      if test(bytes.part(from: start)) { return true }
      guard let end = bytes.firstIndex(of: 0x0a, from: start) else { return false }
      start = end + 1
    }
    return false
  }

  /// Whether `word`, in capitals, stands in `line`, in any case.
  static func contains(_ line: RawSpan, _ word: StaticString) -> Bool {
    (0..<line.byteCount).contains { starts(line, with: word, at: $0) }
  }

  /// Whether `text`, in capitals, stands at `offset`, in any case.
  static func starts(_ bytes: RawSpan, with text: StaticString, at offset: Int = 0) -> Bool {
    let count = text.utf8CodeUnitCount
    guard offset >= 0, offset + count <= bytes.byteCount else { return false }
    return text.withUTF8Buffer { wanted in
      (0..<count).allSatisfy { index in
        guard let byte = bytes.u8(at: offset + index) else { return false }
        let isLower = (0x61...0x7a).contains(byte)
        return unsafe (isLower ? byte & 0xdf : byte) == wanted[index]
      }
    }
  }
}
