import Bytes

/// The fields of a head that the parser needs to know: where their values lie, or what they mean.
struct HTTP1KnownFields: Sendable {
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

  private(set) var length = Length.absent
  private(set) var transferCoding = TransferCoding.absent
  private(set) var host: HTTP1Place?
  private(set) var userAgent: HTTP1Place?
  private(set) var referer: HTTP1Place?
  private(set) var contentType: HTTP1Place?
  private(set) var contentEncoding: HTTP1Place?
  private(set) var contentDisposition: HTTP1Place?
  private(set) var server: HTTP1Place?
  private(set) var location: HTTP1Place?
  private(set) var authorization: HTTP1Place?
  private(set) var proxyAuthorization: HTTP1Place?
  /// Whether there is a `Cookie`, or a field of `HTTP1TokenNames.headers`.
  private(set) var mayHoldTokens = false

  /// Remembers the fields that matter; of several with one name, the first.
  mutating func note(_ field: HTTP1Field, _ bytes: RawSpan) {
    let name = field.name
    let value = HTTP1Place(field.value)
    func isNamed(_ text: StaticString) -> Bool { HTTP1Bytes.equals(bytes, name, text) }
    switch name.count {
    case 4 where isNamed("host"): host = host ?? value
    case 6 where isNamed("server"): server = server ?? value
    case 6 where isNamed("cookie"): mayHoldTokens = true
    case 7 where isNamed("referer"): referer = referer ?? value
    case 8 where isNamed("location"): location = location ?? value
    case 10 where isNamed("user-agent"): userAgent = userAgent ?? value
    // HTTP/2's pseudo field (RFC 9113, section 8.3.1), which comes before the others.
    case 10 where isNamed(":authority"): host = host ?? value
    case 12 where isNamed("content-type"): contentType = contentType ?? value
    case 13 where isNamed("authorization"): authorization = authorization ?? value
    case 14 where isNamed("content-length"): noteLength(field.value, bytes)
    case 16 where isNamed("content-encoding"): contentEncoding = contentEncoding ?? value
    case 17 where isNamed("transfer-encoding"): noteTransferCoding(field.value, bytes)
    case 19 where isNamed("content-disposition"): contentDisposition = contentDisposition ?? value
    case 19 where isNamed("proxy-authorization"): proxyAuthorization = proxyAuthorization ?? value
    default:
      if HTTP1TokenNames.mayBeHeader(bytes, name), HTTP1TokenNames.headers.name(bytes, name) != nil {
        mayHoldTokens = true
      }
    }
  }

  /// A list of equal numbers counts as one (RFC 9110, section 8.6).
  private mutating func noteLength(_ value: Range<Int>, _ bytes: RawSpan) {
    var isEmpty = true
    HTTP1Bytes.forEachPart(bytes, value) { part in
      isEmpty = false
      switch (length, HTTP1Bytes.decimal(bytes, part)) {
      case (.absent, let number?): length = .value(number)
      case (.value(let other), let number?) where other == number: break
      default: length = .invalid
      }
    }
    if isEmpty { length = .invalid }
  }

  private mutating func noteTransferCoding(_ value: Range<Int>, _ bytes: RawSpan) {
    var last: Range<Int>?
    HTTP1Bytes.forEachPart(bytes, value) { last = $0 }
    guard let last, !HTTP1Bytes.equals(bytes, last, "identity") else { return }
    transferCoding = HTTP1Bytes.equals(bytes, last, "chunked") ? .chunked : .other
  }
}
