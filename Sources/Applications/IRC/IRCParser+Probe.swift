import Bytes

extension IRCParser {
  /// Messages with which a client registers: `CAP LS`, `NICK` and a name, `USER` with its four parameters; PASS, which
  /// POP3 and FTP have too, before one of them. Where the beginning is missing, a server's numeric reply or a message from
  /// `nick!user@host`.
  public static func probe(_ opening: borrowing Opening) -> Probe {
    let (client, server) = (opening.client, opening.server)
    if client.byteCount == 0, server.byteCount == 0 { return .more }
    let said = client.byteCount == 0 ? Probe.more : registers(client)
    if case .match = said { return .match }
    let answered = server.byteCount == 0 ? Probe.more : fromServer(server, opening.fromStart)
    if opening.fromStart {
      if case .no = said { return .no }
      guard client.byteCount == 0 else { return .more }
      return answered
    }
    if case .match = answered { return .match }
    if client.byteCount > 0, case .match = fromServer(client, false) { return .reversed }
    if server.byteCount > 0, case .match = registers(server) { return .reversed }
    return .no
  }

  /// Lines that are looked at.
  private static let lineLimit = 4

  private static func registers(_ bytes: RawSpan) -> Probe {
    guard let first = bytes.u8(at: 0), "CNPUcnpu".utf8.contains(first) else { return .no }
    var start = 0
    for _ in 0..<lineLimit {
      guard let end = bytes.firstIndex(of: 0x0a, from: start, to: start + 512) else {
        return bytes.byteCount - start < 512 ? .more : .no
      }
      let line = bytes.part(from: start, to: end).copied()
      guard let message = IRCMessage(line.last == 0x0d ? line.dropLast() : line), message.prefix == nil else {
        return .no
      }
      switch (message.command, message.parameters.count) {
      case ("CAP", 1...):
        return ["LS", "REQ", "END"].contains(String(decoding: message.parameters[0], as: UTF8.self).uppercased())
          ? .match : .no
      case ("NICK", 1...2): return .match
      case ("USER", 4): return .match
      case ("PASS", 1...3): break
      default: return .no
      }
      start = end + 1
    }
    return .no
  }

  /// What a server says before its client does (`NOTICE AUTH :*** Looking up your hostname`) does not suffice; in the
  /// middle of a connection its messages do.
  private static func fromServer(_ bytes: RawSpan, _ fromStart: Bool) -> Probe {
    guard let first = bytes.u8(at: 0), first == UInt8(ascii: ":") || first == UInt8(ascii: "N") else { return .no }
    guard let end = bytes.firstIndex(of: 0x0a, to: 512) else { return bytes.byteCount < 512 ? .more : .no }
    let line = bytes.part(from: 0, to: end).copied()
    guard let message = IRCMessage(line.last == 0x0d ? line.dropLast() : line) else { return .no }
    if fromStart { return message.command == "NOTICE" ? .more : .no }
    guard let prefix = message.prefix, !message.parameters.isEmpty else { return .no }
    if message.command.utf8.count == 3, message.command.utf8.allSatisfy({ $0 < 0x3a }) {
      return prefix.contains(UInt8(ascii: ".")) && message.parameters.count >= 2 ? .match : .no
    }
    let isUser = prefix.contains(UInt8(ascii: "!")) && prefix.contains(UInt8(ascii: "@"))
    return isUser && ["PRIVMSG", "NOTICE", "JOIN", "PART", "QUIT", "MODE", "NICK", "TOPIC"].contains(message.command)
      ? .match : .no
  }
}
