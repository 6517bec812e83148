import Bytes

/// A field line: `field-line = field-name ":" OWS field-value OWS` (RFC 9112, section 5).
struct HTTP1Field: Sendable, BitwiseCopyable {
  /// Offset and length of the name, blanks before the colon left out.
  private let nameStart, nameLength: Int32
  private let valueStart, valueLength: Int32

  /// A field with its name and value at these places of the head, which is shorter than 2 GiB.
  init(name: Range<Int>, value: Range<Int>) {
    (nameStart, nameLength) = (Int32(clamping: name.lowerBound), Int32(clamping: name.count))
    (valueStart, valueLength) = (Int32(clamping: value.lowerBound), Int32(clamping: value.count))
  }

  /// Where the name lies.
  var name: Range<Int> { Int(nameStart)..<(Int(nameStart) + Int(nameLength)) }
  /// Where the value lies.
  var value: Range<Int> { Int(valueStart)..<(Int(valueStart) + Int(valueLength)) }
}

/// The start line and fields of a message, and what the parser needs to know of them. All places are offsets in `bytes`.
struct HTTP1Head: Sendable {
  /// What the `Content-Length` fields say.
  enum Length: Sendable, Equatable {
    /// There is none.
    case absent
    /// They agree on this number.
    case value(Int)
    /// They contradict each other, or one is no number.
    case invalid
  }

  /// What the last transfer coding is.
  enum TransferCoding: Sendable {
    /// There is no `Transfer-Encoding`, or only the `identity` of RFC 2616.
    case absent
    /// `chunked`.
    case chunked
    /// Any other.
    case other
  }

  /// The head as sent, its final empty line included; each line folding (RFC 9112, section 5.2) overwritten by spaces.
  let bytes: [UInt8]
  /// The parts of the start line.
  let startLine: HTTP1StartLine
  /// All fields in order.
  private(set) var fields: [HTTP1Field] = []
  /// Lines that are neither a field nor part of one.
  private(set) var malformedLines = 0

  private(set) var length = Length.absent
  private(set) var transferCoding = TransferCoding.absent
  private(set) var host: Range<Int>?
  private(set) var userAgent: Range<Int>?
  private(set) var referer: Range<Int>?
  private(set) var contentType: Range<Int>?
  private(set) var contentEncoding: Range<Int>?
  private(set) var contentDisposition: Range<Int>?
  private(set) var server: Range<Int>?
  private(set) var location: Range<Int>?
  private(set) var authorization: Range<Int>?
  private(set) var proxyAuthorization: Range<Int>?

  /// The head in `bytes`, which may be cut off anywhere behind its start line; nil where that is none. A line that is
  /// cut off is left out.
  init?(_ bytes: consuming [UInt8], isRequest: Bool) {
    guard let newline = bytes.firstIndex(of: 0x0a),
      let start = HTTP1Head.startLine(bytes.bytes, end: newline, isRequest: isRequest)
    else { return nil }
    var section = consume bytes
    fields.reserveCapacity(16)
    malformedLines = HTTP1Head.readFields(in: &section, from: newline + 1, into: &fields)
    self.bytes = section
    startLine = start
    for field in fields { note(field, section.bytes) }
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

  /// Remembers the fields that matter; of several with one name, the first.
  private mutating func note(_ field: HTTP1Field, _ bytes: RawSpan) {
    let (name, value) = (field.name, field.value)
    func isNamed(_ text: String) -> Bool { HTTP1Bytes.equals(bytes, name, text) }
    switch name.count {
    case 4 where isNamed("host"): host = host ?? value
    case 6 where isNamed("server"): server = server ?? value
    case 7 where isNamed("referer"): referer = referer ?? value
    case 8 where isNamed("location"): location = location ?? value
    case 10 where isNamed("user-agent"): userAgent = userAgent ?? value
    case 12 where isNamed("content-type"): contentType = contentType ?? value
    case 13 where isNamed("authorization"): authorization = authorization ?? value
    case 14 where isNamed("content-length"): noteLength(value, bytes)
    case 16 where isNamed("content-encoding"): contentEncoding = contentEncoding ?? value
    case 17 where isNamed("transfer-encoding"): noteTransferCoding(value, bytes)
    case 19 where isNamed("content-disposition"): contentDisposition = contentDisposition ?? value
    case 19 where isNamed("proxy-authorization"): proxyAuthorization = proxyAuthorization ?? value
    default: break
    }
  }

  /// A list of equal numbers counts as one (RFC 9110, section 8.6).
  private mutating func noteLength(_ value: Range<Int>, _ bytes: RawSpan) {
    let parts = HTTP1Bytes.list(bytes, value)
    if parts.isEmpty { length = .invalid }
    for part in parts {
      var number: Int? = 0
      for index in part {
        guard let soFar = number, let byte = bytes.u8(at: index), byte &- 0x30 < 10 else {
          number = nil
          break
        }
        let (tenfold, over) = soFar.multipliedReportingOverflow(by: 10)
        let (sum, overflow) = tenfold.addingReportingOverflow(Int(byte) - 0x30)
        number = over || overflow ? nil : sum
      }
      switch (length, number) {
      case (.absent, let number?): length = .value(number)
      case (.value(let other), let number?) where other == number: break
      default: length = .invalid
      }
    }
  }

  private mutating func noteTransferCoding(_ value: Range<Int>, _ bytes: RawSpan) {
    guard let last = HTTP1Bytes.list(bytes, value).last, !HTTP1Bytes.equals(bytes, last, "identity") else { return }
    transferCoding = HTTP1Bytes.equals(bytes, last, "chunked") ? .chunked : .other
  }
}
