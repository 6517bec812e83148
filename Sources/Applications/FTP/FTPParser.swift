import Bytes
import Records

/// FTP's control connection (RFC 959): commands joined to their replies, data connections announced, logins noted.
///
/// ```
/// client = *( command [ SP argument ] CRLF )
/// server = greeting *reply
/// ```
public final class FTPParser: StreamParser {
  /// `ftp`.
  public static let service = "ftp"

  /// Commands that may wait for a reply; beyond it the oldest is given up. A client may send any number.
  static let pendingLimit = 1000

  private let flow: FlowIdentity
  private var clientLines = FTPLineReader(readsReplies: false)
  private var serverLines = FTPLineReader(readsReplies: true)
  private var replies = FTPReplyAssembler()
  private var pending: [FTPCommand] = []
  private var channel: FTPDataChannel?
  /// What clients have asked servers to connect to, by the command: some servers do before they answer.
  private var asked: [Int64: FTPDataChannel] = [:]
  private var username: String?
  private var settings = FTPSettings()
  private var isGreeted = false
  private var isEncrypted = false
  private var hasStrayLine = false
  private var hasOverflowed = false

  /// Another protocol follows when AUTH TLS was accepted.
  public var outlook: StreamOutlook { isEncrypted ? .handedOver : .open }

  /// A parser for `flow`.
  public init(flow: FlowIdentity) {
    self.flow = flow
  }

  /// The next bytes; after AUTH TLS was accepted they are TLS and not looked at.
  public func consume(_ bytes: RawSpan, from side: Side, in frame: FrameStamp, context: ApplicationContext) {
    var index = 0
    while !isEncrypted, let byte = bytes.u8(at: index) {
      index += 1
      if side == .client {
        if let line = clientLines.append(byte, in: frame) { clientLine(line, context) }
      } else if let line = serverLines.append(byte, in: frame) {
        serverLine(line, context)
      }
    }
  }

  /// The line that lacks bytes is dropped.
  public func gap(of count: Int, from side: Side, in frame: FrameStamp, context: ApplicationContext) {
    settings.gap()
    if side == .client {
      clientLines.skipLine()
    } else {
      serverLines.skipLine()
      if let reply = replies.end() { answer(reply, context) }
      for index in pending.indices { pending[index].mayBeAnswered = true }
    }
  }

  /// Takes the last line of `side` even though nothing ends it.
  public func close(_ side: Side, context: ApplicationContext) {
    guard !isEncrypted else { return }
    if side == .client {
      if let line = clientLines.end() { clientLine(line, context) }
    } else {
      if let line = serverLines.end() { serverLine(line, context) }
      if let reply = replies.end() { answer(reply, context) }
    }
  }

  /// Emits the commands that had no final reply, and the last data channel.
  public func finish(context: ApplicationContext) {
    close(.client, context: context)
    close(.server, context: context)
    for command in pending {
      emit(command, command.reply, context)
      asked.removeValue(forKey: command.id)?.withdraw(context: context)
    }
    pending = []
    channel?.emit(reply: nil, offset: nil, context: context)
    channel = nil
  }

  private func clientLine(_ line: FTPLineReader.Line, _ context: ApplicationContext) {
    diagnoseCut(line, context)
    guard !line.bytes.isEmpty else { return }
    // A client waits for its reply before it goes on: what a gap may have answered has been answered.
    while let first = pending.first, first.mayBeAnswered { giveUp(first, context) }
    if let first = pending.first, pending.count >= FTPParser.pendingLimit {
      if !hasOverflowed { context.sink.diagnose("ftp-pending-limit", "replies are missing", flow: flow.id) }
      hasOverflowed = true
      giveUp(first, context)
    }
    var command = FTPCommand(id: context.sink.newID(of: FTPCommandRecord.self), line: line)
    switch command.name {
    case "USER": username = command.argument ?? ""
    case "PASS": command.username = username
    case "ABOR": abort()
    default:
      if command.isTransfer { use(by: command) }
      if let endpoint = FTPDataChannel.asked(by: command) {
        asked[command.id] = FTPDataChannel.announced(
          endpoint, isPassive: false, commandID: command.id, flow: flow, context: context)
      }
    }
    pending.append(command)
  }

  /// The channel is `transfer`'s, unless an earlier command still has it, or another channel is about to be settled.
  private func use(by transfer: FTPCommand) {
    guard let channel, !pending.contains(where: { $0.settlesChannel || $0.id == channel.command?.id }) else {
      return
    }
    self.channel?.command = transfer
  }

  /// A transfer that is under way may break off, whatever its reply says.
  private func abort() {
    for index in pending.indices where pending[index].isTransfer { pending[index].isAborted = true }
  }

  private func giveUp(_ command: FTPCommand, _ context: ApplicationContext) {
    pending.removeFirst()
    emit(command, command.reply, context)
    asked.removeValue(forKey: command.id)?.withdraw(context: context)
  }

  private func serverLine(_ line: FTPLineReader.Line, _ context: ApplicationContext) {
    diagnoseCut(line, context)
    switch replies.append(line) {
    case .more: break
    case .reply(let reply, let isCut):
      if isCut {
        context.sink.diagnose(
          "ftp-reply-limit", "a reply of \(reply.code) is too long", frame: reply.frameID, flow: flow.id)
      }
      answer(reply, context)
    case .stray:
      guard !hasStrayLine, !line.bytes.isEmpty else { return }
      hasStrayLine = true
      context.sink.diagnose("malformed-ftp", "a line that is no reply", frame: line.frame.id, flow: flow.id)
    }
  }

  private func diagnoseCut(_ line: FTPLineReader.Line, _ context: ApplicationContext) {
    guard line.isCut else { return }
    context.sink.diagnose(
      "ftp-line-limit", "a line over \(FTPLineReader.lineLimit) bytes", frame: line.frame.id, flow: flow.id)
  }

  private func answer(_ reply: FTPReply, _ context: ApplicationContext) {
    let isGreeting = !isGreeted && [120, 220, 421].contains(reply.code) && pending.first?.name != nil
    if pending.isEmpty || isGreeting {
      let id = context.sink.newID(of: FTPCommandRecord.self)
      pending.insert(FTPCommand(id: id, unasked: reply), at: 0)
    }
    if !reply.isPreliminary { isGreeted = true }
    guard var command = pending.first else { return }
    context.sink.emit(FTPReplyRecord(commandID: command.id, reply: reply))
    if reply.isPreliminary {
      command.reply = reply
      pending[0] = command
      return
    }
    pending.removeFirst()
    emit(command, reply, context)
    settle(command, reply, context)
    settings.take(command, reply)
    if command.name == "AUTH", reply.code == 234 { isEncrypted = true }
  }

  /// Emits the rows of a command to which nothing more is expected.
  private func emit(_ command: FTPCommand, _ reply: FTPReply?, _ context: ApplicationContext) {
    context.sink.emit(
      FTPCommandRecord(
        flowID: flow.id, frameID: command.frameID, command: command.name, argument: command.argument, reply: reply,
        sentCommand: command.sentName, path: settings.path(of: command),
        dataType: command.isTransfer ? settings.type : nil, offset: command.isTransfer ? settings.offset : nil),
      id: command.id)
    switch (command.name, reply?.code) {
    case ("PASS", _): emitCredential(command.username, command.argument ?? "", of: command, reply, context)
    case ("USER", 230), ("USER", 232): emitCredential(command.argument, nil, of: command, reply, context)
    default: break
    }
  }

  private func emitCredential(
    _ username: String?, _ secret: String?, of command: FTPCommand, _ reply: FTPReply?, _ context: ApplicationContext
  ) {
    let accepted: Bool? =
      switch reply?.code ?? 0 {
      case 230, 232: true
      case 430, 500..<600: false
      default: nil
      }
    context.sink.emit(
      CredentialRecord(
        flowID: flow.id, frameID: command.frameID, protocolName: FTPParser.service, mechanism: "USER/PASS",
        username: username, secret: secret, kind: .password, accepted: accepted, answerFrameID: reply?.frameID))
  }

  /// What the final `reply` to `command` means for the data channel.
  private func settle(_ command: FTPCommand, _ reply: FTPReply, _ context: ApplicationContext) {
    if let channel, channel.command?.id == command.id,
      // A refused transfer leaves the channel to the next one.
      reply.code < 400 || context.expected.flowID(of: channel.token) != nil
    {
      self.channel?.command = command
      self.channel?.emit(reply: reply, offset: settings.offset, context: context)
      self.channel = nil
    }
    let early = asked.removeValue(forKey: command.id)
    do throws(Fault) {
      guard let settled = try FTPDataChannel.settled(command, reply, flow: flow) else {
        early?.withdraw(context: context)
        return
      }
      channel?.emit(reply: nil, offset: nil, context: context)
      channel =
        early
        ?? FTPDataChannel.announced(
          settled.endpoint, isPassive: settled.isPassive, commandID: command.id, flow: flow, context: context)
      // Pipelined: its transfer has been asked for already.
      let next = pending.prefix { !$0.settlesChannel }.first(where: \.isTransfer)
      channel?.command = next
    } catch {
      context.sink.diagnose("malformed-ftp-endpoint", error.detail, frame: reply.frameID, flow: flow.id)
    }
  }
}

extension FTPCommand {
  /// Whether it asks for a data channel.
  fileprivate var settlesChannel: Bool {
    switch name {
    case "PASV", "EPSV", "LPSV", "PORT", "EPRT", "LPRT": true
    default: false
    }
  }
}
