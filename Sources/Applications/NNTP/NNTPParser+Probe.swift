import Bytes

extension NNTPParser {
  /// The port of NNTP.
  static let port: UInt16 = 119

  /// A server that greets with 200 or 201 and names news, or whose client says what only news readers say; on port 119 its
  /// greeting alone; or a dialogue that began earlier, of a command that only NNTP has and a reply.
  public static func probe(_ opening: borrowing Opening) -> Probe {
    let client = opening.client
    let server = opening.server
    if client.byteCount == 0, server.byteCount == 0 { return .more }
    if !opening.fromStart { return midstream(client, server, opening.flow) }
    let isPort = opening.flow.server.port == port
    if server.byteCount == 0 {
      guard let word = TextProbe.word(client) else { return .no }
      guard word.isWhole else { return starts(word.name) ? .more : .no }
      guard isAsking(client) else { return .no }
      return isPort ? .match : .more
    }
    guard server.starts(with: "200 ") || server.starts(with: "201 ") else {
      return server.byteCount < 4 && server.u8(at: 0) == 0x32 && client.byteCount == 0 ? .more : .no
    }
    if let line = TextProbe.firstLine(server),
      isPort || TextProbe.contains(line, "NNTP") || TextProbe.contains(line, "NNRP")
        || TextProbe.contains(line, "INTERNETNEWS")
    {
      return .match
    }
    if client.byteCount == 0 { return .more }
    guard let word = TextProbe.word(client) else { return .no }
    guard word.isWhole else { return starts(word.name) ? .more : .no }
    return isAsking(client) ? .match : .no
  }

  private static func starts(_ name: String) -> Bool {
    "MODE".hasPrefix(name) || NNTPCommand.distinctive.contains { $0.hasPrefix(name) }
  }

  /// Whether the bytes begin with a command that only NNTP has.
  private static func isAsking(_ bytes: RawSpan) -> Bool {
    if TextProbe.starts(bytes, with: "MODE READER") || TextProbe.starts(bytes, with: "MODE STREAM") { return true }
    guard let word = TextProbe.word(bytes), word.isWhole, TextProbe.firstLine(bytes) != nil else { return false }
    return NNTPCommand.distinctive.contains(word.name)
  }

  /// The capture began later.
  private static func midstream(_ client: RawSpan, _ server: RawSpan, _ flow: FlowIdentity) -> Probe {
    if isAsking(client), flow.server.port == port || isReply(server) { return .match }
    if isAsking(server), flow.client.port == port || isReply(client) { return .reversed }
    let isHalf = isAsking(client) && server.byteCount == 0 || isAsking(server) && client.byteCount == 0
    return isHalf ? .more : .no
  }

  private static func isReply(_ bytes: RawSpan) -> Bool {
    FTPReplyAssembler.code(bytes).map { (100..<600).contains($0.code) && $0.mark == 0x20 } ?? false
  }
}
