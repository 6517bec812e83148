import Bytes

/// Puts the packets of one direction together (MQTT 3.1.1, section 2.2), as long as one is wanted.
///
/// ```
/// packet  = type-and-flags(1) remaining-length(1-4) body
/// ```
struct MQTTPacketReader {
  /// Bytes kept of a packet's body; a longer one is passed over.
  static let bodyLimit = 1 << 17

  /// A packet.
  struct Packet {
    /// The first byte: type and flags.
    let type: UInt8
    /// Nil: longer than `bodyLimit`.
    let body: [UInt8]?
    /// The frame of its first byte.
    let frame: FrameStamp
  }

  private enum State {
    case type
    case length(shift: Int)
    case body
    case malformed
  }

  private var state = State.type
  private var type: UInt8 = 0
  private var frame: FrameStamp?
  private var length = 0
  private var seen = 0
  private var body: [UInt8] = []

  /// Whether a length came that is none: nothing more is read.
  var isMalformed: Bool { if case .malformed = state { true } else { false } }

  /// Bytes kept of an unfinished packet.
  var heldBytes: Int { body.count }

  /// Reads from `index` on up to the end of a packet, which it returns, or of the bytes.
  mutating func next(_ bytes: RawSpan, at index: inout Int, in frame: FrameStamp) -> Packet? {
    while let byte = bytes.u8(at: index) {
      switch state {
      case .type:
        index += 1
        type = byte
        (self.frame, length, seen, body, state) = (frame, 0, 0, [], .length(shift: 0))
      case .length(let shift):
        index += 1
        length |= Int(byte & 0x7f) << shift
        if byte & 0x80 != 0 {
          state = shift < 21 ? .length(shift: shift + 7) : .malformed
        } else if length == 0 {
          return end(frame)
        } else {
          state = .body
        }
      case .body:
        let part = bytes.part(from: index, to: index + min(length - seen, bytes.byteCount - index))
        if length <= MQTTPacketReader.bodyLimit { body.append(span: part) }
        index += part.byteCount
        seen += part.byteCount
        if seen == length { return end(frame) }
      case .malformed: return nil
      }
    }
    return nil
  }

  private mutating func end(_ frame: FrameStamp) -> Packet {
    defer { body = [] }
    state = .type
    return Packet(type: type, body: length <= MQTTPacketReader.bodyLimit ? body : nil, frame: self.frame ?? frame)
  }
}
