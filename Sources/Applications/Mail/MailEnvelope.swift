import Bytes

/// What SMTP says of a message besides the message itself (RFC 5321, section 2.3.1).
struct MailEnvelope {
  /// What the server said of the message.
  struct Reply {
    let code: Int
    /// Of several lines the last.
    let text: [UInt8]
    let frameID: Int64
  }

  /// The frame of its first command.
  let frameID: Int64
  /// What the client calls itself; nil: not seen.
  let helo: [UInt8]?
  /// Without angle brackets; empty: none, as of a message that reports an error; nil: not seen.
  var sender: [UInt8]?
  /// Those that the server did not refuse.
  private(set) var recipients: [[UInt8]] = []
  /// Those that it refused.
  private(set) var refused: [[UInt8]] = []
  /// What the server said of the message; nil: none seen.
  var reply: Reply?
  /// What it said when it refused the sender, or the last recipient that it refused; nil: it did not.
  var refusal: Reply?

  init(frameID: Int64, helo: [UInt8]?) {
    (self.frameID, self.helo) = (frameID, helo)
  }

  /// Adds a recipient of which the server has said `code`, nil where that was not seen; false where there are too many.
  mutating func add(_ recipient: [UInt8], code: Int?) -> Bool {
    guard recipients.count + refused.count < MailLimits.recipients else { return false }
    if (code ?? 0) >= 400 { refused.append(recipient) } else { recipients.append(recipient) }
    return true
  }

  /// Bytes of its addresses.
  var heldBytes: Int {
    (helo?.count ?? 0) + (sender?.count ?? 0)
      + [recipients, refused].reduce(0) { $0 + $1.reduce(0) { $0 + $1.count } }
  }

  /// The address in the argument of MAIL or RCPT: `FROM:<a@example.com> SIZE=1000`; nil: it begins with something else.
  static func address(_ argument: ArraySlice<UInt8>, behind word: StaticString) -> [UInt8]? {
    let bytes = Array(argument)
    guard TextProbe.starts(bytes.bytes, with: word) else { return nil }
    let rest = bytes.dropFirst(word.utf8CodeUnitCount).drop { $0 == 0x20 }
    guard rest.first == UInt8(ascii: "<") else { return Array(rest.prefix { $0 != 0x20 }.prefix(MailLimits.text)) }
    var isQuoted = false
    var isEscaped = false
    let address = rest.dropFirst().prefix { byte in
      if isEscaped {
        isEscaped = false
        return true
      }
      if byte == UInt8(ascii: "\\") { isEscaped = true }
      if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
      return isQuoted || byte != UInt8(ascii: ">")
    }
    return Array(address.prefix(MailLimits.text))
  }
}
