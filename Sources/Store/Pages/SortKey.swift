import Bytes
import Glibc
import Records

/// Values as bytes that sort as SQLite sorts the values: NULL, then integers, then texts by their bytes, then BLOBs
/// (https://www.sqlite.org/datatype3.html, section 4.1).
///
/// A byte tells the type. Of an integer eight bytes follow, high ones first, the sign turned round. Of texts and BLOBs
/// their bytes follow, 0 as 0 255, and 0 0 behind them.
enum SortKey {
  private enum Tag {
    static let null: UInt8 = 0
    static let integer: UInt8 = 1
    static let text: UInt8 = 2
    static let blob: UInt8 = 3
  }

  private static let sign: UInt64 = 1 << 63
  private static let integerSize = 8

  /// Adds a value whose bytes, if it has any, lie in `row`.
  static func append(_ value: RowValue, in row: RawSpan, to key: inout [UInt8]) {
    switch value {
    case .null: key.append(Tag.null)
    case .integer(let number): append(number, to: &key)
    case .text(let place): append(Tag.text, row.part(from: place.lowerBound, to: place.upperBound), to: &key)
    case .blob(let place): append(Tag.blob, row.part(from: place.lowerBound, to: place.upperBound), to: &key)
    }
  }

  /// Adds an integer.
  static func append(_ number: Int64, to key: inout [UInt8]) {
    key.append(Tag.integer)
    // The bytes of a local number.
    unsafe withUnsafeBytes(of: (UInt64(bitPattern: number) ^ sign).bigEndian) { unsafe key.append(contentsOf: $0) }
  }

  private static func append(_ tag: UInt8, _ bytes: RawSpan, to key: inout [UInt8]) {
    key.append(tag)
    let start = key.count
    key.append(span: bytes)
    // The bytes just added are looked through in place.
    let hasZero = unsafe key.withUnsafeBytes { key in
      unsafe key.baseAddress.map { unsafe memchr($0 + start, 0, key.count - start) != nil } ?? false
    }
    if hasZero {
      key.removeLast(bytes.byteCount)
      for index in 0..<bytes.byteCount {
        guard let byte = bytes.u8(at: index) else { break }
        key.append(byte)
        if byte == 0 { key.append(0xff) }
      }
    }
    key.append(0)
    key.append(0)
  }

  /// The first eight of the bytes from `start` on, as a number that sorts as they do.
  @inline(__always)
  static func prefix(of bytes: [UInt8], from start: Int) -> UInt64 {
    var prefix: UInt64 = 0
    for index in start..<start + 8 { prefix = prefix << 8 | (index < bytes.count ? UInt64(bytes[index]) : 0) }
    return prefix
  }

  /// Puts the values of `key` into `record` in SQLite's record format. Both arrays are emptied first; `types` is for the
  /// header while it is made.
  static func decode(
    _ key: UnsafeRawBufferPointer, types: inout [UInt8], body: inout [UInt8], into record: inout [UInt8]
  ) {
    types.removeAll(keepingCapacity: true)
    body.removeAll(keepingCapacity: true)
    record.removeAll(keepingCapacity: true)
    var index = 0
    while index < key.count {
      // Places are compared with the key's end before they are read.
      let tag = unsafe key[index]
      index += 1
      switch tag {
      case Tag.integer where index + integerSize <= key.count:
        let bits = UInt64(bigEndian: unsafe key.loadUnaligned(fromByteOffset: index, as: UInt64.self))
        index += integerSize
        let value = Int64(bitPattern: bits ^ sign)
        let (type, size) = SerialType.integer(value)
        types.append(type)
        unsafe withUnsafeBytes(of: value.bigEndian) { unsafe body.append(contentsOf: $0.suffix(size)) }
      case Tag.text, Tag.blob:
        let start = body.count
        index = unsafe appendBytes(of: key, from: index, to: &body)
        let count = body.count - start
        Varint.append(tag == Tag.text ? SerialType.text(count) : SerialType.blob(count), to: &types)
      default: types.append(SerialType.null)
      }
    }
    // The length of the header counts itself: one byte, or two where the types fill more than 126.
    let size = types.count + (types.count > 126 ? 2 : 1)
    Varint.append(UInt64(size), to: &record)
    record.append(contentsOf: types)
    record.append(contentsOf: body)
  }

  /// Adds the bytes from `start` up to their end to `body`, and returns the place behind it.
  private static func appendBytes(of key: UnsafeRawBufferPointer, from start: Int, to body: inout [UInt8]) -> Int {
    var index = start
    // C call within the key; both bytes of an end, or of a 0, are in it.
    while let base = key.baseAddress, index < key.count,
      let zero = unsafe memchr(base + index, 0, key.count - index)
    {
      let end = unsafe UnsafeRawPointer(zero) - base
      unsafe body.append(contentsOf: key[index..<end])
      index = end + 2
      guard end + 1 < key.count, unsafe key[end + 1] == 0xff else { return index }
      body.append(0)
    }
    return key.count
  }
}
