import Bytes

extension IMAPParser {
  /// The port of IMAP.
  static let port: UInt16 = 143

  /// A server that greets with `* OK`, `* PREAUTH` or `* BYE`; a client alone, on port 143, whose first line is a tag and
  /// a command with which one begins; or a dialogue that began earlier, of a command and an answer of IMAP's.
  public static func probe(_ opening: borrowing Opening) -> Probe {
    let client = opening.client
    let server = opening.server
    if client.byteCount == 0, server.byteCount == 0 { return .more }
    if !opening.fromStart { return midstream(client, server, opening.flow) }
    if server.byteCount > 0 {
      if isGreeting(server) { return .match }
      return server.byteCount < 11 && isStartOfGreeting(server) ? .more : .no
    }
    guard let isWhole = command(client, IMAPCommandName.opening) else { return .no }
    return isWhole && opening.flow.server.port == port ? .match : .more
  }

  /// `* OK` and the like, a blank behind it.
  private static func isGreeting(_ server: RawSpan) -> Bool {
    server.starts(with: "* OK ") || server.starts(with: "* PREAUTH ") || server.starts(with: "* BYE ")
      || server.starts(with: "* OK\r\n")
  }

  private static func isStartOfGreeting(_ server: RawSpan) -> Bool {
    let start = server.copied()
    return ["* OK ", "* OK\r\n", "* PREAUTH ", "* BYE "].contains { Array($0.utf8).starts(with: start) }
  }

  /// Whether `bytes` begin with a tag and a command of `names`, whole or as far as they go (false); nil: something else.
  private static func command(_ bytes: RawSpan, _ names: Set<String>) -> Bool? {
    guard let (tag, isTagWhole) = TextProbe.word(bytes) else { return nil }
    guard isTagWhole else { return false }
    guard bytes.u8(at: tag.utf8.count) == 0x20, let (name, isWhole) = TextProbe.word(bytes, at: tag.utf8.count + 1)
    else {
      return bytes.byteCount == tag.utf8.count + 1 ? false : nil
    }
    guard isWhole else { return names.contains { $0.hasPrefix(name) } ? false : nil }
    return names.contains(name) && bytes.firstIndex(of: 0x0a) != nil ? true : nil
  }

  /// The capture began later.
  private static func midstream(_ client: RawSpan, _ server: RawSpan, _ flow: FlowIdentity) -> Probe {
    let (asking, answering) = (command(client, IMAPCommandName.all) == true, isAnswer(server))
    if asking, answering || flow.server.port == port { return .match }
    let (reverseAsking, reverseAnswering) = (command(server, IMAPCommandName.all) == true, isAnswer(client))
    if reverseAsking, reverseAnswering || flow.client.port == port { return .reversed }
    let isHalf = (asking || answering) && (client.byteCount == 0 || server.byteCount == 0)
    let isOtherHalf = (reverseAsking || reverseAnswering) && (client.byteCount == 0 || server.byteCount == 0)
    return isHalf || isOtherHalf ? .more : .no
  }

  /// Whether the bytes begin with an untagged answer, or with a tag and a status.
  private static func isAnswer(_ bytes: RawSpan) -> Bool {
    if bytes.starts(with: "* ") { return TextProbe.word(bytes, at: 2)?.isWhole == true }
    if bytes.starts(with: "+ ") { return true }
    guard let (tag, isWhole) = TextProbe.word(bytes), isWhole else { return false }
    return ["OK", "NO", "BAD"].contains(TextProbe.word(bytes, at: tag.utf8.count + 1)?.name ?? "")
  }
}
