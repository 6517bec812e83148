/// The serial types of SQLite's record format (https://www.sqlite.org/fileformat2.html, section 2.1).
enum SerialType {
  static let null: UInt8 = 0

  /// The type of an integer, and the bytes that its value takes behind the header.
  @inline(__always)
  static func integer(_ value: Int64) -> (type: UInt8, size: Int) {
    let magnitude = UInt64(bitPattern: value < 0 ? ~value : value)
    if magnitude < 0x80 { return value == 0 ? (8, 0) : value == 1 ? (9, 0) : (1, 1) }
    if magnitude < 0x8000 { return (2, 2) }
    if magnitude < 0x80_0000 { return (3, 3) }
    if magnitude < 0x8000_0000 { return (4, 4) }
    if magnitude < 0x8000_0000_0000 { return (5, 6) }
    return (6, 8)
  }

  /// The type of a text of `count` bytes.
  static func text(_ count: Int) -> UInt64 { UInt64(count) * 2 + 13 }

  /// The type of a BLOB of `count` bytes.
  static func blob(_ count: Int) -> UInt64 { UInt64(count) * 2 + 12 }

  /// Whether `type` is that of a text.
  static func isText(_ type: UInt64) -> Bool { type >= 13 && type & 1 == 1 }

  /// Whether `type` is that of a BLOB.
  static func isBlob(_ type: UInt64) -> Bool { type >= 12 && type & 1 == 0 }

  /// Bytes that a value of `type` takes behind the header.
  @inline(__always)
  static func size(_ type: UInt64) -> Int {
    // One digit for each of the types 0 to 11.
    type < 12 ? Int(0x0000_8864_3210 as UInt64 &>> (4 &* type) & 15) : Int(clamping: (type &- 12) / 2)
  }
}
