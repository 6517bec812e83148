/// A login by AUTHENTICATE (IRCv3, 'SASL'), the client's side: a mechanism's name, and messages in base64, in parts of 400
/// characters.
///
/// ```
/// AUTHENTICATE mechanism
/// *( *( AUTHENTICATE 400-characters ) AUTHENTICATE ( fewer-characters / "+" ) )
/// ```
struct IRCSASL {
  /// Characters of a part that another one follows.
  private static let partLength = 400
  /// Characters that are kept of one message; a longer one ends what is read of the login.
  static let messageLimit = 8 * partLength

  private var exchange: SASLExchange
  private var message: [UInt8] = []
  private var frame: FrameStamp?

  /// A login with a mechanism; nil where none can be called so.
  init?(mechanism: [UInt8]) {
    guard let exchange = SASLExchange(mechanism: mechanism) else { return nil }
    self.exchange = exchange
  }

  /// What was sent to log in; nil: not yet, or by a mechanism that is not read.
  var attempt: LoginAttempt? { exchange.attempt }

  /// Characters kept of an unfinished message, and what the exchange keeps.
  var heldBytes: Int { message.count + exchange.heldBytes }

  /// Takes the next part, which came in `frame`.
  mutating func take(_ part: [UInt8], in frame: FrameStamp) {
    let start = self.frame ?? frame
    self.frame = start
    if part != [UInt8(ascii: "+")] {
      message += part.prefix(IRCSASL.messageLimit + 1 - message.count)
      if part.count >= IRCSASL.partLength { return }
    }
    if message.count > IRCSASL.messageLimit {
      exchange.breakOff()
    } else {
      _ = exchange.take(base64: message, in: start)
    }
    message = []
    self.frame = nil
  }
}
