/// What a request carries to log in or to stay logged in.
struct HTTP1Secret: Equatable, Sendable {
  /// Who says whether it was accepted, and how.
  enum Judge: Sendable {
    /// The origin server, by 401 (RFC 9110, section 15.5.2). Its 403 may have any other reason.
    case server
    /// The proxy, by 407; whatever the origin server says shows that the proxy let it pass.
    case proxy
    /// The origin server, by 401 or 403: tokens, keys and signatures, for whose refusal both are usual.
    case token
    /// The same, but pages are also given to those who have no session, so that a 200 says nothing.
    case cookie
    /// The same: pages that repeat a form look like others.
    case form
  }

  /// For the row of `credentials`; its frame is 0.
  let attempt: LoginAttempt
  /// Who judges it.
  let judge: Judge
  /// What is the same in all requests that say it again, for one row of them all; nil: each of them is an attempt.
  let identity: String?

  /// A secret with these parts.
  init(_ attempt: LoginAttempt, judge: Judge, identity: String? = nil) {
    (self.attempt, self.judge, self.identity) = (attempt, judge, identity)
  }

  /// Whether a response with `status` says that the secret was accepted; nil where it says neither.
  func isAccepted(status: Int?) -> Bool? {
    guard let status else { return nil }
    switch (judge, status) {
    case (.server, 401), (.proxy, 407), (.token, 401), (.token, 403), (.cookie, 401), (.cookie, 403), (.form, 401),
      (.form, 403):
      return false
    case (.server, 200..<400), (.token, 200..<400), (.proxy, 200..<400), (.proxy, 401): return true
    // The server speaks another protocol from here on, as it was asked to.
    case (.server, 101), (.token, 101), (.proxy, 101): return true
    default: return nil
    }
  }

  /// Bytes that it keeps.
  var heldBytes: Int { attempt.heldBytes + (identity?.utf8.count ?? 0) }
}
