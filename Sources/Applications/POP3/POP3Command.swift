import Bytes

/// A command of a mail client that waits for its reply.
struct POP3Command {
  /// What it is, as far as it matters here.
  enum Kind {
    /// PASS or APOP.
    case login(LoginAttempt)
    /// AUTH (RFC 5034).
    case auth(SASLExchange)
    /// STLS (RFC 2595).
    case startTLS
    /// A text follows the reply, if it is positive.
    case text
    /// A message follows the reply, if it is positive.
    case message
    case other
  }

  var kind: Kind

  /// The exchange that it began.
  var exchange: SASLExchange? {
    if case .auth(let exchange) = kind { exchange } else { nil }
  }

  /// What it sent to log in.
  var attempt: LoginAttempt? {
    switch kind {
    case .login(let attempt): attempt
    case .auth(let exchange): exchange.attempt
    default: nil
    }
  }

  /// Bytes that it keeps.
  var heldBytes: Int {
    if case .auth(let exchange) = kind { exchange.heldBytes } else { attempt?.heldBytes ?? 0 }
  }

  /// Commands of RFC 1939, 2449, 2595, 5034, 6856, and XTND of RFC 1082.
  static let names: Set<String> = [
    "USER", "PASS", "APOP", "AUTH", "STAT", "LIST", "RETR", "DELE", "NOOP", "RSET", "QUIT", "TOP", "UIDL", "CAPA",
    "STLS", "LAST", "UTF8", "LANG", "XTND", "RPOP", "XSENDER", "XUIDL", "HELP", "EXPIRE", "ID", "CLNT", "XCLIENT",
  ]
}
