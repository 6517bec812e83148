import Bytes

/// A user name and secret that a request carries.
struct HTTP1Secret: Equatable, Sendable {
  /// How a secret was sent.
  enum Mechanism: Sendable {
    /// `Authorization: Basic` (RFC 7617), which the origin server judges.
    case basic
    /// `Proxy-Authorization: Basic`, which the proxy judges.
    case proxyBasic
    /// Fields of an HTML form.
    case form

    /// For `credentials.mechanism`.
    var name: String {
      switch self {
      case .basic, .proxyBasic: "Basic"
      case .form: "form"
      }
    }
  }

  /// How it was sent.
  let mechanism: Mechanism
  /// Nil: none sent.
  let username: String?
  /// The password.
  let secret: String

  /// Whether a response with `status` says that the secret was accepted; nil where it says neither.
  ///
  /// A form's 200 or 302 says nothing: pages that repeat the form look alike.
  func isAccepted(status: Int?) -> Bool? {
    guard let status else { return nil }
    switch (mechanism, status) {
    case (.basic, 401), (.proxyBasic, 407), (.form, 401), (.form, 403): return false
    case (.basic, 200..<400), (.proxyBasic, 200..<400), (.proxyBasic, 401): return true
    default: return nil
    }
  }

  /// The secret of an `Authorization` or `Proxy-Authorization` field in `range`; nil for other schemes, and where the
  /// base64 is none or holds no colon.
  init?(authorization bytes: RawSpan, _ range: Range<Int>, mechanism: Mechanism) {
    guard HTTP1Bytes.starts(bytes, range, "basic "),
      let decoded = HTTP1Bytes.base64(
        bytes, HTTP1Bytes.trimmed(bytes, (range.lowerBound + 6)..<range.upperBound)),
      let colon = decoded.firstIndex(of: UInt8(ascii: ":"))
    else { return nil }
    self.init(
      mechanism: mechanism, username: WireText.text(Array(decoded[..<colon])),
      secret: WireText.text(Array(decoded[(colon + 1)...])))
  }

  /// A secret with these parts.
  init(mechanism: Mechanism, username: String?, secret: String) {
    (self.mechanism, self.username, self.secret) = (mechanism, username, secret)
  }
}
