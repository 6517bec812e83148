import Bytes

extension FTPParser {
  /// The port of control connections.
  static let port: UInt16 = 21

  /// The server's greeting together with the client's first command, or on port 21 either of them. SMTP greets alike,
  /// POP3 and IRC log in alike; what only they say rules FTP out.
  public static func probe(_ opening: borrowing Opening) -> Probe {
    let client = opening.client
    let server = opening.server
    if client.byteCount == 0, server.byteCount == 0 { return .more }
    if !opening.fromStart { return midstream(client, server, opening.flow) }
    let isPort = opening.flow.server.port == port
    if server.byteCount == 0 { return clientOnly(client, isPort: isPort) }
    guard let (code, mark) = FTPReplyAssembler.code(server) else {
      return server.byteCount < 3 && server.u8(at: 0) == 0x32 && client.byteCount == 0 ? .more : .no
    }
    guard mark == nil || mark == 0x20 || mark == 0x2d, [120, 220, 421, 530].contains(code), !isMail(server) else {
      return .no
    }
    if client.byteCount == 0 { return isPort && mark != nil ? .match : .more }
    guard let word = FTPCommandName.word(client) else {
      return isPort && client.u8(at: 0) == 0xff && mark != nil ? .match : .no
    }
    if word.isWhole { return mark != nil && FTPCommandName.opening.contains(word.name) ? .match : .no }
    return FTPCommandName.isStart(word.name, of: FTPCommandName.opening) ? .more : .no
  }

  /// A client that speaks while its server is silent: the capture may hold one side only.
  private static func clientOnly(_ client: RawSpan, isPort: Bool) -> Probe {
    guard let word = FTPCommandName.word(client) else { return .no }
    guard word.isWhole else {
      return FTPCommandName.isStart(word.name, of: FTPCommandName.opening) ? .more : .no
    }
    guard FTPCommandName.opening.contains(word.name) else { return .no }
    if isPort { return .match }
    return hasLine(client) { line in
      FTPCommandName.word(line).map { $0.isWhole && FTPCommandName.distinctive.contains($0.name) } ?? false
    } ? .match : .more
  }

  /// The capture began later: on port 21 one line tells enough, elsewhere both sides must speak FTP.
  private static func midstream(_ client: RawSpan, _ server: RawSpan, _ flow: FlowIdentity) -> Probe {
    if isMail(client) || isMail(server) { return .no }
    let isPort = flow.server.port == port
    let isReversedPort = flow.client.port == port
    let (asking, answering) = (hasCommand(client, isPort), hasReply(server))
    if isPort ? asking || answering : asking && answering { return .match }
    let (reverseAsking, reverseAnswering) = (hasCommand(server, isReversedPort), hasReply(client))
    if isReversedPort ? reverseAsking || reverseAnswering : reverseAsking && reverseAnswering { return .reversed }
    // One side of it, perhaps; the other may still speak.
    return asking || answering || reverseAsking || reverseAnswering ? .more : .no
  }

  /// Whether a line begins with a command; elsewhere than on port 21, with one that only FTP has.
  private static func hasCommand(_ bytes: RawSpan, _ isPort: Bool) -> Bool {
    hasLine(bytes) { line in
      guard let word = FTPCommandName.word(line), word.isWhole else { return false }
      return isPort ? FTPCommandName.isKnown(word.name) : FTPCommandName.distinctive.contains(word.name)
    }
  }

  private static func hasReply(_ bytes: RawSpan) -> Bool {
    hasLine(bytes) { line in
      FTPReplyAssembler.code(line).map { $0.mark == 0x20 || $0.mark == 0x2d } ?? false
    }
  }

  /// Lines that are looked at: the first may be the rest of one that began earlier.
  private static let lineLimit = 8

  private static func hasLine(_ bytes: RawSpan, _ test: (RawSpan) -> Bool) -> Bool {
    var start = 0
    for _ in 0..<lineLimit where start < bytes.byteCount {
      if test(bytes.part(from: start)) { return true }
      guard let end = bytes.firstIndex(of: 0x0a, from: start) else { return false }
      start = end + 1
    }
    return false
  }

  /// Whether the text says that it is mail: `220 mail.example ESMTP`, `220 lmtp LMTP`.
  private static func isMail(_ bytes: RawSpan) -> Bool {
    var index = 0
    while let found = bytes.firstIndex(of: 0x4d, from: index) {
      if bytes.starts(with: "SMTP", at: found - 1) || bytes.starts(with: "LMTP", at: found - 1) { return true }
      index = found + 1
    }
    return false
  }
}
