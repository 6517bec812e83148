import Bytes
import Glibc

/// Values as bytes that sort as SQLite sorts the values: NULL, then integers, then texts by their bytes, then BLOBs
/// (https://www.sqlite.org/datatype3.html, section 4.1).
///
/// A byte tells the type. That of an integer also tells how many bytes of it follow, high ones first: the greater the
/// number, the greater the byte. Of texts and BLOBs their bytes follow, 0 as 0 255, and 0 behind them, which no byte of
/// type is greater than.
enum SortKey {
  private enum Tag {
    static let null: UInt8 = 0x05
    /// 0; an integer above it of so many bytes has so much more, one below it so much less.
    static let zero: UInt8 = 0x14
    static let text: UInt8 = 0x30
    static let blob: UInt8 = 0x40
  }

  /// Most bytes that an integer takes.
  static let integerSize = 9
  private static let escape: UInt8 = 0xff

  /// Most bytes that `field` takes.
  static func capacity(_ field: RowFields.Field) -> Int {
    field.type < 12 ? integerSize : field.size &* 2 &+ 2
  }

  /// Writes the value of `field`, whose bytes lie in `row`, to `place`, which has its `capacity`. Returns the place behind.
  @inline(__always)
  static func write(_ field: RowFields.Field, of row: RawSpan, to place: UnsafeMutableRawPointer)
    -> UnsafeMutableRawPointer
  {
    if field.type < 12 {
      if let number = field.integer(in: row) { return unsafe write(number, to: place) }
      unsafe place.storeBytes(of: Tag.null, as: UInt8.self)
      return unsafe place + 1
    }
    unsafe place.storeBytes(of: SerialType.isText(field.type) ? Tag.text : Tag.blob, as: UInt8.self)
    return unsafe write(row.part(from: field.start, to: field.start &+ field.size), to: place + 1)
  }

  /// Writes an integer to `place`, which has `integerSize` bytes. Returns the place behind.
  @inline(__always)
  static func write(_ number: Int64, to place: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
    let magnitude = UInt64(bitPattern: number < 0 ? ~number : number)
    let bytes = (71 &- (magnitude | (number < 0 ? 1 : 0)).leadingZeroBitCount) &>> 3
    let tag = number < 0 ? Tag.zero &- UInt8(truncatingIfNeeded: bytes) : Tag.zero &+ UInt8(truncatingIfNeeded: bytes)
    unsafe place.storeBytes(of: tag, as: UInt8.self)
    guard bytes > 0 else { return unsafe place + 1 }
    // Eight bytes behind the tag; those that do not count are written over.
    let bits = (number << Int64(truncatingIfNeeded: 64 &- 8 &* bytes)).bigEndian
    unsafe place.storeBytes(of: bits, toByteOffset: 1, as: Int64.self)
    return unsafe place + 1 + bytes
  }

  /// Writes the bytes of a text or BLOB and their end.
  @inline(__always)
  private static func write(_ bytes: RawSpan, to place: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
    var end = unsafe place
    unsafe bytes.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress, bytes.count > 0 else { return }
      // C call within the bytes. Each byte takes at most two, for which there is room.
      if unsafe memchr(base, 0, bytes.count) == nil {
        unsafe end.copyMemory(from: base, byteCount: bytes.count)
        unsafe end += bytes.count
        return
      }
      for index in 0..<bytes.count {
        let byte = unsafe bytes[index]
        unsafe end.storeBytes(of: byte, as: UInt8.self)
        unsafe end += 1
        guard byte == 0 else { continue }
        unsafe end.storeBytes(of: escape, as: UInt8.self)
        unsafe end += 1
      }
    }
    unsafe end.storeBytes(of: 0, as: UInt8.self)
    return unsafe end + 1
  }

  /// The first eight of `count` bytes as a number that sorts as they do. There are eight bytes to be read.
  @inline(__always)
  static func prefix(_ bytes: UnsafeRawPointer, count: Int) -> UInt64 {
    let word = UInt64(bigEndian: unsafe bytes.loadUnaligned(as: UInt64.self))
    guard count < 8 else { return word }
    return count == 0 ? 0 : word & ~(UInt64.max &>> UInt64(truncatingIfNeeded: 8 &* count))
  }

  /// Reads the value at the beginning of `key`: its serial type, and its bytes for a record, which are written to `place`.
  /// Returns how many bytes of the key and of the record it took. `place` has room for all of the key and eight bytes more.
  @inline(__always)
  static func read(
    _ key: UnsafeRawBufferPointer, to place: UnsafeMutableRawPointer
  ) -> (type: UInt64, taken: Int, size: Int) {
    // The key was made by `write`: what a byte of type announces is there.
    guard let base = key.baseAddress, key.count > 0 else { return (UInt64(SerialType.null), key.count, 0) }
    let tag = unsafe base.load(as: UInt8.self)
    switch tag {
    case Tag.text, Tag.blob:
      let (taken, size) = unsafe readBytes(UnsafeRawBufferPointer(rebasing: key[1...]), to: place)
      return (tag == Tag.text ? SerialType.text(size) : SerialType.blob(size), 1 &+ taken, size)
    case Tag.zero &- 8...Tag.zero &+ 8:
      let bytes = abs(Int(tag) &- Int(Tag.zero))
      guard 1 &+ bytes <= key.count else { return (UInt64(SerialType.null), key.count, 0) }
      var number: UInt64 = tag < Tag.zero ? .max : 0
      for index in 0..<bytes {
        number = number << 8 | UInt64(unsafe base.load(fromByteOffset: 1 &+ index, as: UInt8.self))
      }
      let value = Int64(bitPattern: number)
      let (type, size) = SerialType.integer(value)
      if size > 0 {
        let bits = (value << Int64(truncatingIfNeeded: 64 &- 8 &* size)).bigEndian
        unsafe place.storeBytes(of: bits, as: Int64.self)
      }
      return (UInt64(type), 1 &+ bytes, size)
    default: return (UInt64(SerialType.null), 1, 0)
    }
  }

  /// Copies the bytes of a text or BLOB up to their end. Returns how many were read, the end included, and written.
  @inline(__always)
  private static func readBytes(
    _ key: UnsafeRawBufferPointer, to place: UnsafeMutableRawPointer
  ) -> (taken: Int, size: Int) {
    var (taken, size) = (0, 0)
    // C call within the key.
    while let base = key.baseAddress, taken < key.count,
      let zero = unsafe memchr(base + taken, 0, key.count - taken)
    {
      let count = unsafe UnsafeRawPointer(zero) - (base + taken)
      unsafe (place + size).copyMemory(from: base + taken, byteCount: count)
      size &+= count
      taken &+= count &+ 1
      guard taken < key.count, unsafe base.load(fromByteOffset: taken, as: UInt8.self) == escape else { break }
      unsafe place.storeBytes(of: 0, toByteOffset: size, as: UInt8.self)
      size &+= 1
      taken &+= 1
    }
    return (taken, size)
  }
}
