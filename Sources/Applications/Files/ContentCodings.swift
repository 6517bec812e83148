import Bytes

/// How the content of a message is coded (RFC 9110, section 8.4): its codings in the order in which they were applied.
struct ContentCodings: Sendable, BitwiseCopyable {
  /// One that is undone.
  enum Coding: UInt8, Sendable {
    /// RFC 1952; several members may follow each other.
    case gzip = 1
    /// RFC 1950, or RFC 1951 without a wrapper, which some servers send.
    case deflate
    /// RFC 7932.
    case brotli
    /// RFC 8878; several frames may follow each other.
    case zstd
  }

  /// The codings, eight bits each, the one that was applied last lowest.
  private var packed: UInt32 = 0
  private var count: UInt8 = 0
  /// Whether one of them is not known, or there are more than `FileLimits.codings`.
  private var hasOther = false

  /// No coding.
  static let none = ContentCodings()

  private init() {}

  /// The codings in `codings`.
  init(_ codings: [Coding]) {
    for coding in codings { append(coding) }
  }

  /// The codings that a `Content-Encoding` field with its value in `range` lists; `identity` is none.
  init(_ bytes: RawSpan, _ range: Range<Int>) {
    HTTP1Bytes.forEachPart(bytes, range) { name in
      func isNamed(_ text: StaticString) -> Bool { HTTP1Bytes.equals(bytes, name, text) }
      if isNamed("gzip") || isNamed("x-gzip") {
        append(.gzip)
      } else if isNamed("deflate") {
        append(.deflate)
      } else if isNamed("br") {
        append(.brotli)
      } else if isNamed("zstd") {
        append(.zstd)
      } else if !isNamed("identity") {
        hasOther = true
      }
    }
  }

  private mutating func append(_ coding: Coding) {
    guard count < FileLimits.codings else { return hasOther = true }
    packed = packed << 8 | UInt32(coding.rawValue)
    count += 1
  }

  /// Whether the content can be read: there is no coding, or all can be undone.
  var canBeRead: Bool { !hasOther }

  /// Whether there is something that can be undone.
  var canBeUndone: Bool { count > 0 && !hasOther }

  /// The codings to be undone, the first one first; none where one of them cannot be undone.
  var outermostFirst: [Coding] {
    guard canBeUndone else { return [] }
    return (0..<UInt32(count)).compactMap { Coding(rawValue: UInt8(truncatingIfNeeded: packed >> (8 * $0))) }
  }
}
