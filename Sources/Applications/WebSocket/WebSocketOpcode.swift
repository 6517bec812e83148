/// What a frame is (RFC 6455, section 11.8).
enum WebSocketOpcode: UInt8, Sendable {
  case continuation = 0
  case text = 1
  case binary = 2
  case close = 8
  case ping = 9
  case pong = 10

  /// Whether it may stand between the frames of a message.
  var isControl: Bool { rawValue >= 8 }

  /// As `websocket_messages` has it.
  var name: StaticString {
    switch self {
    case .continuation: "continuation"
    case .text: "text"
    case .binary: "binary"
    case .close: "close"
    case .ping: "ping"
    case .pong: "pong"
    }
  }
}
