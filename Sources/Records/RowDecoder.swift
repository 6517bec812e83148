import Bytes

/// One value of an encoded row.
public enum RowValue: Equatable, Sendable {
  /// NULL.
  case null
  /// An INTEGER.
  case integer(Int64)
  /// A TEXT: where its UTF-8 bytes lie in the row.
  case text(Range<Int>)
  /// A BLOB: where its bytes lie in the row.
  case blob(Range<Int>)
}

/// Reads the values of a row that `RowEncoder` made, the key's NULL left out.
public struct RowDecoder: ~Escapable {
  private let row: RawSpan
  private var header: Int
  private let headerEnd: Int
  private var body: Int

  /// A decoder at the first value behind the key of `row`, a whole record.
  @_lifetime(copy row)
  public init(_ row: RawSpan) {
    self.row = row
    var size = 0
    var at = 0
    while let byte = row.u8(at: at) {
      size = size << 7 | Int(byte & 0x7f)
      at += 1
      if byte < 0x80 { break }
    }
    header = at + 1
    headerEnd = size
    body = size
  }

  /// The next value; nil behind the last.
  public mutating func next() -> RowValue? {
    guard header < headerEnd else { return nil }
    let kind = varint()
    switch kind {
    case 0: return .null
    case 1...6: return .integer(integer(size: [0, 1, 2, 3, 4, 6, 8][kind]))
    case 8: return .integer(0)
    case 9: return .integer(1)
    default:
      let length = (kind - 12) / 2
      let place = body..<(body + length)
      body += length
      return kind % 2 == 0 ? .blob(place) : .text(place)
    }
  }

  private mutating func varint() -> Int {
    var value = 0
    while let byte = row.u8(at: header) {
      value = value << 7 | Int(byte & 0x7f)
      header += 1
      if byte < 0x80 { break }
    }
    return value
  }

  private mutating func integer(size: Int) -> Int64 {
    var value: Int64 = row.u8(at: body).map { $0 > 0x7f ? -1 : 0 } ?? 0
    for offset in 0..<size {
      value = value << 8 | Int64(row.u8(at: body + offset) ?? 0)
    }
    body += size
    return value
  }
}
