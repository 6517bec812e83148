import Bytes
import Records

/// IRC (RFC 1459, RFC 2812, IRCv3): the logins of PASS, OPER, SASL and of services such as NickServ, with the server's or
/// the service's answer. Of a connection between servers only the password is read: what it passes on are others' words.
public final class IRCParser: StreamParser {
  /// `irc`.
  public static let service = "irc"

  /// Lines in a row that are no messages behind which the flow is something else.
  static let strayLimit = 100

  private enum Kind: CaseIterable {
    case pass
    case oper
    case sasl
    case service
  }

  private let flow: FlowIdentity
  private var clientLines = LineReader()
  private var serverLines = LineReader()
  private var pending: [Kind: PendingCommands<LoginAttempt>] = [:]
  private var sasl: IRCSASL?
  private var nick: String?
  private var user: String?
  private var isRegistered = false
  private var isOver = false
  private var strayLines = 0

  /// Whether STARTTLS was accepted.
  private(set) var handsOver = false

  /// What it makes of the bytes that come next: after STARTTLS was accepted they are TLS.
  public var outlook: StreamOutlook { handsOver ? .handedOver : isOver ? .done : .open }

  /// Unfinished lines and logins.
  public var heldBytes: Int {
    clientLines.heldBytes + serverLines.heldBytes + (sasl?.heldBytes ?? 0) + (nick?.utf8.count ?? 0)
      + (user?.utf8.count ?? 0) + pending.values.reduce(0) { $0 + $1.sum(\.heldBytes) }
  }

  /// A parser for `flow`.
  public init(flow: FlowIdentity) {
    self.flow = flow
  }

  /// The next bytes.
  public func consume(_ bytes: RawSpan, from side: Side, in frame: FrameStamp, context: ApplicationContext) {
    var index = 0
    while index < bytes.byteCount, case .open = outlook {
      let line =
        side == .client
        ? clientLines.next(bytes, at: &index, in: frame) : serverLines.next(bytes, at: &index, in: frame)
      guard let line, !line.isCut, !line.bytes.isEmpty else { continue }
      let parsed = IRCMessage(line.bytes)
      if line.isBehindGap, side == .client || parsed?.prefix == nil {
        // The rest of a line, or a whole one: it may have been an answer.
        if side == .server { doubtAnswers() }
        continue
      }
      guard let message = parsed else {
        strayLines += 1
        isOver = strayLines > IRCParser.strayLimit
        continue
      }
      strayLines = 0
      if side == .client {
        sent(message, line.frame, context)
      } else {
        received(message, line.frame, context)
      }
    }
    if isOver { finish(context: context) }
  }

  /// The line that lacks bytes is dropped, and a login that may lack some; who the user is may have changed.
  public func gap(of count: Int, from side: Side, in frame: FrameStamp, context: ApplicationContext) {
    if side == .client {
      clientLines.gap()
      (sasl, nick, user) = (nil, nil, nil)
    } else {
      serverLines.gap()
      doubtAnswers()
    }
  }

  private func doubtAnswers() {
    for kind in Kind.allCases { pending[kind]?.gap() }
  }

  /// Nothing to do: a line that has not ended is none.
  public func close(_ side: Side, context: ApplicationContext) {}

  /// Emits the logins that had no answer.
  public func finish(context: ApplicationContext) {
    for kind in Kind.allCases {
      for attempt in pending[kind]?.removeAll() ?? [] { emit(attempt, kind, nil, nil, context) }
    }
  }

  // MARK: The client

  private func sent(_ message: IRCMessage, _ frame: FrameStamp, _ context: ApplicationContext) {
    let parameters = message.parameters
    switch (message.command, parameters.count) {
    case ("NICK", 1...): nick = WireText.text(parameters[0])
    case ("USER", 1...): user = WireText.text(parameters[0])
    case ("PASS", 1...) where !isRegistered:
      // Given again it takes the place of the one before.
      for attempt in pending[.pass]?.removeAll() ?? [] { emit(attempt, .pass, nil, nil, context) }
      expect(.pass, password("PASS", nil, parameters[0], frame), context)
    case ("OPER", 2...):
      expect(.oper, password("OPER", WireText.text(parameters[0]), parameters[1], frame), context)
    case ("AUTHENTICATE", 1...): authenticate(parameters[0], frame, context)
    case ("PRIVMSG", 2...), ("SQUERY", 2...): tell(parameters[0], parameters[1], frame, context)
    case ("NICKSERV", 1...), ("NS", 1...), ("AUTHSERV", 1...), ("USERSERV", 1...):
      tell(Array(message.command.utf8), Array(parameters.joined(separator: [0x20])), frame, context)
    case ("SERVER", 1...) where !isRegistered: isOver = true
    default: break
    }
  }

  private func tell(_ target: [UInt8], _ text: [UInt8], _ frame: FrameStamp, _ context: ApplicationContext) {
    guard let login = IRCService(target: target)?.login(text) else { return }
    let username = login.username.map { WireText.text($0) } ?? nick
    expect(.service, password(login.mechanism, username, login.secret, frame), context)
  }

  private func authenticate(_ part: [UInt8], _ frame: FrameStamp, _ context: ApplicationContext) {
    guard part != [UInt8(ascii: "*")] else {
      sasl = nil
      return
    }
    guard var exchange = sasl, exchange.attempt == nil else {
      // SCRAM ends with a message of no bytes.
      if part != [UInt8(ascii: "+")] { sasl = IRCSASL(mechanism: part) }
      return
    }
    exchange.take(part, in: frame)
    sasl = exchange
    if let attempt = exchange.attempt { expect(.sasl, attempt, context) }
  }

  private func password(
    _ mechanism: String, _ username: String?, _ secret: [UInt8], _ frame: FrameStamp
  ) -> LoginAttempt {
    LoginAttempt(
      mechanism: mechanism, username: username, secret: WireText.text(secret), kind: .password, frameID: frame.id)
  }

  private func expect(_ kind: Kind, _ attempt: LoginAttempt, _ context: ApplicationContext) {
    let givenUp = pending[kind, default: PendingCommands()].append(attempt)
    for attempt in givenUp { emit(attempt, kind, nil, nil, context) }
  }

  // MARK: The server

  private func received(_ message: IRCMessage, _ frame: FrameStamp, _ context: ApplicationContext) {
    switch message.command {
    case "001":
      isRegistered = true
      settle(.pass, true, frame, context)
    case "381": settle(.oper, true, frame, context)
    // Operators log in behind the welcome, which the capture may lack.
    case "464": settle(pending[.oper]?.first == nil ? .pass : .oper, false, frame, context)
    case "491": settle(.oper, false, frame, context)
    case "670": handsOver = true
    // Logged in: SASL has an answer of its own, which follows.
    case "900" where pending[.sasl]?.first == nil: settle(.service, true, frame, context)
    case "903": endSASL(true, frame, context)
    case "902", "904": endSASL(false, frame, context)
    case "905", "906", "908": endSASL(nil, frame, context)
    case "ERROR" where !isRegistered && message.text.contains("password"): settle(.pass, false, frame, context)
    case "NOTICE" where pending[.service]?.first?.mechanism.lowercased().hasPrefix(message.sender + " ") == true:
      if let accepted = IRCService.accepted(message.text) { settle(.service, accepted, frame, context) }
    default: break
    }
  }

  private func endSASL(_ accepted: Bool?, _ frame: FrameStamp, _ context: ApplicationContext) {
    settle(.sasl, accepted, frame, context)
    sasl = nil
  }

  private func settle(_ kind: Kind, _ accepted: Bool?, _ answer: FrameStamp, _ context: ApplicationContext) {
    guard let attempt = pending[kind]?.first else { return }
    pending[kind]?.removeFirst()
    emit(attempt, kind, accepted, answer, context)
  }

  private func emit(
    _ attempt: LoginAttempt, _ kind: Kind, _ accepted: Bool?, _ answer: FrameStamp?, _ context: ApplicationContext
  ) {
    var attempt = attempt
    // Who gives a server's password says who he is behind it.
    if kind == .pass {
      attempt = LoginAttempt(
        mechanism: attempt.mechanism, username: user ?? nick, secret: attempt.secret, kind: attempt.kind,
        frameID: attempt.frameID)
    }
    attempt.emit(IRCParser.service, accepted: accepted, answer: answer, flow: flow, context: context)
  }
}
