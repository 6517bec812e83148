import Bytes

/// One SASL authentication (RFC 4422) as the client speaks it: takes the client's messages, decoded, and knows the user
/// name and secret once they have been sent.
struct SASLExchange: Sendable {
  /// Characters of the longest mechanism name (RFC 4422, section 3.1).
  static let nameLimit = 20

  /// The mechanism's name, in capitals.
  let mechanism: String
  /// What was sent to log in; nil: not (yet), or by a mechanism that is not read.
  private(set) var attempt: LoginAttempt?

  private var messages = 0
  private var username: String?
  private var isChallenged = false
  private var isBroken = false

  /// An exchange with the mechanism `name`, in any case; nil where no mechanism can be called so.
  init?(mechanism name: some Collection<UInt8>) {
    let letters = name.map { $0 &- 0x61 < 26 ? $0 & 0xdf : $0 }
    let isName = letters.allSatisfy {
      $0 &- 0x41 < 26 || $0 &- 0x30 < 10 || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
    }
    guard (1...SASLExchange.nameLimit).contains(letters.count), isName else { return nil }
    mechanism = WireText.text(letters)
  }

  /// Bytes that it keeps.
  var heldBytes: Int { (username?.utf8.count ?? 0) + (attempt?.heldBytes ?? 0) }

  /// Whether the client's next bytes are a message of the exchange: the server has asked for one, or the mechanism has
  /// one more, which a client may send without waiting.
  var awaitsMessage: Bool { isChallenged || messages < expected }

  /// The server asked for the next message.
  mutating func challenge() {
    isChallenged = true
  }

  /// The client gave up, or some of its bytes are missing: what comes of it is not read any more.
  mutating func breakOff() {
    isBroken = true
    messages = expected
    isChallenged = false
  }

  /// Takes a line of a text protocol: base64, or `*` of a client that gives up (RFC 4954, section 4). False where it is
  /// neither, so that the exchange is over.
  mutating func take(_ line: TextLine) -> Bool {
    if line.isCut || line.isBehindGap || line.bytes == [UInt8(ascii: "*")] {
      breakOff()
      return true
    }
    return take(base64: line.bytes, in: line.frame)
  }

  /// Takes base64, `=` for no bytes; false where it is none, so that the exchange is over.
  mutating func take(base64 line: some Collection<UInt8>, in frame: FrameStamp) -> Bool {
    let message = line.elementsEqual([UInt8(ascii: "=")]) ? [] : SASLBase64.decode(line)
    guard let message else {
      breakOff()
      return false
    }
    take(message, in: frame)
    return true
  }

  /// Takes the client's next message.
  mutating func take(_ message: [UInt8], in frame: FrameStamp) {
    let number = messages
    messages += 1
    isChallenged = false
    guard !isBroken, attempt == nil, !message.isEmpty else { return }
    switch mechanism {
    case "PLAIN": attempt = SASLMessage.plain(message)
    case "LOGIN" where number == 0: username = WireText.text(message)
    case "LOGIN" where number == 1 && username != nil:
      attempt = password(WireText.text(message), of: username)
    case _ where mechanism.hasPrefix("CRAM-"): attempt = SASLMessage.keyedDigest(message, mechanism: mechanism)
    case "DIGEST-MD5": attempt = SASLMessage.digest(message)
    case _ where mechanism.hasPrefix("SCRAM-"): takeSCRAM(message)
    case "XOAUTH2", "OAUTHBEARER": attempt = SASLMessage.bearer(message, mechanism: mechanism)
    case "NTLM", "GSS-SPNEGO", "GSSAPI", "NEGOTIATE":
      attempt = NTLMAuthenticate(foundIn: message)?.attempt
    default: break
    }
    attempt?.frameID = frame.id
  }

  private mutating func takeSCRAM(_ message: [UInt8]) {
    if let username {
      attempt = SASLMessage.scramProof(message, of: username, mechanism: mechanism)
    } else {
      username = SASLMessage.scramUser(message)
    }
  }

  private func password(_ secret: String, of username: String?) -> LoginAttempt {
    LoginAttempt(mechanism: mechanism, username: username, secret: secret, kind: .password, frameID: 0)
  }

  /// Messages that a client sends at least.
  private var expected: Int {
    switch mechanism {
    case "LOGIN", "NTLM": 2
    case _ where mechanism.hasPrefix("SCRAM-"): 2
    default: 1
    }
  }
}
