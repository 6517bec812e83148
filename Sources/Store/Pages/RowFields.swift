import Bytes

/// Where the values of a row lie, as far as indexes need them.
struct RowFields: ~Copyable {
  /// A value of a row.
  struct Field: BitwiseCopyable {
    /// Its serial type (https://www.sqlite.org/fileformat2.html, section 2.1).
    var type: UInt64 = 0
    /// Where its bytes begin in the row.
    var start = 0

    /// Whether it is NULL.
    var isNull: Bool { type == UInt64(SerialType.null) }

    /// The number, nil for anything but an integer. Its bytes lie in `row`.
    @inline(__always)
    func integer(in row: RawSpan) -> Int64? {
      switch type {
      case 1...6:
        let bits = Int64(bitPattern: row.word(at: start).byteSwapped)
        return bits >> Int64(truncatingIfNeeded: 64 &- 8 &* size)
      case 8, 9: return Int64(truncatingIfNeeded: type &- 8)
      default: return nil
      }
    }

    /// Bytes of the value.
    @inline(__always)
    var size: Int { SerialType.size(type) }
  }

  private var fields: [Field]

  /// For rows of whose values, the `id` left out, the first `count` are needed.
  init(count: Int) {
    fields = Array(repeating: Field(), count: count)
  }

  /// The field of the column at `place`.
  subscript(place: Int) -> Field { fields[place] }

  /// Finds the values of `row`, which is in SQLite's record format with a NULL for the `id`; false where it has too few.
  @inline(__always)
  mutating func read(_ row: RawSpan) -> Bool {
    var header = 0
    let size = RowFields.varint(row, at: &header)
    guard size <= UInt64(row.byteCount) else { return false }
    let end = Int(size)
    var body = end
    header &+= 1
    var places = fields.mutableSpan
    for place in places.indices {
      guard header < end else { return false }
      let type = RowFields.varint(row, at: &header)
      places[place] = Field(type: type, start: body)
      body = min(body &+ SerialType.size(type), row.byteCount)
    }
    return true
  }

  @inline(__always)
  private static func varint(_ row: RawSpan, at place: inout Int) -> UInt64 {
    var value: UInt64 = 0
    while let byte = row.u8(at: place) {
      place &+= 1
      value = value << 7 | UInt64(byte & 0x7f)
      if byte < 0x80 { break }
    }
    return value
  }
}
