import Bytes

/// The identifier and length octets of an element in BER (X.690, sections 8.1.2 and 8.1.3).
///
/// Strict as the protocols here are: the tag in one octet, the length definite and in at most four octets (RFC 4511,
/// section 5.1; RFC 3417, section 8; RFC 4120, section 5.1). Octets of the length may be more than needed, as Windows
/// writes them.
struct BERHeader: Equatable, Sendable {
  /// Octets that a header has at most.
  static let sizeLimit = 6
  /// Octets of content that an element may have: 256 MB.
  static let lengthLimit = 1 << 28

  /// What stands at a place.
  enum Look: Equatable, Sendable {
    /// A header, so far; more octets are needed.
    case more
    /// No header.
    case no
    /// A header.
    case header(BERHeader)
  }

  /// The identifier octet: class, constructed bit and number.
  let tag: UInt8
  /// Octets of the header.
  let size: Int
  /// Octets of the content.
  let length: Int

  /// Octets of the element.
  var total: Int { size + length }

  /// What stands at `offset` of `bytes`.
  static func look(_ bytes: RawSpan, at offset: Int = 0) -> Look {
    guard let tag = bytes.u8(at: offset) else { return .more }
    guard tag & 0x1f != 0x1f else { return .no }
    guard let first = bytes.u8(at: offset + 1) else { return .more }
    if first < 0x80 { return .header(BERHeader(tag: tag, size: 2, length: Int(first))) }
    let count = Int(first & 0x7f)
    guard (1...4).contains(count) else { return .no }
    var length = 0
    for index in 0..<count {
      guard let byte = bytes.u8(at: offset + 2 + index) else { return .more }
      length = length << 8 | Int(byte)
    }
    guard length <= lengthLimit else { return .no }
    return .header(BERHeader(tag: tag, size: 2 + count, length: length))
  }
}
