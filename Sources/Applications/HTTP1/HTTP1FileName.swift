import Bytes

/// What a body is called and declared to be.
enum HTTP1FileName {
  /// The file name of a `Content-Disposition` field (RFC 6266), `filename*` first, without the folders that some senders
  /// put before it; nil where there is none.
  static func disposition(_ bytes: RawSpan, _ range: Range<Int>) -> [UInt8]? {
    var name = HTTP1Bytes.parameter("filename", bytes, range)
    if let extended = HTTP1Bytes.parameter("filename*", bytes, range) {
      // `charset ' language ' value` (RFC 8187). Only UTF-8 and what it shares with other charsets is decoded.
      let span = extended.bytes
      let quote = UInt8(ascii: "'")
      if let first = span.firstIndex(of: quote), let second = span.firstIndex(of: quote, from: first + 1) {
        name = HTTP1Bytes.percentDecoded(span, (second + 1)..<extended.count, plusIsSpace: false)
      }
    }
    guard let name else { return nil }
    let last = name.split(omittingEmptySubsequences: false) { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }.last
    guard let last, !last.isEmpty else { return nil }
    return Array(last)
  }

  /// The last component of a request target's path, percent-decoded; nil where it is empty.
  static func target(_ bytes: RawSpan, _ range: Range<Int>) -> [UInt8]? {
    let path = path(bytes, range)
    var start = path.upperBound
    while start > path.lowerBound, bytes.u8(at: start - 1) != UInt8(ascii: "/") { start -= 1 }
    guard start < path.upperBound else { return nil }
    return HTTP1Bytes.percentDecoded(bytes, start..<path.upperBound, plusIsSpace: false)
  }

  /// The path of a request target: of `origin-form` and `absolute-form` (RFC 9112, section 3.2), without the query.
  private static func path(_ bytes: RawSpan, _ range: Range<Int>) -> Range<Int> {
    var end = range.lowerBound
    while end < range.upperBound, let byte = bytes.u8(at: end), byte != UInt8(ascii: "?"), byte != UInt8(ascii: "#") {
      end += 1
    }
    guard bytes.u8(at: range.lowerBound) != UInt8(ascii: "/") else { return range.lowerBound..<end }
    for index in range.lowerBound..<end where bytes.starts(with: "://", at: index) {
      let slash = bytes.firstIndex(of: UInt8(ascii: "/"), from: index + 3, to: end)
      return (slash ?? end)..<end
    }
    return end..<end
  }

  /// The media type of a `Content-Type` field, in lower case and without parameters; nil where it is empty.
  static func mediaType(_ bytes: RawSpan, _ range: Range<Int>) -> [UInt8]? {
    let end = bytes.firstIndex(of: UInt8(ascii: ";"), from: range.lowerBound, to: range.upperBound) ?? range.upperBound
    let place = HTTP1Bytes.trimmed(bytes, range.lowerBound..<end)
    guard !place.isEmpty else { return nil }
    return bytes.part(place).copied().map(HTTP1Bytes.lower)
  }
}
