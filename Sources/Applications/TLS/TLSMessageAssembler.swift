import Bytes

/// Puts the handshake messages of one side together, which lie in its handshake records one behind the other however the
/// records are cut (RFC 8446, section 5.1). A message that lies whole in one piece of a record is never copied.
struct TLSMessageAssembler {
  /// What is known of the place where a record begins.
  enum Start {
    /// A message begins, or goes on.
    case certain
    /// A gap came before: a message may begin.
    case afterGap
    /// The side has begun to encrypt. A hello may still come if the server asked for another one.
    case afterEncryption(recordLength: Int32)
  }

  // struct {                                                  RFC 8446, section 4
  //   HandshakeType msg_type;
  //   uint24 length;
  // } Handshake;
  private var header: UInt32 = 0
  private var left: Int32 = 0
  private var body: [UInt8] = []
  private var frame = FrameStamp(id: 0, time: nil)
  private var headerCount: UInt8 = 0

  /// Bytes of an unfinished message.
  var heldBytes: Int { body.count }

  private var type: TLSHandshakeType? { TLSHandshakeType(rawValue: UInt8(truncatingIfNeeded: header >> 24)) }
  private var length: Int { Int(header & 0xff_ffff) }

  /// Whether a message has begun and not ended.
  var isOpen: Bool { headerCount > 0 }

  /// Takes in the next bytes of handshake records. False: they are no handshake messages, and the rest of the record is
  /// to be passed over.
  mutating func consume(
    _ bytes: RawSpan, start: Start, in frame: FrameStamp, rows: inout TLSHandshakeRows, context: ApplicationContext
  ) -> Bool {
    var at = 0
    while at < bytes.byteCount {
      if headerCount < 4 {
        guard let byte = bytes.u8(at: at) else { break }
        if headerCount == 0 { self.frame = frame }
        header = header << 8 | UInt32(byte)
        headerCount += 1
        at += 1
        guard headerCount == 4 else { continue }
        left = Int32(length)
        guard beginMessage(start, rows: &rows, context: context) else {
          reset()
          return false
        }
        if left == 0 { endMessage(RawSpan(), in: frame, rows: &rows, context: context) }
        continue
      }
      let count = min(Int(left), bytes.byteCount - at)
      let part = bytes.part(from: at, to: at + count)
      left -= Int32(count)
      at += count
      if left == 0, body.isEmpty {
        endMessage(part, in: frame, rows: &rows, context: context)
        continue
      }
      if keeps { body.append(span: part) }
      if left == 0 {
        let whole = body
        endMessage(whole.bytes, in: frame, rows: &rows, context: context)
      }
    }
    return true
  }

  private var keeps: Bool { type?.isRecorded == true && length <= TLSHandshakeRows.messageLimit }

  private func beginMessage(_ start: Start, rows: inout TLSHandshakeRows, context: ApplicationContext) -> Bool {
    switch start {
    case .afterEncryption(let recordLength):
      return (type == .clientHello || type == .serverHello) && length == Int(recordLength) - 4
    case .afterGap: return type != nil && length <= TLSHandshakeRows.messageLimit
    case .certain: break
    }
    guard let type else {
      rows.diagnose(
        "malformed-tls", "TLS handshake malformed: no message has type \(header >> 24)", in: frame, context: context)
      return false
    }
    if type.isRecorded, length > TLSHandshakeRows.messageLimit {
      rows.diagnose(
        "malformed-tls", "TLS handshake limit: \(type.name) of \(length) bytes is passed over", in: frame,
        context: context)
    }
    return true
  }

  private mutating func endMessage(
    _ body: RawSpan, in last: FrameStamp, rows: inout TLSHandshakeRows, context: ApplicationContext
  ) {
    if keeps, let type { rows.message(type, body, in: frame, context: context) }
    if let type {
      // TLS 1.3 sends a HelloRetryRequest as a ServerHello (RFC 8446, section 4.1.4).
      let isRetry = type == .serverHello && rows.isRetryRequest
      rows.note(.handshake(isRetry ? .helloRetryRequest : type), in: last, context: context)
    }
    reset()
  }

  private mutating func reset() {
    header = 0
    headerCount = 0
    left = 0
    body = []
  }

  /// Gives up the message that has begun: the rest of it is not in the capture.
  mutating func abandon(rows: inout TLSHandshakeRows, context: ApplicationContext) {
    guard isOpen else { return }
    if headerCount == 4, let type {
      let part = body
      rows.truncated(type, part.bytes, length: length, in: frame, context: context)
    } else {
      rows.diagnose(
        "truncated-tls-handshake", "a handshake message ends within its header", in: frame, context: context)
    }
    reset()
  }
}
