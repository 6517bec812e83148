import Bytes

/// How long a message's body is, by RFC 9112, section 6.3. Where `Transfer-Encoding` and `Content-Length` are both sent,
/// the former wins, as that section has it; a receiver that lets the latter win sees other messages (request smuggling).
enum HTTP1Framing: Equatable {
  /// This many bytes; none at all in the most common case.
  case length(Int)
  /// Chunks.
  case chunked
  /// All that the sender has to say.
  case untilClose
  /// What follows is not HTTP.
  case tunnel
  /// It cannot be told.
  case invalid

  /// The framing of a request.
  init(request head: HTTP1Head) {
    switch (head.known.transferCoding, head.known.length) {
    case (.chunked, _): self = .chunked
    case (.other, _), (_, .invalid): self = .invalid
    case (.absent, .value(let length)): self = .length(length)
    case (.absent, .absent): self = .length(0)
    }
  }

  /// The framing of a response with `status` to a request with `method` (`other` where it was not seen).
  init(response head: HTTP1Head, status: Int, method: HTTP1Method) {
    switch (status, method) {
    case (101, _), (200..<300, .connect): self = .tunnel
    case (100..<200, _), (204, _), (304, _), (_, .head): self = .length(0)
    default:
      switch (head.known.transferCoding, head.known.length) {
      case (.chunked, _): self = .chunked
      case (.other, _), (.absent, .absent): self = .untilClose
      case (.absent, .invalid): self = .invalid
      case (.absent, .value(let length)): self = .length(length)
      }
    }
  }
}

/// Methods whose meaning the framing or the records depend on.
enum HTTP1Method: Sendable {
  /// `HEAD`: its response has no body.
  case head
  /// `CONNECT`: after its response, the connection is a tunnel.
  case connect
  /// `PUT`: its body is a file.
  case put
  /// Any other.
  case other

  /// The method spelled by the bytes in `range`. Methods are case-sensitive.
  init(_ bytes: RawSpan, _ range: Range<Int>) {
    switch range.count {
    case 3 where bytes.starts(with: "PUT", at: range.lowerBound): self = .put
    case 4 where bytes.starts(with: "HEAD", at: range.lowerBound): self = .head
    case 7 where bytes.starts(with: "CONNECT", at: range.lowerBound): self = .connect
    default: self = .other
    }
  }
}
