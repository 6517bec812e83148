import Bytes
import Records

/// NNTP (RFC 3977) as far as logins need it: AUTHINFO (RFC 4643) with the server's answers, STARTTLS (RFC 4642), and
/// articles and lists passed over, so that none of their lines counts as a command or reply.
///
/// ```
/// client = *( command [ SP argument ] CRLF / article "." CRLF )
/// server = *( code SP text CRLF [ text "." CRLF ] )
/// ```
public final class NNTPParser: StreamParser {
  /// `nntp`.
  public static let service = "nntp"

  /// Lines in a row of the client that are no commands after which nothing more is read: the flow is something else.
  static let strangeLineLimit = 50

  private let flow: FlowIdentity
  private var clientLines = LineReader()
  private var serverLines = LineReader()
  private var pending = PendingCommands<NNTPCommand>()
  /// The article that the client sends, until its last line.
  private var article: DotEndedText?
  /// The text that a reply began, until its last line.
  private var text: DotEndedText?
  private var username: (text: String, frame: FrameStamp)?
  private var strangeLines = 0
  private var isGreeted = false
  private var isCompressed = false
  private var hasLongLine = false

  /// Whether STARTTLS was accepted.
  private(set) var handsOver = false

  /// What it makes of the bytes that come next.
  public var outlook: StreamOutlook { handsOver ? .handedOver : .open }

  /// Unfinished lines and logins.
  public var heldBytes: Int {
    clientLines.heldBytes + serverLines.heldBytes + (username?.text.utf8.count ?? 0) + pending.sum(\.heldBytes)
  }

  /// A parser for `flow`.
  public init(flow: FlowIdentity) {
    self.flow = flow
  }

  private var isOver: Bool { handsOver || isCompressed || strangeLines >= NNTPParser.strangeLineLimit }

  /// The next bytes; once STARTTLS was accepted they are TLS and not looked at.
  public func consume(_ bytes: RawSpan, from side: Side, in frame: FrameStamp, context: ApplicationContext) {
    var index = 0
    while index < bytes.byteCount, !isOver {
      switch side {
      case .client where article != nil: if article?.skip(bytes, at: &index) == true { article = nil }
      case .client: if let line = clientLines.next(bytes, at: &index, in: frame) { clientLine(line, context) }
      case .server where text != nil: if text?.skip(bytes, at: &index) == true { text = nil }
      case .server: if let line = serverLines.next(bytes, at: &index, in: frame) { serverLine(line, context) }
      }
    }
  }

  /// A line that lacks bytes is dropped, and so is a login that may lack some.
  public func gap(of count: Int, from side: Side, in frame: FrameStamp, context: ApplicationContext) {
    switch side {
    case .client where article != nil: article?.gap()
    case .client:
      clientLines.gap()
      username = nil
      changeLast { $0.breakOff() }
    case .server where text != nil: text?.gap()
    case .server:
      serverLines.gap()
      pending.gap()
    }
  }

  /// Takes the server's last line even though nothing ends it.
  public func close(_ side: Side, context: ApplicationContext) {
    guard side == .server, !isOver, text == nil, let line = serverLines.end() else { return }
    serverLine(line, context)
  }

  /// Emits the logins that had no answer.
  public func finish(context: ApplicationContext) {
    close(.server, context: context)
    for command in pending.removeAll() { emit(command, code: nil, answer: nil, context) }
  }

  private func clientLine(_ line: TextLine, _ context: ApplicationContext) {
    // The client has seen the end of the text that the capture lacks.
    if text?.hasGap == true { text = nil }
    if line.isCut, !hasLongLine {
      hasLongLine = true
      context.sink.diagnose(
        "nntp-line-limit", "a line over \(LineReader.limit) bytes", frame: line.frame.id, flow: flow.id)
    }
    if let exchange = pending.last?.exchange, exchange.awaitsMessage, takeMessage(line) { return }
    let command = TextCommand(line.bytes[...])
    guard NNTPCommand.names.contains(command.name) else {
      // The reply that asked for this article is missing.
      if case .article = pending.last?.kind, line.bytes != [UInt8(ascii: ".")] {
        article = DotEndedText(isStrict: true)
      }
      if !line.bytes.isEmpty, !line.isBehindGap { strangeLines += 1 }
      return
    }
    strangeLines = 0
    let kind = line.isCut ? .other : kind(command, in: line.frame)
    for lost in pending.append(NNTPCommand(kind: kind)) { emit(lost, code: nil, answer: nil, context) }
  }

  /// Takes a line of a login that is under way; false where it is a command after all.
  private func takeMessage(_ line: TextLine) -> Bool {
    var isTaken = false
    changeLast { isTaken = $0.take(line) }
    return isTaken
  }

  private func changeLast(_ change: (inout SASLExchange) -> Void) {
    guard var exchange = pending.last?.exchange else { return }
    change(&exchange)
    pending.last = NNTPCommand(kind: .sasl(exchange))
  }

  /// What `command` is; an article that follows without leave begins.
  private func kind(_ command: TextCommand, in frame: FrameStamp) -> NNTPCommand.Kind {
    switch command.name {
    case "AUTHINFO": return login(command.subcommand, in: frame)
    case "STARTTLS": return .startTLS
    case "POST", "IHAVE": return .article
    case "LISTGROUP": return .list
    case "TAKETHIS":
      article = DotEndedText(isStrict: true)
      return .other
    default: return .other
    }
  }

  private func login(_ command: TextCommand, in frame: FrameStamp) -> NNTPCommand.Kind {
    let argument = WireText.text(Array(command.argument))
    switch command.name {
    case "USER":
      username = (argument, frame)
      return .login(attempt(argument, nil, frame))
    case "PASS": return .login(attempt(username?.text, argument, frame))
    case "SASL":
      let parts = command.argument.split(separator: 0x20)
      guard let name = parts.first, var exchange = SASLExchange(mechanism: name) else { return .other }
      if parts.count > 1 { _ = exchange.take(base64: parts[1], in: frame) }
      return .sasl(exchange)
    default: return .other
    }
  }

  private func attempt(_ username: String?, _ secret: String?, _ frame: FrameStamp) -> LoginAttempt {
    LoginAttempt(mechanism: "USER/PASS", username: username, secret: secret, kind: .password, frameID: frame.id)
  }

  private func serverLine(_ line: TextLine, _ context: ApplicationContext) {
    guard let (code, mark) = FTPReplyAssembler.code(line.bytes.bytes), mark == nil || mark == 0x20 else { return }
    let isGreeting = !isGreeted && (code == 200 || code == 201) && pending.first?.attempt != nil
    isGreeted = true
    // The POST that this answers may be missing.
    if code == 335 || code == 340, article == nil { article = DotEndedText(isStrict: true) }
    guard !isGreeting, var command = pending.first else { return }
    switch command.kind {
    case .sasl(var exchange) where code == 383:
      exchange.challenge()
      command.kind = .sasl(exchange)
      pending.first = command
      return
    case .article where code == 335 || code == 340: return
    case .article: if article?.hasGap == true { article = nil }
    case .startTLS where code == 382: handsOver = true
    case .list where code == 211: text = DotEndedText(isStrict: false)
    default: break
    }
    if NNTPParser.codesWithText.contains(code) { text = DotEndedText(isStrict: false) }
    if code == 206 { isCompressed = true }
    pending.removeFirst()
    emit(command, code: code, answer: line.frame, context)
  }

  /// Replies that a text follows (RFC 3977, appendix C; 282 is XGTITLE's).
  private static let codesWithText: Set<Int> = [100, 101, 215, 220, 221, 222, 224, 225, 230, 231, 282]

  private func emit(_ command: NNTPCommand, code: Int?, answer: FrameStamp?, _ context: ApplicationContext) {
    guard let attempt = command.attempt else { return }
    let accepted: Bool? =
      switch code ?? 0 {
      case 281, 283: true
      case 452, 481, 482, 502, 500, 501: false
      default: nil
      }
    // A user name alone is a login only where that was enough.
    if case .login = command.kind, attempt.secret == nil, accepted != true { return }
    attempt.emit(NNTPParser.service, accepted: accepted, answer: answer, flow: flow, context: context)
  }
}
