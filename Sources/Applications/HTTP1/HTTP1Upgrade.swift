import Bytes

/// The protocol that a `101 Switching Protocols` changes to, where its parser needs to know what was agreed on.
enum HTTP1Upgrade: Equatable, Sendable {
  /// `h2c`: HTTP/2 in the clear, whose stream 1 answers the request (RFC 7540, section 3.2).
  case http2
  /// `websocket` (RFC 6455), with or without compression.
  case webSocket(WebSocketDeflate?)

  /// What the response with these fields changes to; nil for any other protocol.
  init?(_ fields: [HTTP1Field], _ head: [UInt8]) {
    let bytes = head.bytes
    var isWebSocket = false
    var deflate: WebSocketDeflate?
    for field in fields {
      if HTTP1Bytes.equals(bytes, field.name, "upgrade") {
        if HTTP1Bytes.equals(bytes, field.value, "h2c") {
          self = .http2
          return
        }
        isWebSocket = isWebSocket || HTTP1Bytes.equals(bytes, field.value, "websocket")
      } else if HTTP1Bytes.equals(bytes, field.name, "sec-websocket-extensions") {
        HTTP1Bytes.forEachPart(bytes, field.value) { deflate = deflate ?? WebSocketDeflate(bytes, $0) }
      }
    }
    guard isWebSocket else { return nil }
    self = .webSocket(deflate)
  }
}
