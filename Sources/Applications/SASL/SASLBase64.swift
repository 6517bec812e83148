/// Base64 as SASL's text protocols use it (RFC 4648, section 4), strictly: a line that is something else must not be
/// taken for a message.
enum SASLBase64 {
  /// The bytes that `text` stands for; nil where it holds anything but whole base64. Padding may be left off.
  static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
    let padding = text.reversed().prefix { $0 == UInt8(ascii: "=") }.count
    let digits = text.count - padding
    guard padding <= 2, digits % 4 != 1, padding == 0 || text.count % 4 == 0 else { return nil }
    var result: [UInt8] = []
    result.reserveCapacity(digits / 4 * 3 + 2)
    var (bits, count): (UInt32, UInt32) = (0, 0)
    for byte in text.prefix(digits) {
      guard let value = value(byte) else { return nil }
      bits = (bits << 6 | value) & 0xfff
      count += 6
      if count >= 8 {
        count -= 8
        result.append(UInt8(truncatingIfNeeded: bits >> count))
      }
    }
    return result
  }

  private static func value(_ digit: UInt8) -> UInt32? {
    switch digit {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(digit - 0x41)
    case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(digit - 0x61 + 26)
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(digit - 0x30 + 52)
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}
