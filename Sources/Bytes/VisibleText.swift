/// Text from the wire as it can be shown to a person.
public enum VisibleText {
  /// `text` with control characters (C0, DEL, C1), line and paragraph separators and the characters that reorder text as
  /// visible escapes, and bytes that were not valid UTF-8 on the wire as `\xNN`.
  public static func escaping(_ text: String) -> String {
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7f }) { return text }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x09: result.append(contentsOf: "\\t".unicodeScalars)
      case 0x0a: result.append(contentsOf: "\\n".unicodeScalars)
      case 0x0d: result.append(contentsOf: "\\r".unicodeScalars)
      case 0..<0x20, 0x7f..<0xa0: result.append(contentsOf: escape(byte: scalar.value).unicodeScalars)
      case 0xef00...0xefff: result.append(contentsOf: escape(byte: scalar.value & 0xff).unicodeScalars)
      case 0x061c, 0x200e, 0x200f, 0x2028...0x202e, 0x2066...0x2069, 0xfeff:
        result.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".unicodeScalars)
      default: result.append(scalar)
      }
    }
    return String(result)
  }

  private static func escape(byte: UInt32) -> String {
    let digits = String(byte, radix: 16)
    return "\\x" + (digits.count < 2 ? "0" : "") + digits
  }
}
