import Bytes
import Records

/// An attachment whose lines pass by: its transfer coding is undone, and what it decodes to becomes a row of `files`.
struct MailAttachment {
  private var file: CarriedFile
  private var content: MIMEContent
  private let name: [UInt8]?
  private let mediaType: [UInt8]?
  /// Whether its header was seen whole, which says how it is coded.
  private let isSound: Bool
  /// The frame of its first line; until that has come, of the end of its header.
  private var frame: FrameStamp
  private var hasBegun = false
  /// Decoded and not passed on yet.
  private var decoded: [UInt8] = []

  /// The attachment that `header`, which ended in `frame`, declares; nil where the part is none: a text without a name is
  /// the message itself, unless it is declared as an attachment (RFC 2183).
  init?(_ header: MIMEHeader, type: MIMEParameters, in frame: FrameStamp, budget: DecodingBudget) {
    let disposition = header["content-disposition"].map(MIMEParameters.init)
    let name = disposition?.text("filename") ?? type.text("name")
    let isDeclared = disposition?.value.elementsEqual("attachment".utf8) ?? false
    guard isDeclared || name != nil || !type.value.starts(with: "text/".utf8) else { return nil }
    self.name = name.flatMap(MailAttachment.withoutFolders)
    mediaType = header["content-type"].map { _ in type.value }
    isSound = !header.hasGap
    content = MIMEContent(MIMEContent.coding(header["content-transfer-encoding"]))
    file = CarriedFile(budget: budget)
    self.frame = frame
  }

  /// Bytes that are kept.
  var heldBytes: Int { decoded.count + (name?.count ?? 0) }

  /// Takes a line of the body, or a piece of one without an `end`.
  mutating func take(_ line: RawSpan, end: MIMELineEnd?, in frame: FrameStamp) {
    if !hasBegun {
      hasBegun = true
      self.frame = frame
    }
    content.decode(line, end: end, into: &decoded)
    if decoded.count >= MailLimits.buffer { passOn() }
  }

  private mutating func passOn() {
    guard !decoded.isEmpty else { return }
    // Taken out and put back, so that its memory stays.
    var bytes: [UInt8] = []
    swap(&bytes, &decoded)
    file.take(bytes.bytes)
    bytes.removeAll(keepingCapacity: true)
    swap(&bytes, &decoded)
  }

  /// Emits its row: the last call. `isWhole` says whether it ends here, otherwise bytes are missing; `isDelimited` whether
  /// a boundary ends it.
  mutating func emit(
    source: String, flow: FlowIdentity, isWhole: Bool, isDelimited: Bool, context: ApplicationContext
  ) {
    if !isDelimited { content.end(into: &decoded) }
    passOn()
    file.emit(
      flowID: flow.id, frameID: frame.id, source: source, name: name, mediaType: mediaType,
      isComplete: isWhole && isSound,
      context: context)
  }

  /// The last component, as some senders put their folders before it.
  private static func withoutFolders(_ name: [UInt8]) -> [UInt8]? {
    let last = name.split(omittingEmptySubsequences: false) { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }.last
    return last.flatMap { $0.isEmpty ? nil : Array($0) }
  }
}
