import Bytes

/// Bytes from the wire and ASCII text between them, put together before the whole becomes text by `WireText`'s rule.
struct DNSText: Sendable {
  private(set) var bytes: [UInt8] = []

  /// Room for the names and data of most messages.
  init() {
    bytes.reserveCapacity(240)
  }

  var count: Int { bytes.count }

  /// Drops everything behind the first `count` bytes.
  mutating func cut(to count: Int) {
    if count < bytes.count { bytes.removeLast(bytes.count - Swift.max(0, count)) }
  }

  mutating func append(byte: UInt8) {
    bytes.append(byte)
  }

  mutating func append(_ text: String) {
    bytes.append(contentsOf: text.utf8)
  }

  mutating func append(_ span: RawSpan) {
    bytes.append(span: span)
  }

  mutating func space() {
    bytes.append(0x20)
  }

  mutating func append(decimal value: some FixedWidthInteger) {
    append(digits: UInt64(clamping: value))
  }

  private mutating func append(digits value: UInt64) {
    if value >= 10 { append(digits: value / 10) }
    bytes.append(UInt8(truncatingIfNeeded: 48 &+ value % 10))
  }

  /// Decimal with leading zeros, at least `width` digits.
  mutating func append(decimal value: Int, width: Int) {
    var bound = 10
    for _ in 1..<Swift.max(2, width) {
      if value < bound { bytes.append(48) }
      bound *= 10
    }
    append(decimal: value)
  }

  /// The bytes as they are, with a backslash before quotes and backslashes, between quotes (RFC 1035, section 5.1).
  mutating func append(quoted span: RawSpan) {
    bytes.append(0x22)
    for index in 0..<span.byteCount {
      guard let byte = span.u8(at: index) else { break }
      if byte == 0x22 || byte == 0x5c { bytes.append(0x5c) }
      bytes.append(byte)
    }
    bytes.append(0x22)
  }

  /// Lower-case hexadecimal without blanks.
  mutating func append(hexadecimal span: RawSpan) {
    for index in 0..<span.byteCount {
      guard let byte = span.u8(at: index) else { break }
      append(hexadecimal: byte)
    }
  }

  mutating func append(hexadecimal byte: UInt8) {
    bytes.append(hexDigit(byte >> 4))
    bytes.append(hexDigit(byte))
  }

  /// Base64 with padding (RFC 4648, section 4).
  mutating func append(base64 span: RawSpan) {
    var index = 0
    while index < span.byteCount {
      let left = Swift.min(3, span.byteCount - index)
      var group: UInt32 = 0
      for offset in 0..<3 { group = group << 8 | UInt32(span.u8(at: index + offset) ?? 0) }
      for position in 0..<4 {
        let value = UInt8(truncatingIfNeeded: group >> UInt32(18 - 6 * position)) & 63
        bytes.append(position <= left ? DNSText.base64Digit(value) : 0x3d)
      }
      index += 3
    }
  }

  private static func base64Digit(_ value: UInt8) -> UInt8 {
    switch value {
    case 0..<26: 65 &+ value
    case 26..<52: 71 &+ value
    case 52..<62: value &- 4
    case 62: 0x2b
    default: 0x2f
    }
  }

  /// Base32 with the extended hexadecimal alphabet, without padding (RFC 5155, section 3.3).
  mutating func append(base32Hex span: RawSpan) {
    var held: UInt32 = 0
    var bits: UInt32 = 0
    for index in 0..<span.byteCount {
      held = (held << 8 | UInt32(span.u8(at: index) ?? 0)) & 0xffff
      bits += 8
      while bits >= 5 {
        bits -= 5
        append(base32Digit: UInt8(truncatingIfNeeded: held >> bits) & 31)
      }
    }
    if bits > 0 { append(base32Digit: UInt8(truncatingIfNeeded: held << (5 - bits)) & 31) }
  }

  private mutating func append(base32Digit value: UInt8) {
    bytes.append(value < 10 ? 48 &+ value : 87 &+ value)
  }

  /// An IPv4 address in dotted decimal.
  mutating func append(dotted value: UInt32) {
    append(decimal: value >> 24)
    bytes.append(0x2e)
    append(decimal: value >> 16 & 255)
    bytes.append(0x2e)
    append(decimal: value >> 8 & 255)
    bytes.append(0x2e)
    append(decimal: value & 255)
  }

  /// An IPv6 address by RFC 5952; an IPv4-mapped one as `::ffff:192.0.2.1`, for it was sent as IPv6.
  mutating func append(v6 address: IPAddress) {
    if address.isIPv4 { append("::ffff:") }
    append(address.description)
  }

  /// Seconds since 1970 as YYYYMMDDHHmmSS in UTC (RFC 4034, section 3.2).
  mutating func append(time seconds: UInt32) {
    let days = Int(seconds / 86400)
    let rest = Int(seconds % 86400)
    // Days since 0000-03-01 in the proleptic Gregorian calendar, by eras of 400 years.
    let shifted = days + 719_468
    let era = shifted / 146_097
    let day = shifted % 146_097
    let year = (day - day / 1460 + day / 36524 - day / 146_096) / 365
    let dayOfYear = day - (365 * year + year / 4 - year / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    append(decimal: year + era * 400 + (month <= 2 ? 1 : 0), width: 4)
    append(decimal: month, width: 2)
    append(decimal: dayOfYear - (153 * shiftedMonth + 2) / 5 + 1, width: 2)
    append(decimal: rest / 3600, width: 2)
    append(decimal: rest / 60 % 60, width: 2)
    append(decimal: rest % 60, width: 2)
  }
}
