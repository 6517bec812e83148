/// SQLite's variable-length integer (https://www.sqlite.org/fileformat2.html, section 1.6): one to nine bytes, seven bits
/// in each, high ones first; a ninth byte holds eight.
enum Varint {
  /// Most bytes that one takes.
  static let maximumSize = 9

  /// Bytes that `value` takes.
  @inline(__always)
  static func size(_ value: UInt64) -> Int {
    if value < 0x80 { return 1 }
    if value < 0x4000 { return 2 }
    if value >= 1 << 56 { return maximumSize }
    return (64 - value.leadingZeroBitCount + 6) / 7
  }

  /// Writes `value` to `place`, which has room for it, and returns the place behind it.
  @inline(__always)
  static func write(_ value: UInt64, to place: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
    // At most as many bytes are written as `size` says.
    if value < 0x80 {
      unsafe place.storeBytes(of: UInt8(truncatingIfNeeded: value), as: UInt8.self)
      return unsafe place + 1
    }
    let count = size(value)
    var rest = value
    var index = count &- 1
    if count == maximumSize {
      unsafe place.storeBytes(of: UInt8(truncatingIfNeeded: rest), toByteOffset: index, as: UInt8.self)
      rest >>= 8
      index &-= 1
    }
    var more: UInt8 = count == maximumSize ? 0x80 : 0
    while index >= 0 {
      unsafe place.storeBytes(of: UInt8(truncatingIfNeeded: rest) & 0x7f | more, toByteOffset: index, as: UInt8.self)
      more = 0x80
      rest >>= 7
      index &-= 1
    }
    return unsafe place + count
  }

  /// Adds `value` to `bytes`.
  static func append(_ value: UInt64, to bytes: inout [UInt8]) {
    let start = bytes.count
    bytes.append(contentsOf: repeatElement(0, count: size(value)))
    // The bytes just added are as many as are written.
    unsafe bytes.withUnsafeMutableBytes { buffer in
      if let base = buffer.baseAddress { _ = unsafe write(value, to: base + start) }
    }
  }
}
