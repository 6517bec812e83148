import Bytes

/// Small things that HTTP does with bytes (RFC 9110, section 5.6).
enum HTTP1Bytes {
  /// The place in `range` without spaces and tabs on both sides.
  static func trimmed(_ bytes: RawSpan, _ range: Range<Int>) -> Range<Int> {
    var (start, end) = (range.lowerBound, range.upperBound)
    while start < end, isBlank(bytes.u8(at: start)) { start &+= 1 }
    while end > start, isBlank(bytes.u8(at: end &- 1)) { end &-= 1 }
    return start..<end
  }

  /// Whether `byte` is a space or a tab.
  static func isBlank(_ byte: UInt8?) -> Bool { byte == 0x20 || byte == 0x09 }

  /// Whether `byte` is a `tchar`, of which tokens consist (RFC 9110, section 5.6.2).
  static func isToken(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"),
      UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
      UInt8(ascii: "^"), UInt8(ascii: "_"), UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
      true
    default: false
    }
  }

  /// An ASCII capital letter as the small one, any other byte as it is.
  static func lower(_ byte: UInt8) -> UInt8 {
    byte &- 0x41 < 26 ? byte | 0x20 : byte
  }

  /// Whether the bytes in `range` are `text`, which is in lower case, whatever their case.
  static func equals(_ bytes: RawSpan, _ range: Range<Int>, _ text: StaticString) -> Bool {
    range.count == text.utf8CodeUnitCount && starts(bytes, range, text)
  }

  /// Whether the bytes in `range` begin with `text`, which is in lower case, whatever their case.
  static func starts(_ bytes: RawSpan, _ range: Range<Int>, _ text: StaticString) -> Bool {
    guard range.count >= text.utf8CodeUnitCount else { return false }
    // A static string's bytes outlive everything.
    let expected = unsafe RawSpan(_unsafeStart: text.utf8Start, byteCount: text.utf8CodeUnitCount)
    var index = 0
    while let small = expected.u8(at: index) {
      guard let byte = bytes.u8(at: range.lowerBound &+ index), lower(byte) == small else { return false }
      index &+= 1
    }
    return true
  }

  /// Whether `text`, which is in lower case, occurs in `bytes` in any case.
  static func contains(_ bytes: RawSpan, _ range: Range<Int>, _ text: StaticString) -> Bool {
    guard range.count >= text.utf8CodeUnitCount else { return false }
    for start in range.lowerBound...(range.upperBound - text.utf8CodeUnitCount)
    where starts(bytes, start..<range.upperBound, text) {
      return true
    }
    return false
  }

  /// Calls `body` with the parts of a list between commas, blanks around them removed, empty ones left out (RFC 9110,
  /// section 5.6.1).
  static func forEachPart(_ bytes: RawSpan, _ range: Range<Int>, _ body: (Range<Int>) -> Void) {
    var start = range.lowerBound
    while start < range.upperBound {
      let end = bytes.firstIndex(of: UInt8(ascii: ","), from: start, to: range.upperBound) ?? range.upperBound
      let part = trimmed(bytes, start..<end)
      if !part.isEmpty { body(part) }
      start = end + 1
    }
  }

  /// The value of a parameter such as `charset` in `text/html; charset="utf-8"`, its quotes and backslashes undone
  /// (RFC 9110, section 5.6.6).
  ///
  /// - Parameter name: in lower case.
  static func parameter(_ name: StaticString, _ bytes: RawSpan, _ range: Range<Int>) -> [UInt8]? {
    let semicolon = UInt8(ascii: ";")
    guard var index = bytes.firstIndex(of: semicolon, from: range.lowerBound, to: range.upperBound) else { return nil }
    while index < range.upperBound {
      index += 1
      let nameStart = index
      while index < range.upperBound, let byte = bytes.u8(at: index), byte != UInt8(ascii: "="), byte != semicolon {
        index += 1
      }
      let found = equals(bytes, trimmed(bytes, nameStart..<index), name)
      var value: [UInt8] = []
      if bytes.u8(at: index) == UInt8(ascii: "=") {
        index = parameterValue(bytes, index + 1, range.upperBound, into: &value)
      }
      if found { return value }
    }
    return nil
  }

  /// Reads a token or quoted string up to the next `;`, whose offset (or the end) it returns.
  private static func parameterValue(_ bytes: RawSpan, _ start: Int, _ end: Int, into value: inout [UInt8]) -> Int {
    var index = start
    while index < end, isBlank(bytes.u8(at: index)) { index += 1 }
    guard bytes.u8(at: index) == UInt8(ascii: "\"") else {
      let stop = bytes.firstIndex(of: UInt8(ascii: ";"), from: index, to: end) ?? end
      let place = trimmed(bytes, index..<max(index, stop))
      value.append(span: bytes.part(from: place.lowerBound, to: place.upperBound))
      return stop
    }
    index += 1
    while index < end, let byte = bytes.u8(at: index), byte != UInt8(ascii: "\"") {
      if byte == UInt8(ascii: "\\"), index + 1 < end { index += 1 }
      if let byte = bytes.u8(at: index) { value.append(byte) }
      index += 1
    }
    return bytes.firstIndex(of: UInt8(ascii: ";"), from: index, to: end) ?? end
  }

  /// The bytes in `range` with `%41` turned into `A` (RFC 3986, section 2.1) and, in forms, `+` into a space. A `%`
  /// without two hexadecimal digits stays as it is.
  static func percentDecoded(_ bytes: RawSpan, _ range: Range<Int>, plusIsSpace: Bool) -> [UInt8] {
    var result: [UInt8] = []
    var index = range.lowerBound
    while index < range.upperBound, let byte = bytes.u8(at: index) {
      index += 1
      if byte == UInt8(ascii: "%"), index + 1 < range.upperBound, let high = digit(bytes.u8(at: index)),
        let low = digit(bytes.u8(at: index + 1))
      {
        result.append(high << 4 | low)
        index += 2
      } else {
        result.append(plusIsSpace && byte == UInt8(ascii: "+") ? 0x20 : byte)
      }
    }
    return result
  }

  /// The number that the decimal digits in `range` spell; nil where there is another byte or the number is too large.
  static func decimal(_ bytes: RawSpan, _ range: Range<Int>) -> Int? {
    var number = 0
    for index in range {
      guard let byte = bytes.u8(at: index), byte &- 0x30 < 10 else { return nil }
      let (tenfold, over) = number.multipliedReportingOverflow(by: 10)
      let (sum, overflow) = tenfold.addingReportingOverflow(Int(byte) - 0x30)
      if over || overflow { return nil }
      number = sum
    }
    return number
  }

  /// The value of a hexadecimal digit.
  static func digit(_ byte: UInt8?) -> UInt8? {
    switch byte {
    case let byte? where byte &- 0x30 < 10: byte - 0x30
    case let byte? where lower(byte) &- 0x61 < 6: lower(byte) - 0x61 + 10
    default: nil
    }
  }

  /// The bytes that base64 text in `range` stands for, padding optional (RFC 4648, section 4); nil where a byte is not of
  /// its alphabet.
  static func base64(_ bytes: RawSpan, _ range: Range<Int>) -> [UInt8]? {
    var result: [UInt8] = []
    var (bits, count): (UInt32, Int) = (0, 0)
    for index in range {
      guard let byte = bytes.u8(at: index), byte != UInt8(ascii: "=") else { break }
      let value: UInt8
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = byte - 0x41
      case UInt8(ascii: "a")...UInt8(ascii: "z"): value = byte - 0x61 + 26
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = byte - 0x30 + 52
      case UInt8(ascii: "+"): value = 62
      case UInt8(ascii: "/"): value = 63
      default: return nil
      }
      bits = (bits << 6 | UInt32(value)) & 0xffff
      count += 6
      if count >= 8 {
        count -= 8
        result.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
      }
    }
    return result
  }
}
