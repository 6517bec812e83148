import Bytes

// struct {                                                    RFC 8446, section 5.1
//   ContentType type;                                         20 change_cipher_spec, 21 alert, 22 handshake,
//                                                             23 application_data, 24 heartbeat
//   ProtocolVersion legacy_record_version;                    0x0300...0x0304
//   uint16 length;                                            up to 2^14 + 2048 (RFC 5246, section 6.2.3)
//   opaque fragment[length];
// } TLSPlaintext;

/// The five bytes in front of a record.
struct TLSRecordHeader {
  /// Bytes of a header.
  static let size = 5
  /// Bytes of the longest record, encryption's expansion included (RFC 5246, section 6.2.3).
  static let lengthLimit = 1 << 14 + 2048

  /// `ContentType`.
  let type: UInt8
  /// Bytes behind the header.
  let length: Int

  /// The header that is the low 40 bits of `value`; nil: no record begins like this.
  init?(_ value: UInt64) {
    type = UInt8(truncatingIfNeeded: value >> 32)
    length = Int(value & 0xffff)
    guard (20...24).contains(type), value >> 24 & 0xff == 3, value >> 16 & 0xff <= 4,
      length <= TLSRecordHeader.lengthLimit, length > 0 || type == 23
    else { return nil }
  }

  /// Whether a record found by chance may begin like this: the length must suit the type.
  var isTypical: Bool {
    switch type {
    case 20: length == 1
    case 21: length == 2 || length >= 16
    case 22: length >= 4
    case 23: length > 0
    default: false
    }
  }
}

/// Follows the records of one side of a TLS connection, and reads the handshake messages among them for as long as they
/// travel in the clear. Everything else is passed over by its length, and noted up to a limit.
struct TLSRecordReader {
  /// Pieces at whose start a record is looked for after framing was lost.
  static let seekLimit = 64
  /// Records of early data that are passed over in wait of a second ClientHello (RFC 8446, section 4.2.10).
  static let earlyDataLimit = 16
  /// Records of a side that are still noted once it encrypts.
  static let encryptedRecordLimit = 16

  private enum Phase {
    case seeking
    case framing
    case finished
  }

  private enum Content {
    case ignored
    case handshake(TLSMessageAssembler.Start)
    case helloSSLv2
  }

  // There are two of these for each open connection: the properties are in an order that leaves no gaps.
  private var messages = TLSMessageAssembler()
  private var oldHello: [UInt8] = []
  private var headerFrame = FrameStamp(id: 0, time: nil)
  private var header: UInt64 = 0
  private var content = Content.ignored
  /// Bytes of the record that are still to come.
  private var left: Int32 = 0
  private var headerCount: UInt8 = 0
  private var recordType: UInt8 = 0
  private var seeks: UInt8 = 0
  private var encryptedRecords: UInt8 = 0
  private var followedRecords: UInt8 = 0
  private var alert: (level: UInt8, description: UInt8) = (0, 0)
  private var phase = Phase.seeking
  private var hasBegun = false
  private var isCertain = false
  private var isEncrypted = false
  /// Whether no message can be read any more, so that records are only noted.
  private var isFollowing = false
  /// Whether the record has the length of an alert in the clear.
  private var isAlert = false

  /// Bytes of an unfinished message.
  var heldBytes: Int { messages.heldBytes + oldHello.count }

  /// Whether nothing more is to be read from this side.
  var isFinished: Bool { phase == .finished }

  /// The next bytes of the side.
  mutating func consume(
    _ bytes: RawSpan, in frame: FrameStamp, rows: inout TLSHandshakeRows, context: ApplicationContext
  ) {
    var at = 0
    while phase != .finished, at < bytes.byteCount {
      if left > 0 {
        let count = min(Int(left), bytes.byteCount - at)
        left -= Int32(count)
        take(bytes.part(from: at, to: at + count), in: frame, rows: &rows, context: context)
        at += count
        if left == 0, phase != .finished { endRecord(in: frame, rows: &rows, context: context) }
        continue
      }
      if headerCount == 0 { headerFrame = frame }
      while headerCount < TLSRecordHeader.size, let byte = bytes.u8(at: at) {
        header = header << 8 | UInt64(byte)
        headerCount += 1
        at += 1
      }
      guard headerCount == TLSRecordHeader.size else { return }
      guard beginRecord(rows: &rows, context: context) else { return }
      headerCount = 0
    }
  }

  /// Notes the record that ends in `frame`; whole handshake messages are noted where they end.
  private mutating func endRecord(
    in frame: FrameStamp, rows: inout TLSHandshakeRows, context: ApplicationContext
  ) {
    switch recordType {
    case 20: rows.note(.changeCipherSpec, in: frame, context: context)
    case 21:
      let isClear = isAlert && !isEncrypted
      if isClear { rows.alert(alert.level, alert.description, in: frame, context: context) }
      rows.note(
        isClear ? .alert(level: alert.level, description: alert.description) : .encryptedAlert, in: frame,
        context: context)
    case 22:
      guard isFollowing else { return }
      rows.note(.encryptedHandshake, in: frame, context: context)
    case 23: rows.note(.applicationData, in: frame, context: context)
    default: return
    }
    guard isFollowing else { return }
    followedRecords += 1
    if followedRecords >= TLSRecordReader.encryptedRecordLimit { finish(rows: &rows, context: context) }
  }

  /// Takes the header that was read. False: it is none, and the rest of the piece is to be dropped.
  private mutating func beginRecord(rows: inout TLSHandshakeRows, context: ApplicationContext) -> Bool {
    let isHelloSSLv2 = rows.side == .client ? SSLv2ClientHello.begins(header) : SSLv2ServerHello.begins(header)
    if !hasBegun, isHelloSSLv2 {
      beginHelloSSLv2(rows: &rows, context: context)
      header = 0
      return true
    }
    guard let record = TLSRecordHeader(header), phase == .framing || record.isTypical else {
      if isFollowing { finish(rows: &rows, context: context) } else { loseFraming(rows: &rows, context: context) }
      return false
    }
    header = 0
    recordType = record.type
    phase = .framing
    hasBegun = true
    left = Int32(record.length)
    content = .ignored
    switch record.type {
    case 20: isEncrypted = true
    case 21: isAlert = record.length == 2
    case 22:
      if isFollowing {
        content = .ignored
      } else if isEncrypted {
        content = .handshake(.afterEncryption(recordLength: Int32(record.length)))
      } else {
        content = .handshake(isCertain || messages.isOpen ? .certain : .afterGap)
      }
    case 23:
      isEncrypted = true
      guard !isFollowing else { break }
      encryptedRecords += 1
      if rows.isNegotiated || encryptedRecords > TLSRecordReader.earlyDataLimit {
        follow(rows: &rows, context: context)
      }
    default: break
    }
    return true
  }

  private mutating func beginHelloSSLv2(rows: inout TLSHandshakeRows, context: ApplicationContext) {
    phase = .framing
    hasBegun = true
    left = Int32(SSLv2ClientHello.length(header)) - 3
    content = .helloSSLv2
    oldHello = [16, 8, 0].map { UInt8(truncatingIfNeeded: header >> $0) }
  }

  private mutating func loseFraming(rows: inout TLSHandshakeRows, context: ApplicationContext) {
    if rows.isSSLv2 {
      phase = .finished
      return
    }
    // A stream that lost its framing although nothing of it is missing is broken, or became something else: SSL 2.0
    // goes on in a framing of its own.
    if phase == .framing, isCertain, !isEncrypted {
      rows.diagnose(
        "malformed-tls", "TLS record malformed: no record begins with 0x\(String(header, radix: 16))", in: headerFrame,
        context: context)
    }
    messages.abandon(rows: &rows, context: context)
    header = 0
    headerCount = 0
    isCertain = false
    seeks += 1
    phase = seeks >= TLSRecordReader.seekLimit ? .finished : .seeking
  }

  /// Bytes of the current record.
  private mutating func take(
    _ bytes: RawSpan, in frame: FrameStamp, rows: inout TLSHandshakeRows, context: ApplicationContext
  ) {
    switch content {
    case .ignored:
      guard recordType == 21, isAlert else { break }
      for index in 0..<bytes.byteCount { alert = (alert.description, bytes.u8(at: index) ?? 0) }
    case .handshake(let start):
      if messages.consume(bytes, start: start, in: frame, rows: &rows, context: context) {
        if case .afterGap = start, !messages.isOpen { isCertain = true }
        return
      }
      content = .ignored
      isCertain = false
      if case .afterEncryption = start { follow(rows: &rows, context: context) }
    case .helloSSLv2:
      oldHello.append(span: bytes)
      guard left == 0 else { return }
      let hello = oldHello
      oldHello = []
      if hello.first == 1 { return rows.helloSSLv2(hello.bytes, in: headerFrame, context: context) }
      rows.serverHelloSSLv2(hello.bytes, in: headerFrame, context: context)
      phase = .finished
    }
  }

  /// The next `count` bytes of the side are not in the capture. A gap within a record leaves the framing whole.
  mutating func gap(of count: Int, rows: inout TLSHandshakeRows, context: ApplicationContext) {
    guard phase != .finished, count > 0 else { return }
    guard !isFollowing else { return finish(rows: &rows, context: context) }
    abandon(rows: &rows, context: context)
    isCertain = false
    content = .ignored
    if phase == .framing, headerCount == 0, count <= Int(left) {
      left -= Int32(count)
      return
    }
    left = 0
    header = 0
    headerCount = 0
    phase = .seeking
    seeks = 0
  }

  /// No message of this side travels in the clear any more: records are noted, up to a limit.
  private mutating func follow(rows: inout TLSHandshakeRows, context: ApplicationContext) {
    abandon(rows: &rows, context: context)
    isFollowing = true
  }

  /// Nothing follows from this side.
  mutating func finish(rows: inout TLSHandshakeRows, context: ApplicationContext) {
    guard phase != .finished else { return }
    if !isFollowing { abandon(rows: &rows, context: context) }
    rows.flush(context: context)
    phase = .finished
  }

  private mutating func abandon(rows: inout TLSHandshakeRows, context: ApplicationContext) {
    messages.abandon(rows: &rows, context: context)
    guard case .helloSSLv2 = content, left > 0 else { return }
    rows.diagnose(
      "truncated-tls-handshake", "SSLv2 hello is not whole, \(left) bytes are missing", in: headerFrame,
      context: context)
    oldHello = []
  }
}
