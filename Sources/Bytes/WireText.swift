/// How bytes from the wire become text in the database.
///
/// Valid UTF-8 is kept as it is. Every other byte *b*, and a NUL (which would end the text for many readers of SQLite),
/// becomes the private-use character U+EF00 + *b*; so do the bytes of a U+EF00...U+EFFF that was itself on the wire.
/// The mapping is therefore exact: replace each U+EFxx by the byte xx and the bytes received are back.
public enum WireText {
  /// The text for `bytes`.
  public static func text(_ bytes: RawSpan) -> String {
    if isPlain(bytes) {
      return unsafe bytes.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
    }
    return escaped(bytes.copied())
  }

  /// The text for `bytes`.
  public static func text(_ bytes: [UInt8]) -> String {
    text(bytes.bytes)
  }

  /// The bytes that `text` was made from.
  public static func bytes(_ text: String) -> [UInt8] {
    var result: [UInt8] = []
    for scalar in text.unicodeScalars {
      if scalar.value >> 8 == 0xef {
        result.append(UInt8(truncatingIfNeeded: scalar.value))
      } else {
        result.append(contentsOf: Array(String(scalar).utf8))
      }
    }
    return result
  }

  /// Whether all bytes are ASCII other than NUL, the usual case: then they are their own text.
  @inlinable
  public static func isPlain(_ bytes: RawSpan) -> Bool {
    var index = 0
    var flaws: UInt64 = 0
    while index < bytes.byteCount &- 8 {
      flaws |= ASCII.flaws(bytes.word(at: index))
      index &+= 8
    }
    // The last eight bytes, some of them perhaps once more; where there are fewer in all, a one behind each.
    guard bytes.byteCount < 8 else { return flaws | ASCII.flaws(bytes.word(at: bytes.byteCount &- 8)) == 0 }
    return ASCII.flaws(bytes.word(at: 0) | 0x0101_0101_0101_0101 << UInt64(8 &* bytes.byteCount)) == 0
  }

  private static func escaped(_ bytes: [UInt8]) -> String {
    var text = String.UnicodeScalarView()
    var index = 0
    while index < bytes.count {
      let (scalar, length) = decode(bytes, at: index)
      if let scalar, scalar.value != 0, scalar.value >> 8 != 0xef {
        text.append(scalar)
      } else {
        for byte in bytes[index..<(index + length)] {
          if let stand = Unicode.Scalar(0xef00 + UInt32(byte)) { text.append(stand) }
        }
      }
      index += length
    }
    return String(text)
  }

  /// The scalar whose UTF-8 form stands at `index` with its length, or nil and 1 where none does (RFC 3629).
  private static func decode(_ bytes: [UInt8], at index: Int) -> (Unicode.Scalar?, Int) {
    let first = bytes[index]
    let length: Int
    var value: UInt32
    switch first {
    case 0..<0x80: return (Unicode.Scalar(first), 1)
    case 0xc2...0xdf: (length, value) = (2, UInt32(first & 0x1f))
    case 0xe0...0xef: (length, value) = (3, UInt32(first & 0x0f))
    case 0xf0...0xf4: (length, value) = (4, UInt32(first & 0x07))
    default: return (nil, 1)
    }
    guard index + length <= bytes.count else { return (nil, 1) }
    for byte in bytes[(index + 1)..<(index + length)] {
      guard byte & 0xc0 == 0x80 else { return (nil, 1) }
      value = value << 6 | UInt32(byte & 0x3f)
    }
    let shortest: UInt32 = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000
    guard value >= shortest, let scalar = Unicode.Scalar(value) else { return (nil, 1) }
    return (scalar, length)
  }
}
