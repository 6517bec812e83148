/// A command of a mail client that waits for the reply with its tag.
struct IMAPCommand {
  /// What it is; commands that do not matter here are not kept.
  enum Kind {
    case login(LoginAttempt)
    case authenticate(SASLExchange)
    case startTLS
    /// COMPRESS (RFC 4978): what follows can not be read.
    case compress
  }

  /// As sent.
  let tag: [UInt8]
  var kind: Kind

  /// The exchange that it began.
  var exchange: SASLExchange? {
    if case .authenticate(let exchange) = kind { exchange } else { nil }
  }

  /// What it sent to log in.
  var attempt: LoginAttempt? {
    switch kind {
    case .login(let attempt): attempt
    case .authenticate(let exchange): exchange.attempt
    default: nil
    }
  }

  /// Bytes that it keeps.
  var heldBytes: Int {
    if case .authenticate(let exchange) = kind { exchange.heldBytes } else { attempt?.heldBytes ?? 0 }
  }
}
