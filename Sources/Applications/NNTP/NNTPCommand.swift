/// A command of a news client that waits for its reply.
struct NNTPCommand {
  /// What it is, as far as it matters here.
  enum Kind {
    /// AUTHINFO PASS, or a user name that may need no password (RFC 4643, section 2.3).
    case login(LoginAttempt)
    /// AUTHINFO SASL (RFC 4643, section 2.4).
    case sasl(SASLExchange)
    case startTLS
    /// An article follows, if the server asks for it: POST, IHAVE.
    case article
    /// LISTGROUP, whose 211 has a text; GROUP's has none.
    case list
    case other
  }

  var kind: Kind

  /// The exchange that it began.
  var exchange: SASLExchange? {
    if case .sasl(let exchange) = kind { exchange } else { nil }
  }

  /// What it sent to log in.
  var attempt: LoginAttempt? {
    switch kind {
    case .login(let attempt): attempt
    case .sasl(let exchange): exchange.attempt
    default: nil
    }
  }

  /// Bytes that it keeps.
  var heldBytes: Int {
    if case .sasl(let exchange) = kind { exchange.heldBytes } else { attempt?.heldBytes ?? 0 }
  }

  /// Commands of RFC 3977, 4642, 4643, 4644, 6048, 8054, 2980, and of common servers.
  static let names: Set<String> = [
    "ARTICLE", "AUTHINFO", "BODY", "CAPABILITIES", "CHECK", "COMPRESS", "DATE", "GROUP", "HDR", "HEAD", "HELP", "IHAVE",
    "LAST", "LIST", "LISTGROUP", "MODE", "NEWGROUPS", "NEWNEWS", "NEXT", "OVER", "POST", "QUIT", "SLAVE", "STARTTLS",
    "STAT", "TAKETHIS", "XFEATURE", "XGTITLE", "XHDR", "XOVER", "XPAT", "XPATH", "XREPLIC", "XSECRET", "XTHREAD",
    "XZVER", "XZHDR",
  ]

  /// Commands that neither mail nor FTP has.
  static let distinctive: Set<String> = [
    "ARTICLE", "AUTHINFO", "CAPABILITIES", "CHECK", "GROUP", "IHAVE", "LISTGROUP", "NEWGROUPS", "NEWNEWS", "OVER",
    "TAKETHIS", "XHDR", "XOVER", "XPAT", "XFEATURE", "XZVER",
  ]
}
