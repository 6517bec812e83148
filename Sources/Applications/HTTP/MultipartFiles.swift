import Bytes
import Records

/// Finds the files in a form that is sent in parts (RFC 7578), the parts with a file name, while its bytes pass by.
///
/// The end of the line before a boundary belongs to the boundary (RFC 2046, section 5.1.1), so that each end of a line is held
/// back until something follows it. Parts inside parts are not opened.
struct MultipartFiles {
  /// Files of one form that get a row.
  static let limit = 1000

  private enum Part {
    /// What stands before the first boundary, a field without a file, what stands behind the last boundary.
    case other
    case header(MIMEHeader)
    case file(CarriedFile, name: [UInt8], mediaType: [UInt8]?)
  }

  /// Two hyphens and the boundary.
  private let delimiter: [UInt8]
  private let budget: DecodingBudget
  private var part = Part.other
  /// The beginning of a line that may be a boundary's.
  private var pending: [UInt8] = []
  /// Whether what comes next is part of such a line.
  private var mayBeDelimiter = true
  /// The end of the line before, or a CR that may begin it.
  private var lineEnd: [UInt8] = []
  /// Whether the present line of a part's header has no bytes so far.
  private var isEmptyLine = true
  /// Whether bytes are missing from the present part.
  private var hasGap = false
  /// Files that are over and wait to be emitted.
  private var finished: [(file: CarriedFile, name: [UInt8], mediaType: [UInt8]?, isWhole: Bool)] = []
  private var count = 0

  /// A form whose parts `boundary` parts.
  init(boundary: [UInt8], budget: DecodingBudget) {
    delimiter = [UInt8(ascii: "-"), UInt8(ascii: "-")] + boundary
    self.budget = budget
  }

  /// Bytes that are kept.
  var heldBytes: Int { if case .header(let header) = part { header.heldBytes } else { 0 } }

  /// The next bytes of the body.
  mutating func take(_ bytes: RawSpan) {
    var offset = 0
    while offset < bytes.byteCount {
      let newline = bytes.firstIndex(of: UInt8(ascii: "\n"), from: offset)
      let end = newline ?? bytes.byteCount
      take(bytes.part(from: offset, to: end), isEnd: newline != nil)
      offset = end + 1
    }
  }

  /// The next `count` bytes of the body are not in the capture.
  mutating func skip(_ count: Int) {
    hasGap = true
    (pending, lineEnd, mayBeDelimiter) = ([], [], false)
    switch part {
    case .file(var file, let name, let mediaType):
      file.skip(count)
      part = .file(file, name: name, mediaType: mediaType)
    case .header(var header):
      header.gap()
      part = .header(header)
    case .other: break
    }
  }

  /// Emits the files that are over; at the form's `isEnd` the last one too, which no boundary ends.
  mutating func emit(flowID: Int64, frameID: Int64, isEnd: Bool, context: ApplicationContext) {
    if isEnd {
      if pending.starts(with: delimiter) { pass() } else { endPart(isWhole: false) }
    }
    for (file, name, mediaType, isWhole) in finished {
      file.emit(
        flowID: flowID, frameID: frameID, source: HTTPConversation.service, name: name, mediaType: mediaType,
        isComplete: isWhole, context: context)
    }
    finished = []
  }

  /// Takes a line without its LF, or a piece of one.
  private mutating func take(_ piece: RawSpan, isEnd: Bool) {
    guard mayBeDelimiter else {
      content(piece, isEnd: isEnd)
      // No boundary stands in a header.
      if case .header = part { mayBeDelimiter = false } else { mayBeDelimiter = isEnd }
      return
    }
    // Blanks may follow a boundary: so many are waited for.
    let room = 2 * delimiter.count + 8 - pending.count
    if piece.byteCount <= room {
      pending.append(span: piece)
      let isDelimiter = pending.starts(with: delimiter)
      if isDelimiter, isEnd { return pass() }
      if isDelimiter || !isEnd && delimiter.starts(with: pending) { return }
      let line = pending
      pending = []
      content(line.bytes, isEnd: isEnd)
    } else {
      let line = pending
      pending = []
      if !line.isEmpty { content(line.bytes, isEnd: false) }
      content(piece, isEnd: isEnd)
    }
    mayBeDelimiter = isEnd
  }

  /// A boundary is over: another part begins, or none.
  private mutating func pass() {
    let isLast = pending.dropFirst(delimiter.count).starts(with: "--".utf8)
    endPart(isWhole: !hasGap)
    part = isLast ? .other : .header(MIMEHeader())
    (pending, lineEnd, mayBeDelimiter, isEmptyLine, hasGap) = ([], [], isLast, true, false)
  }

  private mutating func endPart(isWhole: Bool) {
    if case .file(let file, let name, let mediaType) = part { finished.append((file, name, mediaType, isWhole)) }
    part = .other
  }

  private mutating func content(_ piece: RawSpan, isEnd: Bool) {
    switch part {
    case .other: break
    case .header(var header):
      takeHeader(piece, isEnd: isEnd, &header)
    case .file(var file, let name, let mediaType):
      part = .other
      takeContent(piece, isEnd: isEnd, &file)
      part = .file(file, name: name, mediaType: mediaType)
    }
  }

  private mutating func takeContent(_ piece: RawSpan, isEnd: Bool, _ file: inout CarriedFile) {
    let cr = UInt8(ascii: "\r")
    if piece.byteCount == 0, isEnd, lineEnd == [cr] {
      lineEnd = [cr, UInt8(ascii: "\n")]
      return
    }
    if !lineEnd.isEmpty { file.take(lineEnd.bytes) }
    let hasCR = piece.byteCount > 0 && piece.u8(at: piece.byteCount - 1) == cr
    let text = piece.part(from: 0, to: piece.byteCount - (hasCR ? 1 : 0))
    if text.byteCount > 0 { file.take(text) }
    lineEnd = (hasCR ? [cr] : []) + (isEnd ? [UInt8(ascii: "\n")] : [])
  }

  private mutating func takeHeader(_ piece: RawSpan, isEnd: Bool, _ header: inout MIMEHeader) {
    let isCR = piece.byteCount == 1 && piece.u8(at: 0) == UInt8(ascii: "\r")
    if isEmptyLine, isEnd, piece.byteCount == 0 || isCR { return beginBody(header) }
    let hasCR = piece.byteCount > 0 && piece.u8(at: piece.byteCount - 1) == UInt8(ascii: "\r")
    let text = piece.part(from: 0, to: piece.byteCount - (hasCR ? 1 : 0))
    if text.byteCount > 0 || isEnd { header.take(text, isStart: isEmptyLine, isEnd: isEnd) }
    isEmptyLine = isEnd || isEmptyLine && text.byteCount == 0
    part = .header(header)
  }

  private mutating func beginBody(_ header: MIMEHeader) {
    part = .other
    lineEnd = []
    let disposition = header["content-disposition"].map(MIMEParameters.init)
    guard count < MultipartFiles.limit, let path = disposition?.text("filename"), !path.isEmpty else { return }
    count += 1
    // Some programs put folders before it.
    let name = path.split { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }.last.map(Array.init) ?? path
    let type = header["content-type"].map { MIMEParameters($0).value }
    part = .file(CarriedFile(budget: budget), name: name, mediaType: type)
  }
}
