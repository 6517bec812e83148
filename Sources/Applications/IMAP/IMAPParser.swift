import Bytes
import Records

/// IMAP (RFC 9051, RFC 3501) as far as logins need it: LOGIN, AUTHENTICATE (with SASL-IR, RFC 4959) and the server's
/// answers, STARTTLS; literals are passed over, so that no line of a message counts as a command or answer.
///
/// ```
/// client = *( tag SP command CRLF / base64 CRLF ), with literals "{" length "}" CRLF bytes in commands
/// server = *( "*" SP data CRLF / "+" SP text CRLF / tag SP ( "OK" / "NO" / "BAD" ) SP text CRLF )
/// ```
public final class IMAPParser: StreamParser {
  /// `imap`.
  public static let service = "imap"

  /// Lines in a row of the client that are no commands after which nothing more is read: the flow is something else.
  static let strangeLineLimit = 50
  /// Logins that may wait for their answers; beyond it the oldest is given up.
  static let pendingLimit = 100

  private let flow: FlowIdentity
  private var commands = IMAPCommandReader()
  private var serverLines = LineReader()
  private var pending: [IMAPCommand] = []
  /// Bytes of a literal of the server that are still to come.
  private var serverLiteral = 0
  /// Whether the server's line goes on behind a literal.
  private var isContinued = false
  private var strangeLines = 0
  private var isQuiet = false
  private var isGreeted = false
  private var hasLongCommand = false

  /// Whether STARTTLS was accepted.
  private(set) var handsOver = false

  /// What it makes of the bytes that come next.
  public var outlook: StreamOutlook { handsOver ? .handedOver : .open }

  /// Unfinished commands and logins.
  public var heldBytes: Int {
    commands.heldBytes + serverLines.heldBytes + pending.reduce(0) { $0 + $1.heldBytes }
  }

  /// A parser for `flow`.
  public init(flow: FlowIdentity) {
    self.flow = flow
  }

  /// The next bytes; once STARTTLS was accepted they are TLS and not looked at.
  public func consume(_ bytes: RawSpan, from side: Side, in frame: FrameStamp, context: ApplicationContext) {
    var index = 0
    while index < bytes.byteCount, !handsOver, !isQuiet {
      if side == .client {
        if let message = commands.next(bytes, at: &index, in: frame) { clientMessage(message, context) }
      } else if serverLiteral > 0 {
        let taken = min(serverLiteral, bytes.byteCount - index)
        serverLiteral -= taken
        index += taken
      } else if let line = serverLines.next(bytes, at: &index, in: frame) {
        serverLine(line, context)
      }
    }
  }

  /// A command or line that lacks bytes is dropped, and so is a login that may lack some.
  public func gap(of count: Int, from side: Side, in frame: FrameStamp, context: ApplicationContext) {
    if side == .client {
      commands.gap(of: count)
      changeLast { $0.breakOff() }
    } else if serverLiteral > 0 {
      serverLiteral = max(0, serverLiteral - count)
    } else {
      serverLines.gap()
      isContinued = false
    }
  }

  /// Takes the server's last line even though nothing ends it.
  public func close(_ side: Side, context: ApplicationContext) {
    guard side == .server, !handsOver, !isQuiet, let line = serverLines.end() else { return }
    serverLine(line, context)
  }

  /// Emits the logins that had no answer.
  public func finish(context: ApplicationContext) {
    close(.server, context: context)
    for command in pending { emit(command, accepted: nil, answer: nil, context) }
    pending = []
  }

  private func clientMessage(_ message: IMAPCommandReader.Message, _ context: ApplicationContext) {
    if let exchange = pending.last?.exchange, exchange.awaitsMessage {
      if message.isCut { noteLongCommand(message, context) }
      if takeMessage(message) { return }
    }
    guard let words = IMAPToken.words(of: message.parts), words.count > 1 else {
      if message.isWhole { stray() }
      return
    }
    let name = WireText.text(words[1].bytes.prefix(TextCommand.nameLimit).map { $0 &- 0x61 < 26 ? $0 & 0xdf : $0 })
    guard message.isWhole else {
      if message.isCut, name == "LOGIN" || name == "AUTHENTICATE" { noteLongCommand(message, context) }
      return
    }
    guard IMAPCommandName.all.contains(name) else { return stray() }
    strangeLines = 0
    guard let kind = kind(name, Array(words.dropFirst(2))) else { return }
    if pending.count >= IMAPParser.pendingLimit {
      emit(pending.removeFirst(), accepted: nil, answer: nil, context)
    }
    pending.append(IMAPCommand(tag: words[0].bytes, kind: kind))
    // Of a connection without any word from the server nothing but TLS can follow.
    if case .startTLS = kind, !isGreeted { handsOver = true }
  }

  private func noteLongCommand(_ message: IMAPCommandReader.Message, _ context: ApplicationContext) {
    guard !hasLongCommand else { return }
    hasLongCommand = true
    context.sink.diagnose(
      "imap-command-limit",
      "a login over \(IMAPCommandReader.sizeLimit) bytes or with a line over \(LineReader.limit)",
      frame: message.frame.id, flow: flow.id)
  }

  private func stray() {
    strangeLines += 1
    if strangeLines >= IMAPParser.strangeLineLimit { isQuiet = true }
  }

  /// Takes a line of a login that is under way; false where it is a command after all.
  private func takeMessage(_ message: IMAPCommandReader.Message) -> Bool {
    var isTaken = true
    changeLast { exchange in
      guard message.isWhole, message.parts.count == 1, let line = message.parts.first,
        line.bytes != [UInt8(ascii: "*")]
      else { return exchange.breakOff() }
      isTaken = exchange.take(base64: line.bytes, in: line.frame)
    }
    return isTaken
  }

  private func changeLast(_ change: (inout SASLExchange) -> Void) {
    guard var exchange = pending.last?.exchange else { return }
    change(&exchange)
    pending[pending.count - 1].kind = .authenticate(exchange)
  }

  private func kind(_ name: String, _ arguments: [IMAPToken]) -> IMAPCommand.Kind? {
    switch name {
    case "LOGIN":
      guard arguments.count == 2 else { return nil }
      return .login(
        LoginAttempt(
          mechanism: "LOGIN", username: WireText.text(arguments[0].bytes), secret: WireText.text(arguments[1].bytes),
          kind: .password, frameID: arguments[1].frame.id))
    case "AUTHENTICATE":
      guard let mechanism = arguments.first, var exchange = SASLExchange(mechanism: mechanism.bytes) else { return nil }
      if arguments.count > 1 { _ = exchange.take(base64: arguments[1].bytes, in: arguments[1].frame) }
      return .authenticate(exchange)
    case "STARTTLS": return .startTLS
    case "COMPRESS": return .compress
    default: return nil
    }
  }

  private func serverLine(_ line: TextLine, _ context: ApplicationContext) {
    let wasContinued = isContinued
    isContinued = false
    let bytes = line.bytes.bytes
    if wasContinued || bytes.starts(with: "* ") && !IMAPParser.isStatus(bytes) {
      isGreeted = true
      guard let literal = IMAPLiteral(endOf: line.bytes) else { return }
      serverLiteral = literal.length
      isContinued = true
      return
    }
    if bytes.starts(with: "* ") {
      isGreeted = true
      return
    }
    if bytes.u8(at: 0) == UInt8(ascii: "+"), bytes.byteCount == 1 || bytes.u8(at: 1) == 0x20 {
      isGreeted = true
      return challenge()
    }
    guard let blank = line.bytes.firstIndex(of: 0x20), let accepted = IMAPParser.accepted(bytes.part(from: blank + 1))
    else {
      return
    }
    isGreeted = true
    answer(line.bytes[..<blank], accepted, line.frame, context)
  }

  private func challenge() {
    guard let index = pending.firstIndex(where: { $0.exchange != nil }), var exchange = pending[index].exchange else {
      return
    }
    exchange.challenge()
    pending[index].kind = .authenticate(exchange)
  }

  private func answer(
    _ tag: ArraySlice<UInt8>, _ answer: Answer, _ frame: FrameStamp, _ context: ApplicationContext
  ) {
    if answer != .accepted { commands.refuse(tag: tag) }
    guard let index = pending.firstIndex(where: { $0.tag.elementsEqual(tag) }) else { return }
    let command = pending.remove(at: index)
    let accepted: Bool? =
      switch answer {
      case .accepted: true
      case .refused: false
      case .unavailable: nil
      }
    emit(command, accepted: accepted, answer: frame, context)
    guard answer == .accepted else { return }
    switch command.kind {
    case .startTLS: handsOver = true
    case .compress: isQuiet = true
    default: break
    }
  }

  private func emit(_ command: IMAPCommand, accepted: Bool?, answer: FrameStamp?, _ context: ApplicationContext) {
    command.attempt?.emit(IMAPParser.service, accepted: accepted, answer: answer, flow: flow, context: context)
  }

  private enum Answer {
    case accepted
    case refused
    case unavailable
  }

  /// What the words behind a tag say; nil where they are no status (RFC 9051, section 7.1). Some refusals say nothing of
  /// the login (RFC 5530, section 3).
  private static func accepted(_ text: RawSpan) -> Answer? {
    if TextProbe.word(text)?.name == "OK" { return .accepted }
    guard ["NO", "BAD"].contains(TextProbe.word(text)?.name ?? "") else { return nil }
    return TextProbe.starts(text, with: "NO [UNAVAILABLE]") || TextProbe.starts(text, with: "NO [SERVERBUG]")
      || TextProbe.starts(text, with: "NO [LIMIT]") || TextProbe.starts(text, with: "NO [INUSE]")
      ? .unavailable : .refused
  }

  /// Whether an untagged line is a status, whose text no literal follows.
  private static func isStatus(_ line: RawSpan) -> Bool {
    ["OK", "NO", "BAD", "BYE", "PREAUTH"].contains(TextProbe.word(line, at: 2)?.name ?? "")
  }
}
