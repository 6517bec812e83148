/// A command of a mail client that waits for its reply.
struct SMTPCommand {
  /// What it is, as far as it matters here.
  enum Kind {
    /// AUTH, or Exchange's X-EXPS.
    case auth(SASLExchange)
    case data
    case startTLS
    case other
  }

  var kind: Kind

  /// The login that it is.
  var exchange: SASLExchange? {
    if case .auth(let exchange) = kind { exchange } else { nil }
  }

  /// Commands of RFC 5321 and its extensions (RFC 1870 to 4954, 6152), of RFC 2033 and RFC 821, and Postfix's own.
  static let names: Set<String> = [
    "EHLO", "HELO", "LHLO", "MAIL", "RCPT", "DATA", "BDAT", "RSET", "NOOP", "QUIT", "VRFY", "EXPN", "HELP", "AUTH",
    "STARTTLS", "ETRN", "ATRN", "TURN", "SEND", "SOML", "SAML", "BURL", "XCLIENT", "XFORWARD", "X-EXPS", "XEXCH50",
    "X-ANONYMOUSTLS", "XVERP", "X-LINK2STATE",
  ]
}
