import Bytes
import Records

/// POP3 (RFC 1939): USER and PASS, APOP, AUTH (RFC 5034) with the server's answers, STLS, the messages that are fetched,
/// and other texts passed over, so that none of their lines counts as a reply.
///
/// ```
/// client = *( command [ SP argument ] CRLF )
/// server = *( ( "+OK" / "-ERR" ) [ SP text ] CRLF [ text "." CRLF ] / "+" SP base64 CRLF )
/// ```
public final class POP3Parser: StreamParser {
  /// `pop3`.
  public static let service = "pop3"

  /// Lines in a row of the client that are no commands after which nothing more is read: the flow is something else.
  static let strangeLineLimit = 50

  private let flow: FlowIdentity
  private var clientLines = LineReader()
  private var serverLines = LineReader()
  private var pending = PendingCommands<POP3Command>()
  /// The text that a reply began, until its last line.
  private var text: DotEndedText?
  /// What the text is, if it is a message; before its first byte there is only the promise of one.
  private var message: MailMessage?
  private var isMessage = false
  private var username: String?
  private var strangeLines = 0
  private var isGreeted = false
  private var hasLongLine = false

  /// Whether STLS was accepted.
  private(set) var handsOver = false

  /// What it makes of the bytes that come next.
  public var outlook: StreamOutlook { handsOver ? .handedOver : .open }

  /// Unfinished lines and logins.
  public var heldBytes: Int {
    clientLines.heldBytes + serverLines.heldBytes + (username?.utf8.count ?? 0) + pending.sum(\.heldBytes)
      + (message?.heldBytes ?? 0)
  }

  /// A parser for `flow`.
  public init(flow: FlowIdentity) {
    self.flow = flow
  }

  /// The next bytes; once STLS was accepted they are TLS and not looked at.
  public func consume(_ bytes: RawSpan, from side: Side, in frame: FrameStamp, context: ApplicationContext) {
    var index = 0
    while index < bytes.byteCount, !handsOver, strangeLines < POP3Parser.strangeLineLimit {
      if side == .client {
        if let line = clientLines.next(bytes, at: &index, in: frame) { clientLine(line, context) }
      } else if text != nil {
        takeText(bytes, at: &index, in: frame, context)
      } else if let line = serverLines.next(bytes, at: &index, in: frame) {
        serverLine(line, context)
      }
    }
  }

  /// A line that lacks bytes is dropped, and so is a login that may lack some.
  public func gap(of count: Int, from side: Side, in frame: FrameStamp, context: ApplicationContext) {
    if side == .client {
      clientLines.gap()
      username = nil
      changeLast { $0.breakOff() }
    } else if text != nil {
      text?.gap()
      if isMessage { begin(frame) }
      message?.gap(context: context)
    } else {
      serverLines.gap()
      pending.gap()
    }
  }

  /// Takes what `bytes` hold of the text, from `index` on.
  private func takeText(_ bytes: RawSpan, at index: inout Int, in frame: FrameStamp, _ context: ApplicationContext) {
    let start = index
    let isEnded = text?.skip(bytes, at: &index) ?? true
    if isMessage {
      begin(frame)
      message?.take(bytes.part(from: start, to: isEnded ? index - 1 : index), in: frame, context: context)
    }
    if isEnded { endText(isWhole: true, context) }
  }

  private func begin(_ frame: FrameStamp) {
    guard message == nil else { return }
    message = MailMessage(source: POP3Parser.service, flow: flow, isStuffed: true, in: frame)
  }

  private func endText(isWhole: Bool, _ context: ApplicationContext) {
    text = nil
    isMessage = false
    guard var message else { return }
    self.message = nil
    message.end(isWhole: isWhole, context: context)
    context.sink.emit(
      MailMessageRecord(
        flowID: flow.id, source: POP3Parser.service, envelope: nil, message: message.facts,
        isComplete: isWhole && !message.facts.hasGap))
  }

  /// Takes the server's last line even though nothing ends it.
  public func close(_ side: Side, context: ApplicationContext) {
    guard side == .server, !handsOver, text == nil, let line = serverLines.end() else { return }
    serverLine(line, context)
  }

  /// Emits the logins that had no answer.
  public func finish(context: ApplicationContext) {
    close(.server, context: context)
    for command in pending.removeAll() { emit(command, accepted: nil, answer: nil, context) }
    endText(isWhole: false, context)
  }

  private func clientLine(_ line: TextLine, _ context: ApplicationContext) {
    // The client has seen the end of the text that the capture lacks.
    if text?.hasGap == true { endText(isWhole: false, context) }
    if line.isCut, !hasLongLine {
      hasLongLine = true
      context.sink.diagnose(
        "pop3-line-limit", "a line over \(LineReader.limit) bytes", frame: line.frame.id, flow: flow.id)
    }
    if let exchange = pending.last?.exchange, exchange.awaitsMessage, takeMessage(line) { return }
    let command = TextCommand(line.bytes[...])
    guard POP3Command.names.contains(command.name) else {
      if !line.bytes.isEmpty, !line.isBehindGap { strangeLines += 1 }
      return
    }
    strangeLines = 0
    let kind = line.isCut ? .other : kind(command, in: line.frame)
    for lost in pending.append(POP3Command(kind: kind)) { emit(lost, accepted: nil, answer: nil, context) }
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
    pending.last = POP3Command(kind: .auth(exchange))
  }

  private func kind(_ command: TextCommand, in frame: FrameStamp) -> POP3Command.Kind {
    let parts = command.argument.split(separator: 0x20)
    switch command.name {
    case "USER":
      username = WireText.text(Array(command.argument))
      return .other
    case "PASS":
      return .login(
        LoginAttempt(
          mechanism: "USER/PASS", username: username, secret: WireText.text(Array(command.argument)), kind: .password,
          frameID: frame.id))
    case "APOP":
      guard var attempt = SASLMessage.keyedDigest(Array(command.argument), mechanism: "APOP") else { return .other }
      attempt.frameID = frame.id
      return .login(attempt)
    case "AUTH":
      // Without an argument it asks for a list of mechanisms.
      guard let name = parts.first else { return .text }
      guard var exchange = SASLExchange(mechanism: name) else { return .other }
      if parts.count > 1 { _ = exchange.take(base64: parts[1], in: frame) }
      return .auth(exchange)
    case "STLS": return .startTLS
    case "RETR": return .message
    case "TOP", "CAPA": return .text
    case "LIST", "UIDL", "LANG": return parts.isEmpty ? .text : .other
    default: return .other
    }
  }

  private func serverLine(_ line: TextLine, _ context: ApplicationContext) {
    let bytes = line.bytes.bytes
    let isPositive = bytes.starts(with: "+OK")
    guard isPositive || bytes.starts(with: "-ERR") else {
      if bytes.u8(at: 0) == UInt8(ascii: "+"), bytes.byteCount == 1 || bytes.u8(at: 1) == 0x20 { challenge() }
      return
    }
    // Several commands before the first reply: the client did not wait for the greeting.
    let isGreeting = !isGreeted && pending.count != 1
    isGreeted = true
    guard !isGreeting, let command = pending.first else { return }
    pending.removeFirst()
    emit(command, accepted: accepted(isPositive, bytes), answer: line.frame, context)
    guard isPositive else { return }
    switch command.kind {
    case .text: text = DotEndedText(isStrict: false)
    case .message: (text, isMessage) = (DotEndedText(isStrict: false), true)
    case .startTLS: handsOver = true
    default: break
    }
  }

  private func challenge() {
    guard var exchange = pending.first?.exchange else { return }
    exchange.challenge()
    pending.first = POP3Command(kind: .auth(exchange))
  }

  /// What the reply says of a login. Of a refusal the response code (RFC 2449, section 8; RFC 3206) tells: in use, the
  /// password was right; a fault of the server says nothing.
  private func accepted(_ isPositive: Bool, _ reply: RawSpan) -> Bool? {
    if isPositive || TextProbe.starts(reply, with: "-ERR [IN-USE]") { return true }
    if TextProbe.starts(reply, with: "-ERR [SYS/") || TextProbe.starts(reply, with: "-ERR [LOGIN-DELAY]") { return nil }
    return false
  }

  private func emit(_ command: POP3Command, accepted: Bool?, answer: FrameStamp?, _ context: ApplicationContext) {
    command.attempt?.emit(POP3Parser.service, accepted: accepted, answer: answer, flow: flow, context: context)
  }
}
