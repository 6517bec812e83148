import Bytes

/// The options of a block (draft-ietf-opsawg-pcapng, section 3.5).
///
/// ```
///  0 |      Option Code              |         Option Length         |
///  4 /       Option Value, padded to a multiple of 4 bytes           /
/// ```
enum PcapngOptions {
  /// Ends the list.
  static let end: UInt16 = 0
  /// UTF-8 text, in blocks of any type.
  static let comment: UInt16 = 1

  /// Calls `body` with code and value of each option in `options`; one that does not fit ends them.
  static func forEach(_ options: RawSpan, _ order: ByteOrder, _ body: (UInt16, RawSpan) -> Void) {
    var offset = 0
    while let code = order.u16(options, at: offset), let length = order.u16(options, at: offset &+ 2).map(Int.init),
      code != PcapngOptions.end, offset &+ 4 &+ length <= options.byteCount
    {
      body(code, options.part(from: offset &+ 4, to: offset &+ 4 &+ length))
      offset &+= 4 &+ (length &+ 3) & ~3
    }
  }

  /// A text's bytes up to the NUL that some writers end it with; nil where it is empty.
  static func text(_ value: RawSpan) -> [UInt8]? {
    let end = value.firstIndex(of: 0) ?? value.byteCount
    return end > 0 ? value.part(from: 0, to: end).copied() : nil
  }
}
