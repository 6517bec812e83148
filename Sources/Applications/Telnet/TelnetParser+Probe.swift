import Bytes

extension TelnetParser {
  /// The port of Telnet servers.
  static let port: UInt16 = 23

  /// Two option negotiations (IAC WILL, WONT, DO, DONT or SB and an assigned option) at the start of either side
  /// together, on port 23 one; on port 23 also a server that asks for a name or password, on any port one that has asked
  /// for a name, was given a line of text, and asks for a password. One negotiation alone might be the start of an MP3 frame
  /// or of UTF-16.
  public static func probe(_ opening: borrowing Opening) -> Probe {
    let isPort = opening.flow.server.port == port
    let isReversedPort = !opening.fromStart && opening.flow.client.port == port && !isPort
    guard let client = negotiations(opening.client), let server = negotiations(opening.server) else { return .no }
    let found: Probe = isReversedPort ? .reversed : .match
    if client + server >= 2 { return found }
    if isPort || isReversedPort {
      return client + server == 1 || asks(isPort ? opening.server : opening.client) ? found : .more
    }
    if client + server == 0, opening.fromStart, opening.server.byteCount > 0 {
      return dialogue(opening.client, opening.server)
    }
    let isOther = opening.client.u8(at: 0) ?? TelnetCode.iac != TelnetCode.iac
    return isOther || opening.server.u8(at: 0) ?? TelnetCode.iac != TelnetCode.iac ? .no : .more
  }

  /// A dialogue without negotiation: what asks for a password is the last line, and one before it asks for a name.
  private static func dialogue(_ client: RawSpan, _ server: RawSpan) -> Probe {
    guard isText(client), isText(server) else { return .no }
    guard client.byteCount > 1, asks(server) else { return .more }
    var hasName = false
    for line in server.copied().split(whereSeparator: { $0 == 0x0a || $0 == 0x0d }) {
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon - line.startIndex < LoginPrompt.byteLimit else {
        continue
      }
      switch LoginPrompt.asked(by: Array(line[...colon])) {
      case .user: hasName = true
      case .password where hasName: return .match
      default: break
      }
    }
    return .more
  }

  /// Whether there are no control characters but those that terminals know.
  private static func isText(_ bytes: RawSpan) -> Bool {
    for index in 0..<bytes.byteCount {
      guard let byte = bytes.u8(at: index), byte >= 0x20 || (0x07...0x0d).contains(byte) || byte == 0x1b else {
        // What a client may send behind a carriage return.
        guard bytes.u8(at: index) == 0, bytes.u8(at: index - 1) == 0x0d else { return false }
        continue
      }
    }
    return true
  }

  /// Negotiations that `bytes` begin with, two at most; nil where the bytes look like it but are something else.
  private static func negotiations(_ bytes: RawSpan) -> Int? {
    var count = 0
    var index = 0
    while count < 2, bytes.u8(at: index) == TelnetCode.iac, let verb = bytes.u8(at: index + 1) {
      guard verb > TelnetCode.endOfSubnegotiation, verb < TelnetCode.iac else { return nil }
      index += 2
      guard verb >= TelnetCode.subnegotiation else { continue }
      guard let option = bytes.u8(at: index) else { return count }
      guard TelnetCode.isAssigned(option: option) else { return nil }
      count += 1
      if verb == TelnetCode.subnegotiation { break }
      index += 1
    }
    // Text that follows is no zero, which UTF-16 would have.
    return count < 2 && index > 0 && bytes.u8(at: index) == 0 ? nil : count
  }

  /// Whether a line within the first bytes asks for a name or password and nothing follows on it.
  private static func asks(_ bytes: RawSpan) -> Bool {
    let room = LoginPrompt.byteLimit + 1
    let tail = bytes.part(from: max(0, bytes.byteCount - room - 1)).copied()
    let line = Array(tail.split(omittingEmptySubsequences: false) { $0 == 0x0a || $0 == 0x0d }.last ?? [])
    return line.count <= room && LoginPrompt.asked(by: Array(LoginPrompt.trimmed(line))) != nil
  }
}
