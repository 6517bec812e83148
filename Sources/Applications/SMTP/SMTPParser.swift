import Bytes
import Records

/// SMTP and LMTP (RFC 5321, RFC 2033): AUTH (RFC 4954) with the server's answer, STARTTLS (RFC 3207), and messages with
/// their envelopes, by DATA or in chunks (RFC 3030).
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
  /// Bytes that BDAT announced and that are still to come (RFC 3030), and whether no others follow.
  private var chunk = 0
  private var isLastChunk = false
  /// What the client sends at present; nil: nothing of a message.
  private var transaction: SMTPTransaction?
  private var helo: [UInt8]?
  private var isLMTP = false
  private var strangeLines = 0
  private var isGreeted = false
  private var hasClientSpoken = false
  private var hasLongLine = false
  private var hasManyRecipients = false

  /// Whether STARTTLS was accepted.
  private(set) var handsOver = false

  /// What it makes of the bytes that come next.
  public var outlook: StreamOutlook { handsOver ? .handedOver : .open }

  /// Unfinished lines and logins.
  public var heldBytes: Int {
    clientLines.heldBytes + serverLines.heldBytes + (transaction?.heldBytes ?? 0)
      + pending.sum { $0.heldBytes + ($0.transaction === transaction ? 0 : $0.messageBytes) }
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
        takeMessage(bytes.part(from: index, to: index + taken), isStuffed: false, in: frame, context)
        index += taken
        if chunk == 0 { endChunk(context) }
      } else if message != nil {
        takeText(bytes, at: &index, in: frame, context)
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
      let isInside = chunk > count
      chunk = max(0, chunk - count)
      loseMessage(isStuffed: false, in: frame, context)
      if !isInside { endChunk(context) }
    } else if message != nil {
      message?.gap()
      loseMessage(isStuffed: true, in: frame, context)
    } else {
      clientLines.gap()
      changeLast { $0.breakOff() }
      // What follows may be of another message.
      endTransaction(isWhole: false, context)
    }
  }

  /// Takes what `bytes` hold of the message that DATA announced, from `index` on.
  private func takeText(_ bytes: RawSpan, at index: inout Int, in frame: FrameStamp, _ context: ApplicationContext) {
    let start = index
    let isEnded = message?.skip(bytes, at: &index) ?? true
    takeMessage(bytes.part(from: start, to: isEnded ? index - 1 : index), isStuffed: true, in: frame, context)
    guard isEnded else { return }
    message = nil
    endTransaction(isWhole: true, context)
  }

  /// The transaction whose message comes, with its message begun.
  private func sending(isStuffed: Bool, in frame: FrameStamp) -> SMTPTransaction {
    let current = transaction ?? SMTPTransaction(MailEnvelope(frameID: frame.id, helo: helo))
    transaction = current
    if current.message == nil {
      current.message = MailMessage(source: SMTPParser.service, flow: flow, isStuffed: isStuffed, in: frame)
    }
    return current
  }

  private func takeMessage(_ bytes: RawSpan, isStuffed: Bool, in frame: FrameStamp, _ context: ApplicationContext) {
    sending(isStuffed: isStuffed, in: frame).message?.take(bytes, in: frame, context: context)
  }

  private func loseMessage(isStuffed: Bool, in frame: FrameStamp, _ context: ApplicationContext) {
    sending(isStuffed: isStuffed, in: frame).message?.gap(context: context)
  }

  private func endChunk(_ context: ApplicationContext) {
    if isLastChunk { endTransaction(isWhole: true, context) }
  }

  /// The client sends nothing more of the present message.
  private func endTransaction(isWhole: Bool, _ context: ApplicationContext) {
    transaction?.end(isWhole: isWhole, flow: flow, context: context)
    transaction = nil
  }

  /// Takes the server's last line even though nothing ends it.
  public func close(_ side: Side, context: ApplicationContext) {
    guard side == .server, !handsOver, let line = serverLines.end() else { return }
    serverLine(line, context)
  }

  /// Emits the logins that had no answer.
  public func finish(context: ApplicationContext) {
    close(.server, context: context)
    for command in pending.removeAll() { giveUp(command, context) }
    endTransaction(isWhole: false, context)
  }

  /// No reply to `command` will be seen.
  private func giveUp(_ command: SMTPCommand, _ context: ApplicationContext) {
    emit(command, code: nil, answer: nil, context)
    settle(command, code: nil, context)
  }

  /// The transaction of `command` learns what became of it.
  private func settle(_ command: SMTPCommand, code: Int?, _ context: ApplicationContext) {
    guard let transaction = command.transaction else { return }
    if case .recipient(let address) = command.kind, !transaction.envelope.add(address, code: code), !hasManyRecipients {
      hasManyRecipients = true
      context.sink.diagnose(
        "smtp-recipient-limit", "a message to more than \(MailLimits.recipients) recipients", flow: flow.id)
    }
    transaction.waiting -= 1
    transaction.emit(flow: flow, context: context)
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
    add(self.command(command, line, context), context)
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
  private func command(_ command: TextCommand, _ line: TextLine, _ context: ApplicationContext) -> SMTPCommand {
    switch command.name {
    case "AUTH", "X-EXPS":
      let parts = command.argument.split(separator: 0x20)
      guard let name = parts.first, var exchange = SASLExchange(mechanism: name), !line.isCut else { break }
      if parts.count > 1 { _ = exchange.take(base64: parts[1], in: line.frame) }
      return SMTPCommand(kind: .auth(exchange))
    case "EHLO", "HELO", "LHLO":
      endTransaction(isWhole: false, context)
      helo = Array(command.argument.prefix(MailLimits.text))
      isLMTP = command.name == "LHLO"
    case "RSET", "QUIT": endTransaction(isWhole: false, context)
    case "MAIL":
      endTransaction(isWhole: false, context)
      let transaction = current(line.frame)
      transaction.envelope.sender = MailEnvelope.address(command.argument, behind: "FROM:")
      return SMTPCommand(kind: .mail, transaction: transaction)
    case "RCPT":
      guard let address = MailEnvelope.address(command.argument, behind: "TO:") else { break }
      return SMTPCommand(kind: .recipient(address), transaction: current(line.frame))
    case "DATA":
      message = DotEndedText(isStrict: true)
      return SMTPCommand(kind: .data, transaction: current(line.frame))
    case "BDAT":
      let parts = command.argument.split(separator: 0x20)
      chunk = max(0, parts.first.flatMap { Int(WireText.text(Array($0))) } ?? 0)
      isLastChunk = parts.count > 1 && TextCommand(parts[1]).name == "LAST"
      return SMTPCommand(kind: .chunk(isLast: isLastChunk), transaction: current(line.frame))
    case "STARTTLS", "X-ANONYMOUSTLS":
      endTransaction(isWhole: false, context)
      return SMTPCommand(kind: .startTLS)
    default: break
    }
    return SMTPCommand(kind: .other)
  }

  /// The transaction that a command in `frame` is a part of.
  private func current(_ frame: FrameStamp) -> SMTPTransaction {
    let current = transaction ?? SMTPTransaction(MailEnvelope(frameID: frame.id, helo: helo))
    transaction = current
    return current
  }

  private func add(_ command: SMTPCommand, _ context: ApplicationContext) {
    command.transaction?.waiting += 1
    for lost in pending.append(command) { giveUp(lost, context) }
    if case .chunk = command.kind, chunk == 0 { endChunk(context) }
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
    answer(code, line, context)
  }

  private func answer(_ code: Int, _ line: TextLine, _ context: ApplicationContext) {
    guard var command = pending.first else {
      guard code == 354 else { return endMessage(code, of: nil, context) }
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
    case .data where code == 354:
      if isLMTP { command.transaction?.replies = max(1, command.transaction?.envelope.recipients.count ?? 1) }
      return
    case .data:
      command.transaction?.envelope.reply = reply(code, line)
      endMessage(code, of: command, context)
      guard let transaction = command.transaction, transaction.replies > 1, code != 503 else { break }
      transaction.replies -= 1
      return
    case .chunk(let isLast): if isLast || code >= 400 { command.transaction?.envelope.reply = reply(code, line) }
    case .mail, .recipient: if code >= 400 { command.transaction?.envelope.refusal = reply(code, line) }
    case .startTLS where code == 220: handsOver = true
    case .auth, .startTLS, .other: break
    }
    pending.removeFirst()
    emit(command, code: code, answer: line.frame, context)
    settle(command, code: code, context)
  }

  private func reply(_ code: Int, _ line: TextLine) -> MailEnvelope.Reply {
    MailEnvelope.Reply(
      code: code, text: Array(line.bytes.dropFirst(4).prefix(MailLimits.text)), frameID: line.frame.id)
  }

  /// A message that was refused or has been taken is over, even where its end is missing. A refusal may come before its
  /// end; the client goes on then. What is said of another message than the present one says nothing of this.
  private func endMessage(_ code: Int, of command: SMTPCommand?, _ context: ApplicationContext) {
    guard let message, command == nil || command?.transaction === transaction,
      code < 400 || message.hasGap || !message.hasBegun
    else { return }
    self.message = nil
    // A DATA that was refused leaves the envelope as it is.
    if transaction?.message != nil { endTransaction(isWhole: false, context) }
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
  /// Bytes that it keeps itself.
  fileprivate var heldBytes: Int {
    if case .recipient(let address) = kind { address.count } else { exchange?.heldBytes ?? 0 }
  }

  /// Bytes that are kept of a message whose answer it waits for.
  fileprivate var messageBytes: Int {
    switch kind {
    case .data, .chunk(isLast: true): transaction?.heldBytes ?? 0
    default: 0
    }
  }

  fileprivate var isAnsweredBy220: Bool { if case .startTLS = kind { true } else { false } }
}
