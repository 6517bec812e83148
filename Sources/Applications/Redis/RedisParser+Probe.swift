import Bytes

extension RedisParser {
  /// A command as an array of which the first string is a word of letters and as long as it says; or an inline command
  /// together with a reply that only Redis gives. Redis' server never speaks first.
  public static func probe(_ opening: borrowing Opening) -> Probe {
    if opening.client.byteCount == 0 {
      if opening.server.byteCount == 0 { return .more }
      return opening.fromStart ? .no : reversed(command(opening.server))
    }
    if opening.client.u8(at: 0) == UInt8(ascii: "*") { return command(opening.client) }
    if !opening.fromStart, case .match = command(opening.server) { return .reversed }
    return opening.fromStart ? inline(opening.client, opening.server) : .no
  }

  private static func reversed(_ found: Probe) -> Probe {
    switch found {
    case .match: .reversed
    default: found
    }
  }

  private static func command(_ bytes: RawSpan) -> Probe {
    guard bytes.u8(at: 0) == UInt8(ascii: "*") else { return bytes.byteCount == 0 ? .more : .no }
    var index = 1
    switch number(bytes, &index, digits: 7) {
    case .value: break
    case .none: return .no
    case .unfinished: return .more
    }
    guard let mark = bytes.u8(at: index) else { return .more }
    guard mark == UInt8(ascii: "$") else { return .no }
    index += 1
    let length: Int
    switch number(bytes, &index, digits: 2) {
    case .value(let value): length = value
    case .none: return .no
    case .unfinished: return .more
    }
    for offset in 0..<length {
      guard let letter = bytes.u8(at: index + offset) else { return .more }
      guard (0x41...0x5a).contains(letter & 0xdf) || letter == UInt8(ascii: ".") || letter == UInt8(ascii: "_") else {
        return .no
      }
    }
    guard let end = bytes.u8(at: index + length), let last = bytes.u8(at: index + length + 1) else { return .more }
    return end == 0x0d && last == 0x0a ? .match : .no
  }

  private enum Number {
    case value(Int)
    case none
    case unfinished
  }

  /// A number above zero and CR LF behind it.
  private static func number(_ bytes: RawSpan, _ index: inout Int, digits: Int) -> Number {
    var value = 0
    for count in 0...digits {
      guard let byte = bytes.u8(at: index) else { return .unfinished }
      index += 1
      if byte == 0x0d {
        guard let last = bytes.u8(at: index) else { return .unfinished }
        index += 1
        return last == 0x0a && value > 0 ? .value(value) : .none
      }
      guard (0x30...0x39).contains(byte), count < digits else { return .none }
      value = value * 10 + Int(byte) - 48
    }
    return .none
  }

  /// Words with which people and scripts begin.
  private static let inlineWords: Set<String> = [
    "AUTH", "PING", "INFO", "HELLO", "CONFIG", "SELECT", "GET", "SET", "KEYS",
  ]

  /// POP3 answers `+OK` as well, but its server greets first.
  private static func inline(_ client: RawSpan, _ server: RawSpan) -> Probe {
    let word = client.part(from: 0, to: client.firstIndex(of: 0x20, to: 8) ?? client.firstIndex(of: 0x0d, to: 8) ?? 8)
    guard let first = client.u8(at: 0), (0x41...0x5a).contains(first & 0xdf), word.byteCount < 8 else {
      return .no
    }
    let name = String(decoding: word.copied(), as: UTF8.self).uppercased()
    guard inlineWords.contains(name) else { return .no }
    if server.byteCount == 0 { return client.byteCount < 512 ? .more : .no }
    if server.starts(with: "-NOAUTH ") || server.starts(with: "-WRONGPASS ") || server.starts(with: "-ERR ")
      || server.starts(with: "+PONG\r\n") || server.starts(with: "+OK\r\n")
    {
      return .match
    }
    return server.byteCount < 11 && (server.u8(at: 0) == UInt8(ascii: "-") || server.u8(at: 0) == UInt8(ascii: "+"))
      ? .more : .no
  }
}
