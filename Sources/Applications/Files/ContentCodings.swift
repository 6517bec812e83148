import Bytes

/// How the content of a message is coded (RFC 9110, section 8.4): its codings in the order in which they were applied.
struct ContentCodings: Sendable, BitwiseCopyable {
  /// One that is undone.
  enum Coding: UInt8, Sendable {
    /// RFC 1952; several members may follow each other.
    case gzip = 1
    /// RFC 1950, or RFC 1951 without a wrapper, which some servers send.
    case deflate
  }

  /// The codings, eight bits each, the one that was applied last lowest.
  private var packed: UInt32 = 0
  /// Whether one of them is not known, or there are more than `FileLimits.codings`.
  private var hasOther = false

  /// No coding.
  static let none = ContentCodings()

  private init() {}

  /// The codings that a `Content-Encoding` field with its value in `range` lists; `identity` is none.
  init(_ bytes: RawSpan, _ range: Range<Int>) {
    HTTP1Bytes.forEachPart(bytes, range) { append(bytes, $0) }
  }

  private mutating func append(_ bytes: RawSpan, _ name: Range<Int>) {
    func isNamed(_ text: StaticString) -> Bool { HTTP1Bytes.equals(bytes, name, text) }
    let coding: Coding
    if isNamed("gzip") || isNamed("x-gzip") {
      coding = .gzip
    } else if isNamed("deflate") {
      coding = .deflate
    } else {
      hasOther = hasOther || !isNamed("identity")
      return
    }
    if packed != 0 { hasOther = true }
    packed = packed << 8 | UInt32(coding.rawValue)
  }

  /// Whether the content can be read: there is no coding, or all can be undone.
  var canBeRead: Bool { !hasOther }

  /// The coding to be undone; nil: there is none, or one that cannot be undone.
  var outermost: Coding? { hasOther ? nil : Coding(rawValue: UInt8(truncatingIfNeeded: packed)) }
}
