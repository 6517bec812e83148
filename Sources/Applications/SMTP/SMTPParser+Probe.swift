import Bytes

extension SMTPParser {
  /// Ports of mail servers: transfer, submission (RFC 6409), and the alternative that providers offer.
  static let ports: Set<UInt16> = [25, 587, 2525]

  /// A server that greets with 220 and names SMTP or whose client says EHLO, HELO or LHLO; a client that says one of
  /// them with a host name to a server that is silent; or, where the capture began later, such a greeting or a command
  /// that only mail has and a reply.
  public static func probe(_ opening: borrowing Opening) -> Probe {
    let client = opening.client
    let server = opening.server
    if client.byteCount == 0, server.byteCount == 0 { return .more }
    if !opening.fromStart { return midstream(client, server, opening.flow) }
    if server.byteCount == 0 { return clientOnly(client) }
    guard let (code, mark) = FTPReplyAssembler.code(server) else {
      return server.byteCount < 3 && server.u8(at: 0).map { [0x32, 0x34, 0x35].contains($0) } == true ? .more : .no
    }
    guard mark == nil || mark == 0x20 || mark == 0x2d, [220, 421, 554].contains(code) else { return .no }
    if namesMail(server) { return .match }
    if client.byteCount == 0 { return .more }
    guard let word = TextProbe.word(client) else { return .no }
    if word.isWhole { return mark != nil && hellos.contains(word.name) ? .match : .no }
    return hellos.contains { $0.hasPrefix(word.name) } ? .more : .no
  }

  private static let hellos: Set<String> = ["EHLO", "HELO", "LHLO"]

  /// A whole greeting of one word, perhaps in brackets (RFC 5321, section 4.1.3), and nothing else in its line.
  private static func clientOnly(_ client: RawSpan) -> Probe {
    guard let word = TextProbe.word(client) else { return .no }
    guard word.isWhole else { return hellos.contains { $0.hasPrefix(word.name) } ? .more : .no }
    guard hellos.contains(word.name), client.u8(at: 4) == 0x20 else { return .no }
    guard let end = client.firstIndex(of: 0x0a) else { return client.byteCount < 600 ? .more : .no }
    let host = client.part(from: 5, to: end)
    return host.byteCount > 1 && TextProbe.isText(host) ? .match : .no
  }

  /// The capture began later.
  private static func midstream(_ client: RawSpan, _ server: RawSpan, _ flow: FlowIdentity) -> Probe {
    if server.starts(with: "220"), namesMail(server) { return .match }
    if client.starts(with: "220"), namesMail(client) { return .reversed }
    if isMail(client), ports.contains(flow.server.port) || isReply(server) { return .match }
    if isMail(server), ports.contains(flow.client.port) || isReply(client) { return .reversed }
    // One side of it, perhaps; the other may still speak.
    let isHalf = isMail(client) && server.byteCount < 4 || isMail(server) && client.byteCount < 4
    let isOtherHalf = isReply(server) && client.byteCount == 0 || isReply(client) && server.byteCount == 0
    return isHalf || isOtherHalf ? .more : .no
  }

  /// Whether the first line says that it is mail: `220 mail.example ESMTP`, `220 lmtp LMTP`.
  private static func namesMail(_ bytes: RawSpan) -> Bool {
    guard let line = TextProbe.firstLine(bytes) else { return false }
    return TextProbe.contains(line, "SMTP") || TextProbe.contains(line, "LMTP")
  }

  private static func isReply(_ bytes: RawSpan) -> Bool {
    FTPReplyAssembler.code(bytes).map { (200..<600).contains($0.code) && ($0.mark == 0x20 || $0.mark == 0x2d) } ?? false
  }

  /// Whether the bytes begin with a command that no other protocol has.
  private static func isMail(_ bytes: RawSpan) -> Bool {
    if TextProbe.starts(bytes, with: "MAIL FROM:") || TextProbe.starts(bytes, with: "RCPT TO:") { return true }
    if TextProbe.starts(bytes, with: "EHLO ") || TextProbe.starts(bytes, with: "LHLO ") { return true }
    return TextProbe.starts(bytes, with: "AUTH ")
      && ["PLAIN", "LOGIN", "CRAM-MD5", "NTLM", "XOAUTH2"].contains(TextProbe.word(bytes, at: 5)?.name ?? "")
  }
}
