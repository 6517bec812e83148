import Bytes

/// Encodes the values of one row in SQLite's record format (https://www.sqlite.org/fileformat2.html, section 2.1): a
/// header of serial types, then the values. The first column is the row's `INTEGER PRIMARY KEY`, which SQLite keeps as
/// NULL in the record because the row's key holds it.
///
/// Having rows in this form costs the decoding thread little and leaves the storing thread the choice between binding
/// the values to a statement and placing the record in a page as it is.
public struct RowEncoder: Sendable {
  private var header: [UInt8] = []
  private var body: [UInt8] = []

  /// Values added since the row began, the key not counted.
  public private(set) var count = 0

  init() {
    header.reserveCapacity(64)
    body.reserveCapacity(1024)
  }

  mutating func begin() {
    header.removeAll(keepingCapacity: true)
    body.removeAll(keepingCapacity: true)
    header.append(0)
    count = 0
  }

  /// Appends the finished record to `output`.
  func finish(into output: inout [UInt8]) {
    var size = header.count + 1
    if size > 127 { size += 1 }
    output.append(varint: UInt64(size))
    output.append(contentsOf: header)
    output.append(contentsOf: body)
  }

  /// A NULL.
  public mutating func null() {
    header.append(0)
    count &+= 1
  }

  /// An integer.
  public mutating func integer(_ value: Int64) {
    count &+= 1
    if value == 0 { return header.append(8) }
    if value == 1 { return header.append(9) }
    let magnitude = value < 0 ? ~value : value
    let size: Int
    switch magnitude {
    case 0..<0x80: (size, _) = (1, header.append(1))
    case 0x80..<0x8000: (size, _) = (2, header.append(2))
    case 0x8000..<0x80_0000: (size, _) = (3, header.append(3))
    case 0x80_0000..<0x8000_0000: (size, _) = (4, header.append(4))
    case 0x8000_0000..<0x8000_0000_0000: (size, _) = (6, header.append(5))
    default: (size, _) = (8, header.append(6))
    }
    var shift = (size &- 1) &* 8
    while shift >= 0 {
      body.append(UInt8(truncatingIfNeeded: value >> Int64(shift)))
      shift &-= 8
    }
  }

  /// An integer, or NULL.
  public mutating func integer(_ value: Int64?) {
    if let value { integer(value) } else { null() }
  }

  /// An integer of any width.
  public mutating func integer(_ value: some FixedWidthInteger) {
    integer(Int64(clamping: value))
  }

  /// A truth value as 1 or 0.
  public mutating func boolean(_ value: Bool) {
    integer(value ? 1 as Int64 : 0)
  }

  /// A truth value as 1 or 0, or NULL.
  public mutating func boolean(_ value: Bool?) {
    if let value { boolean(value) } else { null() }
  }

  /// Text, or NULL.
  public mutating func text(_ value: String?) {
    if let value { text(value) } else { null() }
  }

  /// Text; it must not hold NUL (`WireText` sees to that for text from the wire).
  public mutating func text(_ value: String) {
    count &+= 1
    let bytes = value.utf8
    header.append(varint: UInt64(bytes.count) &* 2 &+ 13)
    body.append(contentsOf: bytes)
  }

  /// Text from the wire, by the rule of `WireText`.
  public mutating func text(wire bytes: RawSpan) {
    var index = 0
    while let byte = bytes.u8(at: index), byte != 0, byte < 0x80 { index &+= 1 }
    guard index == bytes.byteCount else { return text(WireText.text(bytes)) }
    count &+= 1
    header.append(varint: UInt64(bytes.byteCount) &* 2 &+ 13)
    body.append(span: bytes)
  }

  /// A BLOB.
  public mutating func blob(_ value: [UInt8]) {
    count &+= 1
    header.append(varint: UInt64(value.count) &* 2 &+ 12)
    body.append(contentsOf: value)
  }
}

extension [UInt8] {
  /// Appends SQLite's variable-length integer, seven bits a byte, high ones first, for values below 2^56.
  mutating func append(varint value: UInt64) {
    if value < 0x80 { return append(UInt8(value)) }
    if value < 0x4000 {
      append(UInt8(truncatingIfNeeded: value >> 7) | 0x80)
      return append(UInt8(truncatingIfNeeded: value) & 0x7f)
    }
    var shift: UInt64 = 49
    while value >> shift == 0 { shift &-= 7 }
    while shift > 0 {
      append(UInt8(truncatingIfNeeded: value >> shift) & 0x7f | 0x80)
      shift &-= 7
    }
    append(UInt8(truncatingIfNeeded: value) & 0x7f)
  }
}
