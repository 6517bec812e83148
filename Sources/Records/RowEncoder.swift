public import Bytes

/// Encodes the values of one row in SQLite's record format (https://www.sqlite.org/fileformat2.html, section 2.1): a
/// header of serial types, then the values. The first column is the row's `INTEGER PRIMARY KEY`, which SQLite keeps as
/// NULL in the record because the row's key holds it.
///
/// Having rows in this form costs the decoding thread little and leaves the storing thread the choice between binding
/// the values to a statement and placing the record in a page as it is.
///
/// A row is written where it stays: the values lie behind room for one byte of header for each column, and move on where
/// a type takes more. What does not fit into the memory given is left out; `finish` tells, and the row is encoded again
/// with more room.
public struct RowEncoder: ~Copyable, ~Escapable {
  /// Bytes that are left behind any value: an integer is written as eight bytes, and the values may move on by the further
  /// bytes of a type or of the header's length.
  @usableFromInline static let slack = 24

  @usableFromInline var room: MutableRawSpan
  @usableFromInline let start: Int
  /// Where the next serial type goes.
  @usableFromInline var header: Int
  /// Where the first value lies.
  @usableFromInline var body: Int
  /// Behind the last value.
  @usableFromInline var end: Int
  /// How far values may reach; before all of them once one did not fit.
  @usableFromInline var limit: Int

  /// An encoder that writes to `room` from `start` on a row of `columns` values behind its key.
  @inlinable
  @_lifetime(copy room)
  init(_ room: consuming MutableRawSpan, at start: Int, columns: Int) {
    self.start = start
    header = start &+ 2
    body = header &+ columns
    end = body
    limit = room.byteCount &- RowEncoder.slack
    self.room = room
    if body > limit {
      limit = -1
    } else {
      self.room.storeBytes(of: 0, toByteOffset: start &+ 1, as: UInt8.self)
    }
  }

  /// Ends the row: the offset behind it, or nil where it did not fit.
  @inlinable
  mutating func finish() -> Int? {
    guard limit >= 0 else { return nil }
    assert(header == body, "a value is missing")
    while header < body { null() }
    guard body &- start < 0x80 else { return finishLong() }
    room.storeBytes(of: UInt8(truncatingIfNeeded: body &- start), toByteOffset: start, as: UInt8.self)
    return end
  }

  /// Ends a row whose header's length takes two bytes.
  @usableFromInline
  mutating func finishLong() -> Int? {
    let size = body - start + 1
    room.move(from: start + 1, to: end, by: 1)
    room.storeBytes(of: UInt8(truncatingIfNeeded: size >> 7) | 0x80, toByteOffset: start, as: UInt8.self)
    room.storeBytes(of: UInt8(truncatingIfNeeded: size) & 0x7f, toByteOffset: start + 1, as: UInt8.self)
    return end + 1
  }

  /// Whether a value of up to `size` bytes and a type of one byte can be written without more ado.
  @inlinable
  @inline(__always)
  func fits(_ size: Int) -> Bool {
    size <= limit &- end && header < body
  }

  /// Writes a type of one byte, for which `fits` has said that there is room.
  @inlinable
  @inline(__always)
  mutating func put(type: UInt8) {
    // Before `body`, and so within the span.
    unsafe room.storeBytes(of: type, toUncheckedByteOffset: header, as: UInt8.self)
    header &+= 1
  }

  /// Begins a value of `size` bytes; false where there is no room for it.
  @usableFromInline
  mutating func begin(_ type: UInt64, size: Int) -> Bool {
    guard size <= limit &- end else {
      limit = -1
      return false
    }
    if type < 0x80, header < body { put(type: UInt8(truncatingIfNeeded: type)) } else { beginLong(type) }
    return true
  }

  /// Adds a serial type of more than one byte: the values so far move on.
  private mutating func beginLong(_ type: UInt64) {
    assert(header < body, "a value too many")
    var size = 1
    while type >> UInt64(7 * size) > 0 { size += 1 }
    let further = header < body ? size - 1 : size
    room.move(from: body, to: end, by: further)
    body += further
    end += further
    for index in 0..<size {
      let bits = UInt8(truncatingIfNeeded: type >> UInt64(7 * (size - 1 - index)))
      let mark: UInt8 = index < size - 1 ? 0x80 : 0
      room.storeBytes(of: bits & 0x7f | mark, toByteOffset: header, as: UInt8.self)
      header += 1
    }
  }

  /// A NULL.
  @inlinable
  public mutating func null() {
    guard fits(0) else { return addSlowly(0, size: 0, 0) }
    put(type: 0)
  }

  /// An integer.
  public mutating func integer(_ value: Int64) {
    if value & ~1 == 0 {
      guard fits(0) else { return addSlowly(8 | UInt64(truncatingIfNeeded: value), size: 0, 0) }
      return put(type: 8 | UInt8(truncatingIfNeeded: value))
    }
    // Bytes that hold the value and its sign, 1 to 8; then the next size that the format has, and that size's type.
    let bytes = (72 &- (value ^ (value >> 63)).leadingZeroBitCount) &>> 3
    let size = 0x8_8664_3210 &>> (4 &* bytes) & 15
    let type = 0x6_6554_3210 as UInt64 &>> UInt64(truncatingIfNeeded: 4 &* bytes) & 15
    let bits = (value &<< Int64(truncatingIfNeeded: 64 &- 8 &* size)).bigEndian
    guard fits(size) else { return addSlowly(type, size: size, bits) }
    put(type: UInt8(truncatingIfNeeded: type))
    put(bits, size: size)
  }

  /// Writes `size` bytes, for which there is room with `slack` behind them: the rest of the eight is written over later.
  @inline(__always)
  private mutating func put(_ bits: Int64, size: Int) {
    // At least eight bytes before the end of the span, which is where `limit` ends.
    unsafe room.storeBytes(of: bits, toUncheckedByteOffset: end, as: Int64.self)
    end &+= size
  }

  /// A value of up to eight bytes for which there is no room, or that is one too many.
  @usableFromInline
  mutating func addSlowly(_ type: UInt64, size: Int, _ bits: Int64) {
    if begin(type, size: size) { put(bits, size: size) }
  }

  /// An integer, or NULL.
  @inlinable
  public mutating func integer(_ value: Int64?) {
    if let value { integer(value) } else { null() }
  }

  /// An integer of any width.
  @inlinable
  public mutating func integer(_ value: some FixedWidthInteger) {
    integer(Int64(clamping: value))
  }

  /// A truth value as 1 or 0.
  @inlinable
  public mutating func boolean(_ value: Bool) {
    integer(value ? 1 as Int64 : 0)
  }

  /// A truth value as 1 or 0, or NULL.
  @inlinable
  public mutating func boolean(_ value: Bool?) {
    if let value { boolean(value) } else { null() }
  }

  /// Text, or NULL.
  @inlinable
  public mutating func text(_ value: String?) {
    if let value { text(value) } else { null() }
  }

  /// Text; it must not hold NUL (`WireText` sees to that for text from the wire).
  public mutating func text(_ value: String) {
    // Every byte of UTF-8 text is initialized.
    unsafe text(utf8: value.utf8.span.bytes)
  }

  /// Text that is known when the program is built; it must not hold NUL.
  public mutating func text(_ value: StaticString) {
    // A static string's bytes outlive everything.
    let bytes = unsafe RawSpan(_unsafeStart: value.utf8Start, byteCount: value.utf8CodeUnitCount)
    text(utf8: bytes)
  }

  /// Text from the wire, by the rule of `WireText`.
  public mutating func text(wire bytes: RawSpan) {
    if bytes.byteCount < RowEncoder.shortLimit, fits(bytes.byteCount), copyShort(bytes) == 0 {
      put(type: UInt8(truncatingIfNeeded: bytes.byteCount &* 2 &+ 13))
      end &+= bytes.byteCount
    } else if WireText.isPlain(bytes) {
      text(utf8: bytes)
    } else {
      text(WireText.text(bytes))
    }
  }

  /// Bytes from which on the type of a text takes two bytes.
  private static let shortLimit = 58

  /// Copies fewer than `shortLimit` bytes to behind the last value, for which there is room. Returns zero where they are
  /// plain in the sense of `WireText`: the text is then written and read in one pass.
  @inline(__always)
  private mutating func copyShort(_ bytes: RawSpan) -> UInt64 {
    var index = 0
    var flaws: UInt64 = 0
    while index < bytes.byteCount {
      let word = bytes.word(at: index)
      let left = bytes.byteCount &- index
      flaws |= ASCII.flaws(left < 8 ? word | 0x0101_0101_0101_0101 &<< UInt64(8 &* left) : word)
      // At least eight bytes before the end of the span, which is where `limit` ends.
      unsafe room.storeBytes(of: word.littleEndian, toUncheckedByteOffset: end &+ index, as: UInt64.self)
      index &+= 8
    }
    return flaws
  }

  /// Text from the wire, by the rule of `WireText`, or NULL.
  public mutating func text(wire bytes: [UInt8]?) {
    if let bytes { text(wire: bytes.bytes) } else { null() }
  }

  /// Text in UTF-8 without NUL.
  public mutating func text(utf8 bytes: RawSpan) {
    if bytes.byteCount < RowEncoder.shortLimit, fits(bytes.byteCount) {
      put(type: UInt8(truncatingIfNeeded: bytes.byteCount &* 2 &+ 13))
      _ = copyShort(bytes)
      end &+= bytes.byteCount
      return
    }
    guard begin(UInt64(truncatingIfNeeded: bytes.byteCount) &* 2 &+ 13, size: bytes.byteCount) else { return }
    room.copy(bytes, to: end)
    end &+= bytes.byteCount
  }

  /// The bytes as text, two lower-case hexadecimal digits each.
  public mutating func text(hexadecimal bytes: RawSpan) {
    let size = 2 &* bytes.byteCount
    guard begin(UInt64(truncatingIfNeeded: size) &* 2 &+ 13, size: size) else { return }
    var index = 0
    while index < bytes.byteCount {
      // What is written behind the last digit is written over by the next value.
      let digits = ASCII.hexadecimal(UInt32(truncatingIfNeeded: bytes.word(at: index)))
      room.storeBytes(of: digits.littleEndian, toByteOffset: end &+ 2 &* index, as: UInt64.self)
      index &+= 4
    }
    end &+= size
  }

  /// An address as text.
  public mutating func text(_ address: IPAddress) {
    let text = address.text
    self.text(utf8: text.bytes)
  }

  /// A BLOB.
  public mutating func blob(_ value: [UInt8]) {
    blob(value.bytes)
  }

  /// A BLOB.
  public mutating func blob(_ value: RawSpan) {
    guard begin(UInt64(truncatingIfNeeded: value.byteCount) &* 2 &+ 12, size: value.byteCount) else { return }
    room.copy(value, to: end)
    end &+= value.byteCount
  }
}
