/// What a sender of WebSocket may make the parser keep or do.
enum WebSocketLimits {
  /// Bytes of a message's text that are kept.
  static let text = 4_096

  /// Bytes that a message may decode to; `DecodingBudget` bounds all of a capture together.
  static let decoded = 128 << 20

  /// Bytes of a control frame's payload (RFC 6455, section 5.5).
  static let control = 125

  /// Bytes of a segment that are kept to see whether whole frames lie in it, where the place is lost.
  static let segment = 65_536

  /// Rows of `diagnostics` for one connection.
  static let diagnostics = 100
}
