import Bytes

/// The decoded fields of a message or trailer (RFC 9113, section 8), with the pseudo fields that its row needs.
///
/// Names and values stand one behind the other in `bytes`, behind the version, so that a head of HTTP/1.x and one of
/// HTTP/2 are read alike.
struct HTTP2FieldSection {
  /// The version, `2`, and behind it names and values.
  private(set) var bytes: [UInt8] = [UInt8(ascii: "2")]
  /// All fields in order, pseudo fields included.
  private(set) var fields: [HTTP1Field] = []
  /// Whether fields were left out because they have more bytes than `HTTP2Limits.fieldSection`.
  private(set) var isCut = false
  private var method, path, authority, status: Range<Int>?

  /// Where the version stands.
  private static let version = 0..<1

  /// Adds a field.
  mutating func append(_ name: RawSpan, _ value: RawSpan) {
    guard bytes.count + name.byteCount + value.byteCount <= HTTP2Limits.fieldSection else {
      isCut = true
      return
    }
    let start = bytes.count
    bytes.append(span: name)
    bytes.append(span: value)
    let place = (start + name.byteCount)..<bytes.count
    fields.append(HTTP1Field(name: start..<place.lowerBound, value: place))
    guard name.u8(at: 0) == UInt8(ascii: ":") else { return }
    let range = 0..<name.byteCount
    if HTTP1Bytes.equals(name, range, ":method") { method = method ?? place }
    if HTTP1Bytes.equals(name, range, ":path") { path = path ?? place }
    if HTTP1Bytes.equals(name, range, ":authority") { authority = authority ?? place }
    if HTTP1Bytes.equals(name, range, ":status") { status = status ?? place }
  }

  /// The head of a request; nil where it has no method or no target. Of CONNECT the target is `:authority`.
  var request: HTTP1Head? {
    guard let method, !method.isEmpty, let target = path ?? authority else { return nil }
    return HTTP1Head(
      bytes, startLine: HTTP1StartLine(first: method, second: target, third: HTTP2FieldSection.version), fields: fields)
  }

  /// The head of a response and its status; nil where it has none.
  var response: (head: HTTP1Head, status: Int)? {
    guard let status, status.count == 3, let code = HTTP1Bytes.decimal(bytes.bytes, status) else { return nil }
    let line = HTTP1StartLine(first: HTTP2FieldSection.version, second: status, third: 0..<0)
    return (HTTP1Head(bytes, startLine: line, fields: fields), code)
  }
}
