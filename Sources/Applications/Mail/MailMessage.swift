import Bytes
import Records

/// A message (RFC 5322) whose bytes pass by: the fields of its header are kept, its attachments (RFC 2045 to 2049, 2183)
/// become rows of `files` as they end, and of its text nothing is kept.
///
/// Bytes come by `take` in order, in pieces of any size; `end` is the last call.
struct MailMessage {
  /// A multipart that is open: what its parts are delimited by.
  private struct Multipart {
    let boundary: [UInt8]
    /// Whether its parts are messages unless they say something else (RFC 2046, section 5.1.5).
    let isDigest: Bool
  }

  private enum Place {
    /// In the header of the message, a part, or a message inside.
    case header(MIMEHeader, isPart: Bool, isInDigest: Bool)
    case attachment(MailAttachment)
    /// Text, or what stands before, between and behind parts.
    case passedOver
  }

  /// `smtp` or `pop3`.
  private let source: String
  private let flow: FlowIdentity
  /// Whether a dot was put before each line that begins with one (RFC 5321, section 4.5.2).
  private let isStuffed: Bool

  private var place = Place.header(MIMEHeader(), isPart: false, isInDigest: false)
  private var multiparts: [Multipart] = []
  /// Messages inside of each other that are open.
  private var messages = 0
  /// Beginning of a line whose end has not come.
  private var line: [UInt8] = []
  private var lineFrame: FrameStamp
  /// Whether `line` begins a line, and is not a later piece of a long one.
  private var isLineStart = true
  private var hasTold = false

  /// What is known of a message once it has gone by.
  struct Facts: Sendable {
    /// The message's own header; nil: it has not ended.
    fileprivate(set) var header: MIMEHeader?
    /// Bytes so far, as they were before dots were put before lines.
    fileprivate(set) var size = 0
    /// Attachments so far.
    fileprivate(set) var attachmentCount = 0
    /// Whether bytes are missing.
    fileprivate(set) var hasGap = false
    /// The frame of its first byte.
    let firstFrame: FrameStamp
    /// The frame of the last byte so far.
    fileprivate(set) var lastFrame: FrameStamp
  }

  /// What is known so far.
  private(set) var facts: Facts

  /// A message of `flow` that begins in `frame`.
  init(source: String, flow: FlowIdentity, isStuffed: Bool, in frame: FrameStamp) {
    (self.source, self.flow, self.isStuffed) = (source, flow, isStuffed)
    facts = Facts(firstFrame: frame, lastFrame: frame)
    lineFrame = frame
  }

  /// Bytes that are kept.
  var heldBytes: Int {
    let inside: Int =
      switch place {
      case .header(let header, _, _): header.heldBytes
      case .attachment(let attachment): attachment.heldBytes
      case .passedOver: 0
      }
    return inside + line.count + (facts.header?.heldBytes ?? 0)
  }

  /// The next bytes.
  mutating func take(_ bytes: RawSpan, in frame: FrameStamp, context: ApplicationContext) {
    guard bytes.byteCount > 0 else { return }
    facts.lastFrame = frame
    var index = 0
    while index < bytes.byteCount {
      if line.isEmpty { lineFrame = frame }
      guard let end = bytes.firstIndex(of: 0x0a, from: index) else {
        keep(bytes.part(from: index), context)
        return
      }
      let part = bytes.part(from: index, to: end)
      index = end + 1
      if line.isEmpty, part.byteCount <= MailLimits.line {
        takeLine(part, context)
      } else {
        keep(part, context)
        let whole = line
        line = []
        takeLine(whole.bytes, context)
      }
    }
  }

  /// Keeps the beginning of a line; of a long one all but the last bytes go on, whatever the pieces in which it came.
  private mutating func keep(_ part: RawSpan, _ context: ApplicationContext) {
    var index = 0
    while index < part.byteCount {
      let end = min(part.byteCount, index + MailLimits.line + 1 - line.count)
      line.append(span: part.part(from: index, to: end))
      index = end
      guard line.count > MailLimits.line else { continue }
      // The last byte stays: a carriage return may belong to the line's end.
      let piece = Array(line.dropLast())
      line = line.suffix(1)
      let hasDot = takePiece(piece.bytes, end: nil, context)
      facts.size += piece.count - (hasDot ? 1 : 0)
      isLineStart = false
    }
  }

  /// Takes a line, or the last piece of a long one, of which the line feed is left off.
  private mutating func takeLine(_ line: RawSpan, _ context: ApplicationContext) {
    let isFull = line.u8(at: line.byteCount - 1) == 0x0d
    let text = line.part(from: 0, to: line.byteCount - (isFull ? 1 : 0))
    let hasDot = takePiece(text, end: isFull ? .full : .bare, context)
    facts.size += line.byteCount + 1 - (hasDot ? 1 : 0)
    isLineStart = true
  }

  /// Takes a line without its end, or a piece of one; whether it had a dot too much.
  private mutating func takePiece(_ piece: RawSpan, end: MIMELineEnd?, _ context: ApplicationContext) -> Bool {
    let hasDot = isStuffed && isLineStart && piece.u8(at: 0) == UInt8(ascii: ".")
    let text = hasDot ? piece.part(from: 1) : piece
    let isWhole = isLineStart && end != nil
    if isWhole, text.u8(at: 0) == UInt8(ascii: "-"), text.u8(at: 1) == UInt8(ascii: "-"), delimit(text, context) {
      return hasDot
    }
    // The payload is taken out, so that it is not copied when it changes.
    switch place {
    case .passedOver: break
    case .attachment(var attachment):
      place = .passedOver
      attachment.take(text, end: end, in: lineFrame)
      place = .attachment(attachment)
    case .header(var header, let isPart, let isInDigest):
      place = .passedOver
      if isWhole, text.byteCount == 0 {
        begin(header, isPart: isPart, isInDigest: isInDigest, context)
      } else {
        header.take(text, isStart: isLineStart, isEnd: end != nil)
        place = .header(header, isPart: isPart, isInDigest: isInDigest)
      }
    }
    return hasDot
  }

  /// Whether `line` delimits parts: `--boundary`, or `--boundary--` behind the last one (RFC 2046, section 5.1.1). An outer
  /// multipart's ends those inside, however they should have ended.
  private mutating func delimit(_ line: RawSpan, _ context: ApplicationContext) -> Bool {
    for level in multiparts.indices.reversed() {
      let boundary = multiparts[level].boundary
      guard line.byteCount >= boundary.count + 2, line.part(from: 2, to: boundary.count + 2).equals(boundary) else {
        continue
      }
      var rest = boundary.count + 2
      let isClosing = line.u8(at: rest) == UInt8(ascii: "-") && line.u8(at: rest + 1) == UInt8(ascii: "-")
      if isClosing { rest += 2 }
      guard (rest..<line.byteCount).allSatisfy({ line.u8(at: $0) == 0x20 || line.u8(at: $0) == 0x09 }) else { continue }
      endPart(isWhole: true, isDelimited: true, context)
      multiparts.removeLast(multiparts.count - level - (isClosing ? 0 : 1))
      place =
        isClosing
        ? .passedOver : .header(MIMEHeader(), isPart: true, isInDigest: multiparts.last?.isDigest ?? false)
      return true
    }
    return false
  }

  /// Begins what the header that has just ended announces.
  private mutating func begin(
    _ header: MIMEHeader, isPart: Bool, isInDigest: Bool, _ context: ApplicationContext
  ) {
    if facts.header == nil { facts.header = header }
    let usual = isInDigest ? "message/rfc822" : "text/plain"
    let type = MIMEParameters(header["content-type"] ?? Array(usual.utf8))
    let isMultipart = type.value.starts(with: "multipart/".utf8)
    let isMessage =
      type.value.elementsEqual("message/rfc822".utf8) || type.value.elementsEqual("message/global".utf8)
    guard isMultipart || isMessage && MIMEContent.coding(header["content-transfer-encoding"]) == .identity else {
      return beginAttachment(header, type, context)
    }
    guard multiparts.count + messages < MailLimits.depth else {
      return tell("mime-depth-limit", "parts inside of more than \(MailLimits.depth) others are not opened", context)
    }
    if isMultipart {
      guard let boundary = type.plain("boundary"), (1...MailLimits.boundary).contains(boundary.count) else {
        return tell("malformed-mime", "a multipart without a boundary is not opened", context)
      }
      let isDigest = type.value.elementsEqual("multipart/digest".utf8)
      multiparts.append(Multipart(boundary: boundary, isDigest: isDigest))
    } else {
      messages += 1
      place = .header(MIMEHeader(), isPart: true, isInDigest: false)
    }
  }

  private mutating func beginAttachment(_ header: MIMEHeader, _ type: MIMEParameters, _ context: ApplicationContext) {
    guard let attachment = MailAttachment(header, type: type, in: lineFrame, budget: context.decoding) else { return }
    guard facts.attachmentCount < MailLimits.attachments else {
      return tell("mime-attachment-limit", "more than \(MailLimits.attachments) attachments of a message", context)
    }
    facts.attachmentCount += 1
    place = .attachment(attachment)
  }

  private mutating func tell(_ code: String, _ detail: String, _ context: ApplicationContext) {
    guard !hasTold else { return }
    hasTold = true
    context.sink.diagnose(code, detail, frame: lineFrame.id, flow: flow.id)
  }

  private mutating func endPart(isWhole: Bool, isDelimited: Bool, _ context: ApplicationContext) {
    guard case .attachment(var attachment) = place else { return }
    place = .passedOver
    attachment.emit(source: source, flow: flow, isWhole: isWhole, isDelimited: isDelimited, context: context)
  }

  /// Bytes are missing. An attachment ends there: what follows may be another's, up to the next boundary.
  mutating func gap(context: ApplicationContext) {
    facts.hasGap = true
    line = []
    isLineStart = false
    if case .header(var header, let isPart, let isInDigest) = place {
      header.gap()
      place = .header(header, isPart: isPart, isInDigest: isInDigest)
    } else {
      endPart(isWhole: false, isDelimited: false, context)
    }
  }

  /// Nothing follows: the last call. `isWhole` says whether the message ends here; where dots were put before lines, the
  /// one dot that ends it is still kept then.
  mutating func end(isWhole: Bool, context: ApplicationContext) {
    if !line.isEmpty, !(isStuffed && isWhole) {
      let rest = line
      line = []
      let hasDot = takePiece(rest.bytes, end: nil, context)
      facts.size += rest.count - (hasDot ? 1 : 0)
    }
    line = []
    if case .header(let header, isPart: false, _) = place { facts.header = header }
    endPart(isWhole: isWhole, isDelimited: false, context)
  }
}

extension RawSpan {
  fileprivate func equals(_ bytes: [UInt8]) -> Bool {
    byteCount == bytes.count && bytes.indices.allSatisfy { u8(at: $0) == bytes[$0] }
  }
}
