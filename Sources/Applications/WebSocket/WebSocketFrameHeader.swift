import Bytes

/// The header of a frame (RFC 6455, section 5.2):
///
///     FIN (1), RSV (3), opcode (4), MASK (1), length (7), [ length (16 or 64) ], [ masking key (32) ]
struct WebSocketFrameHeader: Sendable, BitwiseCopyable {
  /// Bytes that every header has.
  static let minimum = 2

  /// The frame's kind.
  let opcode: WebSocketOpcode
  /// Whether it is its message's last one.
  let isFinal: Bool
  /// Whether its message is compressed (RFC 7692, section 6); only the first frame of one says so.
  let isCompressed: Bool
  /// The masking key; nil: not masked.
  let key: UInt32?
  /// Bytes of the payload.
  let length: Int

  /// Bytes of the header whose first two bytes these are.
  static func size(_ bytes: RawSpan) -> Int {
    let second = bytes.u8(at: 1) ?? 0
    let extended = second & 0x7f == 127 ? 8 : second & 0x7f == 126 ? 2 : 0
    return minimum + extended + (second & 0x80 == 0 ? 0 : 4)
  }

  /// The header in `bytes`, all of `size(bytes)`; nil where `side` must not send it.
  ///
  /// - Parameter allowsCompression: whether compression was agreed on.
  init?(_ bytes: RawSpan, from side: Side, allowsCompression: Bool) {
    guard let first = bytes.u8(at: 0), let second = bytes.u8(at: 1), let opcode = WebSocketOpcode(rawValue: first & 0xf)
    else { return nil }
    self.opcode = opcode
    isFinal = first & 0x80 != 0
    isCompressed = first & 0x40 != 0
    let isMasked = second & 0x80 != 0
    switch second & 0x7f {
    case 126:
      guard let value = bytes.u16(at: 2), value >= 126 else { return nil }
      length = Int(value)
    case 127:
      guard let value = bytes.u64(at: 2), value > 0xffff, let size = Int(exactly: value) else { return nil }
      length = size
    case let value: length = Int(value)
    }
    key = isMasked ? bytes.u32(at: WebSocketFrameHeader.size(bytes) - 4) : nil
    // The client masks, the server does not (section 5.1).
    guard isMasked == (side == .client), first & 0x30 == 0 else { return nil }
    if isCompressed, !allowsCompression || opcode.isControl || opcode == .continuation { return nil }
    if opcode.isControl, !isFinal || length > WebSocketLimits.control { return nil }
  }
}
