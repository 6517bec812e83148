import Bytes

/// What both sides have agreed on for `permessage-deflate` (RFC 7692, section 7.1). Of the windows' sizes a reader needs
/// nothing: the largest reads all.
struct WebSocketDeflate: Equatable, Sendable {
  /// Whether what the client sends refers to its earlier messages.
  let keepsClientContext: Bool
  /// Whether what the server sends refers to its earlier messages.
  let keepsServerContext: Bool

  /// Contexts that are kept or not.
  init(keepsClientContext: Bool, keepsServerContext: Bool) {
    self.keepsClientContext = keepsClientContext
    self.keepsServerContext = keepsServerContext
  }

  /// What one extension in a `Sec-WebSocket-Extensions` field says; nil for any other extension.
  init?(_ bytes: RawSpan, _ range: Range<Int>) {
    let end = bytes.firstIndex(of: UInt8(ascii: ";"), from: range.lowerBound, to: range.upperBound) ?? range.upperBound
    guard HTTP1Bytes.equals(bytes, HTTP1Bytes.trimmed(bytes, range.lowerBound..<end), "permessage-deflate") else {
      return nil
    }
    keepsClientContext = !HTTP1Bytes.contains(bytes, range, "client_no_context_takeover")
    keepsServerContext = !HTTP1Bytes.contains(bytes, range, "server_no_context_takeover")
  }
}
