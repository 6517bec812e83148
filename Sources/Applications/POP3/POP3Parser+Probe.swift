import Bytes

extension POP3Parser {
  /// The port of POP3.
  static let port: UInt16 = 110

  /// A server that greets with `+OK` and a text, or with `+OK` alone to a client whose command only POP3 has. Redis
  /// answers `+OK` too, but never speaks first, and has AUTH with a password. A client alone is enough on port 110.
  public static func probe(_ opening: borrowing Opening) -> Probe {
    let client = opening.client
    let server = opening.server
    if client.byteCount == 0, server.byteCount == 0 { return .more }
    if !opening.fromStart { return midstream(client, server, opening.flow) }
    if server.byteCount == 0 { return clientOnly(client, isPort: opening.flow.server.port == port) }
    guard isGreeting(server) else { return server.byteCount < 4 && isStart(server) ? .more : .no }
    let isTelling = server.u8(at: 3) == 0x20
    if client.byteCount == 0 { return isTelling && TextProbe.firstLine(server) != nil ? .match : .more }
    guard let word = TextProbe.word(client) else { return .no }
    guard word.isWhole else { return opening.client.byteCount < 8 ? .more : .no }
    if own.contains(word.name) { return .match }
    if word.name == "AUTH" {
      return isMechanism(client) || isTelling && client.firstIndex(of: 0x20) == nil ? .match : .no
    }
    return isTelling && word.name == "QUIT" ? .match : .no
  }

  /// Commands with which a client may begin and that Redis does not have.
  private static let own: Set<String> = ["USER", "APOP", "CAPA", "STLS"]

  private static func isStart(_ server: RawSpan) -> Bool {
    (0..<server.byteCount).allSatisfy { server.u8(at: $0) == [0x2b, 0x4f, 0x4b][$0 % 3] }
  }

  private static func isGreeting(_ server: RawSpan) -> Bool {
    guard server.starts(with: "+OK"), let mark = server.u8(at: 3) else { return false }
    return mark == 0x20 || mark == 0x0d || mark == 0x0a
  }

  /// `AUTH` and the name of a mechanism.
  private static func isMechanism(_ client: RawSpan) -> Bool {
    TextProbe.starts(client, with: "AUTH ")
      && ["PLAIN", "LOGIN", "CRAM-MD5", "NTLM", "XOAUTH2", "DIGEST-MD5", "GSSAPI", "OAUTHBEARER", "SCRAM-SHA-1"]
        .contains(TextProbe.word(client, at: 5)?.name ?? "")
  }

  /// A client that speaks while its server is silent: the capture may hold one side only.
  private static func clientOnly(_ client: RawSpan, isPort: Bool) -> Probe {
    guard let word = TextProbe.word(client), own.contains(where: { $0.hasPrefix(word.name) }) || word.name == "AUTH"
    else {
      return .no
    }
    return word.isWhole && isPort && TextProbe.firstLine(client) != nil ? .match : .more
  }

  /// The capture began later.
  private static func midstream(_ client: RawSpan, _ server: RawSpan, _ flow: FlowIdentity) -> Probe {
    let (asking, answering) = (isAsking(client), isReply(server))
    if asking, answering || flow.server.port == port { return .match }
    let (reverseAsking, reverseAnswering) = (isAsking(server), isReply(client))
    if reverseAsking, reverseAnswering || flow.client.port == port { return .reversed }
    let isHalf = (asking || answering) && (client.byteCount == 0 || server.byteCount == 0)
    let isOtherHalf = (reverseAsking || reverseAnswering) && (client.byteCount == 0 || server.byteCount == 0)
    return isHalf || isOtherHalf ? .more : .no
  }

  private static func isAsking(_ bytes: RawSpan) -> Bool {
    guard let word = TextProbe.word(bytes), word.isWhole, TextProbe.firstLine(bytes) != nil else { return false }
    return ["USER", "PASS", "APOP", "CAPA", "STLS", "UIDL", "RETR", "DELE"].contains(word.name) || isMechanism(bytes)
  }

  private static func isReply(_ bytes: RawSpan) -> Bool {
    isGreeting(bytes) || bytes.starts(with: "-ERR ")
  }
}
