import Bytes

/// Bytes from the wire and ASCII text between them, put together before the whole becomes text by `WireText`'s rule.
struct DNSText: Sendable {
  /// What was appended, and room behind it.
  var storage: [UInt8] = []
  var count = 0

  /// What was appended so far.
  var bytes: RawSpan {
    @_lifetime(borrow self) get { storage.bytes.part(from: 0, to: count) }
  }

  /// Drops everything behind the first `count` bytes.
  mutating func cut(to count: Int) {
    self.count = Swift.min(self.count, Swift.max(0, count))
  }

  /// Makes room for `size` bytes.
  @inline(__always)
  mutating func reserve(_ size: Int) {
    if size > storage.count &- count { grow(size) }
  }

  private mutating func grow(_ size: Int) {
    let further = Swift.max(size - (storage.count - count), Swift.max(1024, storage.count))
    storage.append(contentsOf: repeatElement(0, count: further))
  }

  mutating func append(byte: UInt8) {
    reserve(1)
    storage[count] = byte
    count &+= 1
  }

  mutating func append(_ text: StaticString) {
    // A static string's bytes outlive everything.
    append(unsafe RawSpan(_unsafeStart: text.utf8Start, byteCount: text.utf8CodeUnitCount))
  }

  mutating func append(text: String) {
    // Every byte of UTF-8 text is initialized.
    append(unsafe text.utf8.span.bytes)
  }

  mutating func append(_ span: RawSpan) {
    reserve(span.byteCount)
    let start = count
    var room = storage.mutableSpan
    // Any bytes make a [UInt8].
    var bytes = unsafe room.mutableBytes
    bytes.copy(span, to: start)
    count = start &+ span.byteCount
  }

  mutating func space() {
    append(byte: 0x20)
  }

  mutating func append(decimal value: some FixedWidthInteger) {
    append(digits: UInt64(clamping: value))
  }

  private mutating func append(digits value: UInt64) {
    if value >= 10 { append(digits: value / 10) }
    append(byte: UInt8(truncatingIfNeeded: 48 &+ value % 10))
  }

  /// Decimal with leading zeros, at least `width` digits.
  mutating func append(decimal value: Int, width: Int) {
    var bound = 10
    for _ in 1..<Swift.max(2, width) {
      if value < bound { append(byte: 48) }
      bound *= 10
    }
    append(decimal: value)
  }

  /// The bytes as they are, with a backslash before quotes and backslashes, between quotes (RFC 1035, section 5.1).
  mutating func append(quoted span: RawSpan) {
    // Each byte may become two, and words are written whole.
    reserve(2 &* span.byteCount &+ 10)
    var behind = count
    var room = storage.mutableSpan
    // Any bytes make a [UInt8].
    var bytes = unsafe room.mutableBytes
    bytes.append(0x22, at: &behind)
    bytes.append(span, from: 0, to: span.byteCount, escaping: 0x22, 0x5c, at: &behind)
    bytes.append(0x22, at: &behind)
    count = behind
  }

  /// Lower-case hexadecimal without blanks.
  mutating func append(hexadecimal span: RawSpan) {
    for index in 0..<span.byteCount {
      guard let byte = span.u8(at: index) else { break }
      append(hexadecimal: byte)
    }
  }

  mutating func append(hexadecimal byte: UInt8) {
    append(byte: hexDigit(byte >> 4))
    append(byte: hexDigit(byte))
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
        append(byte: position <= left ? DNSText.base64Digit(value) : 0x3d)
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
    append(byte: value < 10 ? 48 &+ value : 87 &+ value)
  }

  /// An IPv4 address in dotted decimal.
  mutating func append(dotted value: UInt32) {
    let text = IPAddress(v4: value).text
    append(text.bytes)
  }

  /// An IPv6 address by RFC 5952; an IPv4-mapped one as `::ffff:192.0.2.1`, for it was sent as IPv6.
  mutating func append(v6 address: IPAddress) {
    if address.isIPv4 { append("::ffff:") }
    let text = address.text
    append(text.bytes)
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

extension MutableRawSpan {
  /// Writes `byte` at `offset`, which is moved behind it.
  @inline(__always)
  @_lifetime(self: copy self)
  mutating func append(_ byte: UInt8, at offset: inout Int) {
    storeBytes(of: byte, toByteOffset: offset, as: UInt8.self)
    offset &+= 1
  }

  /// Writes the bytes of `span` from `start` to `end`, a backslash before each that is `first` or `second`, at `offset`,
  /// which is moved behind them. There must be room for twice as many and seven more.
  @inline(__always)
  @_lifetime(self: copy self)
  mutating func append(
    _ span: RawSpan, from start: Int, to end: Int, escaping first: UInt8, _ second: UInt8, at offset: inout Int
  ) {
    var index = start
    while index < end {
      let size = Swift.min(8, end &- index)
      let word = span.word(at: index) & (.max &>> UInt64(truncatingIfNeeded: 64 &- 8 &* size))
      index &+= size
      if ASCII.occurrences(of: first, in: word) | ASCII.occurrences(of: second, in: word) == 0 {
        storeBytes(of: word.littleEndian, toByteOffset: offset, as: UInt64.self)
        offset &+= size
        continue
      }
      for position in 0..<size {
        let byte = UInt8(truncatingIfNeeded: word &>> UInt64(truncatingIfNeeded: 8 &* position))
        if byte == first || byte == second { append(0x5c, at: &offset) }
        append(byte, at: &offset)
      }
    }
  }
}
