import Bytes

/// The first line of a message (RFC 9112, sections 3 and 4):
///
///     request-line = method SP request-target SP HTTP-version
///     status-line  = HTTP-version SP 3DIGIT SP [ reason-phrase ]
///
/// Blanks inside a request target are tolerated: senders that forget to encode them exist, and the version at the end
/// of the line says where the target ends. HTTP/0.9 has no version: `HTTP09Parser` reads it.
struct HTTP1StartLine: Sendable {
  private let places: (HTTP1Place, HTTP1Place, HTTP1Place)

  /// The method, or the version's digits.
  var first: Range<Int> { places.0.range }
  /// The request target, or the status code.
  var second: Range<Int> { places.1.range }
  /// The version's digits (`1.1`), or the reason phrase (empty where there is none).
  var third: Range<Int> { places.2.range }

  /// The parts at these places.
  init(first: Range<Int>, second: Range<Int>, third: Range<Int>) {
    places = (HTTP1Place(first), HTTP1Place(second), HTTP1Place(third))
  }

  /// The request line in `line` (its end left out); nil where it is none.
  init?(request bytes: RawSpan, _ line: Range<Int>) {
    let line = HTTP1Bytes.trimmed(bytes, line)
    guard let method = HTTP1StartLine.methodEnd(bytes, from: line.lowerBound) else { return nil }
    var version = line.upperBound
    while version > method, bytes.u8(at: version - 1) != 0x20 { version -= 1 }
    guard version > method + 1, HTTP1StartLine.isVersion(bytes, version..<line.upperBound) else { return nil }
    let target = HTTP1Bytes.trimmed(bytes, method..<version)
    guard !target.isEmpty else { return nil }
    places = (
      HTTP1Place(line.lowerBound..<method), HTTP1Place(target), HTTP1Place((version + 5)..<line.upperBound)
    )
  }

  /// A request line with its parts at these places.
  init(method: Range<Int>, target: Range<Int>, version: Range<Int>) {
    places = (HTTP1Place(method), HTTP1Place(target), HTTP1Place(version))
  }

  /// The status line in `line` (its end left out); nil where it is none.
  init?(response bytes: RawSpan, _ line: Range<Int>) {
    guard HTTP1StartLine.probeResponse(bytes.part(from: line.lowerBound)) == .match, line.count >= 12 else {
      return nil
    }
    let start = line.lowerBound
    places = (
      HTTP1Place((start + 5)..<(start + 8)), HTTP1Place((start + 9)..<(start + 12)),
      HTTP1Place(HTTP1Bytes.trimmed(bytes, (start + 12)..<line.upperBound))
    )
  }

  // MARK: - Probing

  /// Whether `bytes` begin with a request line.
  ///
  /// - Parameters:
  ///   - isQuick: a registered method with the beginning of a target and no line end in 256 bytes is enough.
  ///   - isStrict: no other than registered methods.
  static func probeRequest(_ bytes: RawSpan, isQuick: Bool = false, isStrict: Bool = false) -> Probe {
    guard let end = methodEnd(bytes, from: 0) else {
      let isShort = bytes.byteCount <= HTTP1Limits.method && methodLength(bytes, from: 0) == bytes.byteCount
      return isShort && (!isStrict || isMethodPrefix(bytes)) ? .more : .no
    }
    let isKnown = knownMethods.contains { HTTP1StartLine.isText($0, bytes, 0..<end) }
    if isStrict, !isKnown { return .no }
    for index in end..<min(bytes.byteCount, 64) {
      guard let byte = bytes.u8(at: index) else { break }
      if byte == 0x0a { break }
      if byte < 0x20, byte != 0x0d, byte != 0x09 { return .no }
    }
    let limit = isKnown ? HTTP1Limits.head : HTTP1Limits.unknownStartLine
    guard let newline = bytes.firstIndex(of: 0x0a, from: end, to: limit) else {
      if isQuick, isKnown, bytes.byteCount >= 256, isHTTPTarget(bytes, at: end + 1) { return .match }
      return bytes.byteCount < limit ? .more : .no
    }
    let lineEnd = newline > 0 && bytes.u8(at: newline - 1) == 0x0d ? newline - 1 : newline
    return HTTP1StartLine(request: bytes, 0..<lineEnd) == nil ? .no : .match
  }

  /// Whether `bytes` begin with a status line.
  static func probeResponse(_ bytes: RawSpan) -> Probe {
    // `HTTP/1.x NNN` and one byte that ends the number.
    var index = 0
    for expected in "HTTP/1.x NNN ".utf8 {
      guard let byte = bytes.u8(at: index) else { return .more }
      switch expected {
      case UInt8(ascii: "x"), UInt8(ascii: "N"): guard byte &- 0x30 < 10 else { return .no }
      default:
        let isEnd = index == 12 && (byte == 0x0d || byte == 0x0a)
        guard byte == expected || isEnd else { return .no }
      }
      index += 1
    }
    return .match
  }

  /// Methods of the IANA registry that are met, and those of UPnP.
  private static let knownMethods = [
    "GET", "POST", "HEAD", "PUT", "OPTIONS", "CONNECT", "DELETE", "PATCH", "TRACE", "PROPFIND", "PROPPATCH", "MKCOL",
    "COPY", "MOVE", "LOCK", "UNLOCK", "REPORT", "SEARCH", "CHECKOUT", "CHECKIN", "MERGE", "MKACTIVITY", "MKCALENDAR",
    "VERSION-CONTROL", "ACL", "BIND", "LINK", "UNLINK", "PURGE", "SUBSCRIBE", "UNSUBSCRIBE", "NOTIFY", "M-SEARCH",
    "BITS_POST", "CCM_POST", "RPC_IN_DATA", "RPC_OUT_DATA", "SOURCE",
  ]

  private static func isText(_ text: String, _ bytes: RawSpan, _ range: Range<Int>) -> Bool {
    guard text.utf8.count == range.count else { return false }
    var index = range.lowerBound
    for expected in text.utf8 {
      if bytes.u8(at: index) != expected { return false }
      index += 1
    }
    return true
  }

  private static func isMethodPrefix(_ bytes: RawSpan) -> Bool {
    knownMethods.contains { method in
      guard method.utf8.count >= bytes.byteCount else { return false }
      var index = 0
      for expected in method.utf8.prefix(bytes.byteCount) {
        if bytes.u8(at: index) != expected { return false }
        index += 1
      }
      return true
    }
  }

  private static func isHTTPTarget(_ bytes: RawSpan, at offset: Int) -> Bool {
    bytes.u8(at: offset) == UInt8(ascii: "/") || bytes.starts(with: "http://", at: offset)
      || bytes.starts(with: "https://", at: offset)
  }

  /// Whether `range` holds `HTTP/1.` and a digit. More digits and dots are tolerated (`HTTP/1.0.8` of a weather station).
  private static func isVersion(_ bytes: RawSpan, _ range: Range<Int>) -> Bool {
    guard (8...16).contains(range.count), bytes.starts(with: "HTTP/1.", at: range.lowerBound) else { return false }
    for index in (range.lowerBound + 7)..<range.upperBound {
      guard let byte = bytes.u8(at: index), byte &- 0x30 < 10 || byte == UInt8(ascii: ".") else { return false }
    }
    return bytes.u8(at: range.lowerBound + 7) != UInt8(ascii: ".")
  }

  private static func methodLength(_ bytes: RawSpan, from start: Int) -> Int {
    var index = start
    while index - start <= HTTP1Limits.method, let byte = bytes.u8(at: index), HTTP1Bytes.isToken(byte) { index += 1 }
    return index - start
  }

  /// The offset of the space behind the token at `start`; nil where there is none.
  private static func methodEnd(_ bytes: RawSpan, from start: Int) -> Int? {
    let length = methodLength(bytes, from: start)
    guard length > 0, length <= HTTP1Limits.method, bytes.u8(at: start + length) == 0x20 else { return nil }
    return start + length
  }
}
