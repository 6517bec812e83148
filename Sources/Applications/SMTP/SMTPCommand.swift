/// A command of a mail client that waits for its reply.
struct SMTPCommand {
  /// What it is, as far as it matters here.
  enum Kind {
    /// AUTH, or Exchange's X-EXPS.
    case auth(SASLExchange)
    case mail
    /// RCPT with its address.
    case recipient([UInt8])
    case data
    /// BDAT, and whether it is the message's last (RFC 3030).
    case chunk(isLast: Bool)
    case startTLS
    case other
  }

  var kind: Kind
  /// What it is a part of; nil: of none.
  var transaction: SMTPTransaction?

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
