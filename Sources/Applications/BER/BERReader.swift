import Bytes

/// Reads the elements of a constructed encoding in BER (X.690), one after the other. Bytes from the wire cannot make it
/// go beyond them, nor deeper than `depthLimit`.
struct BERReader: ~Escapable {
  /// Levels that can be entered from the outermost reader.
  static let depthLimit = 16

  /// Universal tags (X.690, section 8).
  static let integer: UInt8 = 0x02
  static let bitString: UInt8 = 0x03
  static let octetString: UInt8 = 0x04
  static let objectIdentifier: UInt8 = 0x06
  static let enumerated: UInt8 = 0x0a
  static let generalString: UInt8 = 0x1b
  static let sequence: UInt8 = 0x30

  private let bytes: RawSpan
  private var offset = 0
  private let depth: Int

  /// A reader at the first element in `bytes`.
  @_lifetime(copy bytes)
  init(_ bytes: RawSpan) {
    self.init(bytes, depth: 0)
  }

  @_lifetime(copy bytes)
  private init(_ bytes: RawSpan, depth: Int) {
    self.bytes = bytes
    self.depth = depth
  }

  /// The identifier octet of the next element; nil at the end.
  var nextTag: UInt8? { bytes.u8(at: offset) }

  /// Whether no element follows.
  var isAtEnd: Bool { offset >= bytes.byteCount }

  /// The content of the next element, which must have `tag`.
  @_lifetime(copy self)
  mutating func content(_ tag: UInt8) throws(Fault) -> RawSpan {
    guard nextTag == tag else {
      throw Fault("BER", nextTag == nil ? .truncated : .malformed, at: offset, "another element was expected")
    }
    let header = try header()
    let start = offset + header.size
    offset = start + header.length
    return bytes.part(from: start, to: offset)
  }

  /// A reader of what is in the next element, which must have `tag`.
  @_lifetime(copy self)
  mutating func enter(_ tag: UInt8) throws(Fault) -> BERReader {
    guard depth < BERReader.depthLimit else {
      throw Fault("BER", .limit, at: offset, "more than \(BERReader.depthLimit) levels")
    }
    return BERReader(try content(tag), depth: depth + 1)
  }

  /// The next element's content where it has `tag`; nil, with nothing consumed, where it has another or there is none.
  @_lifetime(copy self)
  mutating func optional(_ tag: UInt8) throws(Fault) -> RawSpan? {
    nextTag == tag ? try content(tag) : nil
  }

  /// Passes over the next element and returns its tag.
  @discardableResult
  mutating func skip() throws(Fault) -> UInt8 {
    let header = try header()
    offset += header.total
    return header.tag
  }

  /// The next element, an integer of at most eight octets.
  mutating func integer(_ tag: UInt8 = BERReader.integer) throws(Fault) -> Int64 {
    let start = offset
    let content = try content(tag)
    guard let first = content.u8(at: 0), content.byteCount <= 8 else {
      throw Fault("BER", .malformed, at: start, "an integer of \(content.byteCount) octets")
    }
    var value: Int64 = first & 0x80 == 0 ? 0 : -1
    for index in 0..<content.byteCount { value = value << 8 | Int64(content.u8(at: index) ?? 0) }
    return value
  }

  private func header() throws(Fault) -> BERHeader {
    switch BERHeader.look(bytes, at: offset) {
    case .more: throw Fault("BER", .truncated, at: offset, "the element's header is cut")
    case .no: throw Fault("BER", .malformed, at: offset, "no tag or length of those allowed")
    case .header(let header):
      guard header.length <= bytes.byteCount - offset - header.size else {
        throw Fault("BER", .truncated, at: offset, "the element is longer than what holds it")
      }
      return header
    }
  }
}
