import Bytes

/// Collects the texts with which a client of rlogin, rsh or rexec begins, each with a NUL behind it.
struct RemoteFields {
  /// Bytes of one text. Names are short (RFC 1282 names no limit; rexecd and rlogind have 16 to 32); commands may not be,
  /// and are cut.
  static let fieldLimit = 256

  private(set) var fields: [[UInt8]] = []
  private var field: [UInt8] = []
  /// The frame of each text's first byte.
  private(set) var frames: [Int64] = []

  /// Bytes kept.
  var heldBytes: Int { field.count + fields.reduce(0) { $0 + $1.count } }

  /// Takes the next byte.
  mutating func append(_ byte: UInt8, in frame: FrameStamp) {
    if frames.count == fields.count { frames.append(frame.id) }
    if byte == 0 {
      fields.append(field)
      field = []
    } else if field.count < RemoteFields.fieldLimit {
      field.append(byte)
    }
  }

  /// How the first bytes of a connection look.
  enum Shape {
    /// The texts so far, and whether they are all.
    case texts([[UInt8]], isWhole: Bool)
    /// A byte that is not printable, or a text that is too long.
    case other
  }

  /// The first `count` texts in `bytes` from `start` on, all printable.
  static func shape(_ bytes: RawSpan, from start: Int, count: Int) -> Shape {
    var texts: [[UInt8]] = []
    var index = start
    while texts.count < count {
      guard let end = bytes.firstIndex(of: 0, from: index, to: index + fieldLimit + 1) else {
        let rest = bytes.part(from: index)
        return rest.byteCount <= fieldLimit && isPrintable(rest) ? .texts(texts, isWhole: false) : .other
      }
      let text = bytes.part(from: index, to: end)
      guard isPrintable(text) else { return .other }
      texts.append(text.copied())
      index = end + 1
    }
    return .texts(texts, isWhole: true)
  }

  private static func isPrintable(_ text: RawSpan) -> Bool {
    var index = 0
    while let byte = text.u8(at: index) {
      guard (0x20...0x7e).contains(byte) else { return false }
      index += 1
    }
    return true
  }
}
