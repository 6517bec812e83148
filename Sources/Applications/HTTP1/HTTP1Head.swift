import Bytes

/// Where something lies in a head or trailer section, which has up to `HTTP1Limits.head` bytes: it begins, and is shorter,
/// than 64 KiB.
struct HTTP1Place: Sendable, BitwiseCopyable {
  private let start, count: UInt16

  /// The place `range`.
  init(_ range: Range<Int>) {
    (start, count) = (UInt16(clamping: range.lowerBound), UInt16(clamping: range.count))
  }

  /// The place's offsets.
  var range: Range<Int> { Int(start)..<(Int(start) &+ Int(count)) }
}

/// A field line: `field-line = field-name ":" OWS field-value OWS` (RFC 9112, section 5).
struct HTTP1Field: Sendable, BitwiseCopyable {
  private let namePlace, valuePlace: HTTP1Place

  /// A field with its name and value at these places of the head.
  init(name: Range<Int>, value: Range<Int>) {
    (namePlace, valuePlace) = (HTTP1Place(name), HTTP1Place(value))
  }

  /// Where the name lies, blanks before the colon left out.
  var name: Range<Int> { namePlace.range }
  /// Where the value lies.
  var value: Range<Int> { valuePlace.range }
}

/// The start line of a message, and what the parser needs to know of its fields. All places are offsets in `bytes`.
///
/// Several records hold it until the last of them is emitted: hence a class.
final class HTTP1Head: Sendable {
  /// The head as sent, its final empty line included; each line folding (RFC 9112, section 5.2) overwritten by spaces.
  let bytes: [UInt8]
  /// The parts of the start line.
  let startLine: HTTP1StartLine
  /// Lines that are neither a field nor part of one.
  let malformedLines: Int
  /// The fields that matter.
  let known: HTTP1KnownFields

  /// The head in `bytes`, which may be cut off anywhere behind its start line; nil where that is none. A line that is
  /// cut off is left out.
  ///
  /// - Parameter fields: all fields in order are appended to it.
  init?(_ bytes: consuming [UInt8], isRequest: Bool, fields: inout [HTTP1Field]) {
    guard let newline = bytes.bytes.firstIndex(of: 0x0a),
      let start = HTTP1Head.startLine(bytes.bytes, end: newline, isRequest: isRequest)
    else { return nil }
    var section = consume bytes
    malformedLines = HTTP1Head.readFields(in: &section, from: newline + 1, into: &fields)
    var known = HTTP1KnownFields()
    for field in fields { known.note(field, section.bytes) }
    self.bytes = section
    self.known = known
    startLine = start
  }

  /// The head whose `fields`, and the parts of whose start line, lie in `bytes`: one of HTTP/2.
  init(_ bytes: [UInt8], startLine: HTTP1StartLine, fields: [HTTP1Field]) {
    var known = HTTP1KnownFields()
    for field in fields { known.note(field, bytes.bytes) }
    self.bytes = bytes
    self.known = known
    self.startLine = startLine
    malformedLines = 0
  }

  /// The head of an HTTP/0.9 request: its `line`, in which these parts lie, and nothing else.
  init(_ line: [UInt8], method: Range<Int>, target: Range<Int>, version: String) {
    bytes = line + version.utf8
    startLine = HTTP1StartLine(method: method, target: target, version: line.count..<bytes.count)
    malformedLines = 0
    known = HTTP1KnownFields()
  }

  private static func startLine(_ bytes: RawSpan, end newline: Int, isRequest: Bool) -> HTTP1StartLine? {
    let line = 0..<lineEnd(bytes, newline, from: 0)
    return isRequest ? HTTP1StartLine(request: bytes, line) : HTTP1StartLine(response: bytes, line)
  }

  /// The place of a line's end: before its LF, and before the CR where there is one.
  private static func lineEnd(_ bytes: RawSpan, _ newline: Int, from start: Int) -> Int {
    newline > start && bytes.u8(at: newline - 1) == 0x0d ? newline - 1 : newline
  }

  /// Reads field lines from `start` up to an empty line or the end, appends them, and overwrites foldings by spaces.
  /// Returns how many lines were no fields.
  static func readFields(in bytes: inout [UInt8], from start: Int, into fields: inout [HTTP1Field]) -> Int {
    var malformed = 0
    var index = start
    while let first = bytes.bytes.firstIndex(of: 0x0a, from: index) {
      var newline = first
      if lineEnd(bytes.bytes, newline, from: index) == index { break }
      while HTTP1Bytes.isBlank(bytes.bytes.u8(at: newline + 1)),
        let next = bytes.bytes.firstIndex(of: 0x0a, from: newline + 1)
      {
        for place in lineEnd(bytes.bytes, newline, from: index)...newline where place < bytes.count {
          bytes[place] = 0x20
        }
        newline = next
      }
      let line = index..<lineEnd(bytes.bytes, newline, from: index)
      index = newline + 1
      let span = bytes.bytes
      let colon = span.firstIndex(of: UInt8(ascii: ":"), from: line.lowerBound, to: line.upperBound)
      guard let colon, !HTTP1Bytes.isBlank(span.u8(at: line.lowerBound)), colon > line.lowerBound else {
        malformed += 1
        continue
      }
      let name = HTTP1Bytes.trimmed(span, line.lowerBound..<colon)
      let value = HTTP1Bytes.trimmed(span, (colon + 1)..<line.upperBound)
      fields.append(HTTP1Field(name: name, value: value))
    }
    return malformed
  }
}
