import Bytes

/// Puts the heads of SIP messages in one direction of a TCP connection together (RFC 3261, section 18.3): up to an empty
/// line; the body has the length that the head tells.
struct SIPStreamReader {
  /// Bytes of a head; a longer one ends the reading.
  static let headLimit = 16_384

  private var head: [UInt8] = []
  private var frame = FrameStamp(id: 0, time: nil)
  private var toSkip = 0
  /// Whether it is not known any more where messages begin; nothing comes then.
  private(set) var isLost = false

  /// Bytes of an unfinished head.
  var heldBytes: Int { head.count }

  /// The next message that `bytes` complete. Moves `offset` behind what was used.
  mutating func next(
    in bytes: RawSpan, from offset: inout Int, frame: FrameStamp
  ) -> (message: SIPMessage, frame: FrameStamp)? {
    while !isLost, offset < bytes.byteCount {
      if toSkip > 0 {
        let count = min(toSkip, bytes.byteCount - offset)
        toSkip -= count
        offset += count
        continue
      }
      let end = bytes.firstIndex(of: 0x0a, from: offset).map { $0 + 1 } ?? bytes.byteCount
      if head.isEmpty { self.frame = frame }
      head.append(span: bytes.part(from: offset, to: end))
      offset = end
      guard head.count <= SIPStreamReader.headLimit else {
        lose()
        return nil
      }
      // Empty lines between messages keep the connection alive (RFC 5626, section 3.5.1).
      if head == [0x0a] || head == [0x0d, 0x0a] { head = [] }
      guard head.suffix(3) == [0x0a, 0x0d, 0x0a] || head.suffix(2) == [0x0a, 0x0a] else { continue }
      guard let message = SIPMessage(head.bytes) else {
        lose()
        return nil
      }
      toSkip = message.contentLength
      head = []
      return (message, self.frame)
    }
    return nil
  }

  /// The next `count` bytes are missing. Within a body nothing is lost; elsewhere nothing is certain any more.
  mutating func gap(of count: Int) {
    if toSkip >= count { toSkip -= count } else { lose() }
  }

  private mutating func lose() {
    isLost = true
    head = []
  }
}
