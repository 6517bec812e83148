import Bytes

/// Variable-length integers (RFC 9000, section 16): the first two bits say how many bytes there are, 1, 2, 4 or 8.
enum QUICInteger {
  /// The integer at `offset`, which moves behind it; nil: the bytes end before it does.
  static func read(_ bytes: RawSpan, _ offset: inout Int) -> Int? {
    guard let first = bytes.u8(at: offset) else { return nil }
    let value: UInt64?
    switch first >> 6 {
    case 0: value = UInt64(first)
    case 1: value = bytes.u16(at: offset).map { UInt64($0 & 0x3fff) }
    case 2: value = bytes.u32(at: offset).map { UInt64($0 & 0x3fff_ffff) }
    default: value = bytes.u64(at: offset).map { $0 & 0x3fff_ffff_ffff_ffff }
    }
    guard let value else { return nil }
    offset += 1 << Int(first >> 6)
    return Int(truncatingIfNeeded: value)
  }

  /// The length at `offset`, which moves behind it, of something that lies behind that; nil: it is not all there.
  static func length(_ bytes: RawSpan, _ offset: inout Int) -> Int? {
    guard let value = read(bytes, &offset), value <= bytes.byteCount - offset else { return nil }
    return value
  }
}
