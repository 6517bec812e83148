/// What a sender of HTTP/2 may make the parser keep or do. The limits of `HTTP1Limits` hold for messages here too.
enum HTTP2Limits {
  /// Bytes of a field block as sent, all its frames together.
  static let block = 131_072

  /// Bytes of a decoded field section, names and values together. More than this is left out.
  static let fieldSection = HTTP1Limits.head - 16

  /// Bytes of a dynamic table (RFC 7541, section 4.2). Browsers ask for 65,536.
  static let table = 1 << 20

  /// Streams of one connection that are open at once; beyond it the oldest half is given up.
  static let streams = 1_000

  /// Bytes of a frame's payload that a side may send without the other one's consent (RFC 9113, section 4.2).
  static let frame = 16_384

  /// Streams that a frame may be ahead of the last one seen where the place was lost.
  static let unseenStreams: UInt32 = 2_000

  /// Bytes of one side in search of a frame after which nothing more is read.
  static let strangeBytes = 16 << 20
}
