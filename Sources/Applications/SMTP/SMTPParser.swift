import Bytes
import Records

/// SMTP and LMTP (RFC 5321, RFC 2033) as far as logins need it: AUTH (RFC 4954) with the server's answer, STARTTLS
/// (RFC 3207), and messages passed over, so that none of their lines counts as a command.
///
/// ```
/// client = *( command [ SP argument ] CRLF / message "." CRLF / BDAT's bytes )
/// server = *( *( code "-" text CRLF ) code SP text CRLF )
/// ```
public final class SMTPParser: StreamParser {
  /// `smtp`.
  public static let service = "smtp"

  /// Lines in a row that are no commands after which nothing more is read: the flow is something else.
  static let strangeLineLimit = 50

  private let flow: FlowIdentity
  private var clientLines = LineReader()
  private var serverLines = LineReader()
  private var pending = PendingCommands<SMTPCommand>()
  /// The message that DATA announced, until its last line.
  private var message: DotEndedText?
  /// Bytes that BDAT announced and that are still to come (RFC 3030).
  private var chunk = 0
  private var strangeLines = 0
  private var isGreeted = false
  private var hasClientSpoken = false
  private var hasLongLine = false

  /// Whether STARTTLS was accepted.
  private(set) var handsOver = false

  /// What it makes of the bytes that come next.
  public var outlook: StreamOutlook { handsOver ? .handedOver : .open }

  /// Unfinished lines and logins.
  public var heldBytes: Int {
    clientLines.heldBytes + serverLines.heldBytes + pending.sum { $0.exchange?.heldBytes ?? 0 }
  }

  /// A parser for `flow`.
  public init(flow: FlowIdentity) {
    self.flow = flow
  }

  /// The next bytes; once STARTTLS was accepted they are TLS and not looked at.
  public func consume(_ bytes: RawSpan, from side: Side, in frame: FrameStamp, context: ApplicationContext) {
    var index = 0
    while index < bytes.byteCount, !handsOver, strangeLines < SMTPParser.strangeLineLimit {
      if side == .server {
        if let line = serverLines.next(bytes, at: &index, in: frame) { serverLine(line, context) }
      } else if chunk > 0 {
        let taken = min(chunk, bytes.byteCount - index)
        chunk -= taken
        index += taken
      } else if message != nil {
        if message?.skip(bytes, at: &index) == true { message = nil }
      } else if let line = clientLines.next(bytes, at: &index, in: frame) {
        clientLine(line, context)
      }
    }
  }

  /// A line that lacks bytes is dropped, and so is a login that may lack some.
  public func gap(of count: Int, from side: Side, in frame: FrameStamp, context: ApplicationContext) {
    if side == .server {
      serverLines.gap()
      pending.gap()
      return
    }
    if chunk > 0 {
      chunk = max(0, chunk - count)
    } else if message != nil {
      message?.gap()
    } else {
      clientLines.gap()
      changeLast { $0.breakOff() }
    }
  }

  /// Takes the server's last line even though nothing ends it.
  public func close(_ side: Side, context: ApplicationContext) {
    guard side == .server, !handsOver, let line = serverLines.end() else { return }
    serverLine(line, context)
  }

  /// Emits the logins that had no answer.
  public func finish(context: ApplicationContext) {
    close(.server, context: context)
    for command in pending.removeAll() { emit(command, code: nil, answer: nil, context) }
  }

  private func clientLine(_ line: TextLine, _ context: ApplicationContext) {
    hasClientSpoken = true
    if line.isCut { noteLongLine(line, context) }
    if let exchange = pending.last?.exchange, exchange.awaitsMessage, takeMessage(line) { return }
    let command = TextCommand(line.bytes[...])
    guard SMTPCommand.names.contains(command.name) else {
      if !line.bytes.isEmpty, !line.isBehindGap { strangeLines += 1 }
      return
    }
    strangeLines = 0
    add(SMTPCommand(kind: kind(command, line)), context)
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
    pending.last = SMTPCommand(kind: .auth(exchange))
  }

  /// What `command` is; a message or chunk that it announces begins.
  private func kind(_ command: TextCommand, _ line: TextLine) -> SMTPCommand.Kind {
    switch command.name {
    case "AUTH", "X-EXPS":
      let parts = command.argument.split(separator: 0x20)
      guard let name = parts.first, var exchange = SASLExchange(mechanism: name), !line.isCut else { return .other }
      if parts.count > 1 { _ = exchange.take(base64: parts[1], in: line.frame) }
      return .auth(exchange)
    case "DATA":
      message = DotEndedText(isStrict: true)
      return .data
    case "BDAT":
      let size = command.argument.prefix { $0 != 0x20 }
      chunk = max(0, Int(WireText.text(Array(size))) ?? 0)
      return .other
    case "STARTTLS", "X-ANONYMOUSTLS": return .startTLS
    default: return .other
    }
  }

  private func add(_ command: SMTPCommand, _ context: ApplicationContext) {
    for lost in pending.append(command) { emit(lost, code: nil, answer: nil, context) }
    // Of a connection without any word from the server nothing but TLS can follow.
    if case .startTLS = command.kind, !isGreeted { handsOver = true }
  }

  private func serverLine(_ line: TextLine, _ context: ApplicationContext) {
    guard let (code, mark) = FTPReplyAssembler.code(line.bytes.bytes), mark == nil || mark == 0x20 || mark == 0x2d
    else {
      if !line.isBehindGap, !line.bytes.isEmpty { strangeLines += 1 }
      return
    }
    strangeLines = 0
    guard mark != 0x2d else { return }
    let isGreeting = !isGreeted && code == 220 && pending.first?.isAnsweredBy220 != true
    // The second 220 of a server whose client the capture lacks opens TLS.
    if isGreeted, !hasClientSpoken, code == 220 { handsOver = true }
    isGreeted = true
    if isGreeting { return }
    answer(code, line.frame, context)
  }

  private func answer(_ code: Int, _ frame: FrameStamp, _ context: ApplicationContext) {
    guard var command = pending.first else {
      guard code == 354 else { return endMessage(code) }
      // The DATA that this answers is missing.
      if message == nil { message = DotEndedText(isStrict: true) }
      return
    }
    switch command.kind {
    case .auth(var exchange) where code == 334:
      exchange.challenge()
      command.kind = .auth(exchange)
      pending.first = command
      return
    case .data where code == 354: return
    case .data: endMessage(code)
    case .startTLS where code == 220: handsOver = true
    case .auth, .startTLS, .other: break
    }
    pending.removeFirst()
    emit(command, code: code, answer: frame, context)
  }

  /// A message that was refused or has been taken is over, even where its end is missing. A refusal may come before its
  /// end; the client goes on then.
  private func endMessage(_ code: Int) {
    if let message, code < 400 || message.hasGap || !message.hasBegun { self.message = nil }
  }

  private func emit(_ command: SMTPCommand, code: Int?, answer: FrameStamp?, _ context: ApplicationContext) {
    // What is answered like another command was one: the line of a message, its beginning missing.
    guard let attempt = command.exchange?.attempt, code == 235 || code.map({ $0 >= 400 }) ?? true else { return }
    let accepted: Bool? =
      switch code ?? 0 {
      case 235: true
      // 432: a password transition is needed (RFC 4954, section 6).
      case 432, 500..<600: false
      default: nil
      }
    attempt.emit(SMTPParser.service, accepted: accepted, answer: answer, flow: flow, context: context)
  }

  private func noteLongLine(_ line: TextLine, _ context: ApplicationContext) {
    guard !hasLongLine else { return }
    hasLongLine = true
    context.sink.diagnose(
      "smtp-line-limit", "a line over \(LineReader.limit) bytes", frame: line.frame.id, flow: flow.id)
  }
}

extension SMTPCommand {
  fileprivate var isAnsweredBy220: Bool { if case .startTLS = kind { true } else { false } }
}
