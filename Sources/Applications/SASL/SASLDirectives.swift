import Bytes

/// Reads lists of `name=value` and `name="value"` with commas between them, as DIGEST-MD5 has them (RFC 2831, section
/// 7.1).
enum SASLDirectives {
  /// Directives that are read; RFC 2831 has 13.
  static let limit = 32

  /// The values by name in small letters, the first where a name comes twice.
  static func values(_ text: [UInt8]) -> [String: [UInt8]] {
    var values: [String: [UInt8]] = [:]
    var rest = text[...]
    for _ in 0..<limit {
      rest = rest.drop { $0 == 0x20 || $0 == 0x09 || $0 == UInt8(ascii: ",") }
      guard let equals = rest.firstIndex(of: UInt8(ascii: "=")) else { break }
      let name = WireText.text(Array(rest[..<equals])).lowercased()
      rest = rest[(equals + 1)...]
      let value = takeValue(&rest)
      if values[name] == nil { values[name] = value }
    }
    return values
  }

  private static func takeValue(_ rest: inout ArraySlice<UInt8>) -> [UInt8] {
    guard rest.first == UInt8(ascii: "\"") else {
      let value = rest.prefix { $0 != UInt8(ascii: ",") }
      rest = rest[value.endIndex...]
      return Array(value)
    }
    rest.removeFirst()
    var value: [UInt8] = []
    while let byte = rest.popFirst(), byte != UInt8(ascii: "\"") {
      if byte == UInt8(ascii: "\\"), let escaped = rest.popFirst() { value.append(escaped) } else { value.append(byte) }
    }
    return value
  }
}
