import Bytes

/// Reads where a data connection will be listened for, from the forms in which FTP tells it. None of them is trusted:
/// every number is checked, and port 0 is none.
enum FTPEndpoint {
  /// Digits of the largest number in any form.
  private static let digitLimit = 5

  /// PORT's argument and the text of a 227 reply (RFC 959, section 5.3.2): `h1,h2,h3,h4,p1,p2` anywhere in the text,
  /// with or without parentheses (RFC 1123, section 4.1.2.6).
  static func classic(_ text: [UInt8]) -> Endpoint? {
    guard let numbers = numbers(text, count: 6), let port = port(numbers[4...]) else { return nil }
    return Endpoint(IPAddress(v4: numbers[0..<4].reduce(0) { $0 << 8 | UInt32($1) }), port)
  }

  /// LPRT's argument and the text of a 228 reply (RFC 1639): family, address length, address, port length, port.
  static func long(_ text: [UInt8]) -> Endpoint? {
    if let numbers = numbers(text, count: 9), numbers[0] == 4, numbers[1] == 4, numbers[6] == 2,
      let port = port(numbers[7...])
    {
      return Endpoint(IPAddress(v4: numbers[2..<6].reduce(0) { $0 << 8 | UInt32($1) }), port)
    }
    guard let numbers = numbers(text, count: 21), numbers[0] == 6, numbers[1] == 16, numbers[18] == 2,
      let port = port(numbers[19...])
    else { return nil }
    let halves = [numbers[2..<10], numbers[10..<18]].map { $0.reduce(0) { $0 << 8 | UInt64($1) } }
    return Endpoint(IPAddress(high: halves[0], low: halves[1]), port)
  }

  /// EPRT's argument (RFC 2428, section 2): `|1|132.235.1.2|6275|`, where the bar may be any printable character.
  static func extended(_ text: [UInt8]) -> Endpoint? {
    guard let delimiter = text.first, isDelimiter(delimiter) else { return nil }
    let parts = text.dropFirst().split(separator: delimiter, omittingEmptySubsequences: false)
    guard parts.count >= 3, parts[0] == [0x31] || parts[0] == [0x32],
      let address = IPAddress(String(decoding: parts[1], as: UTF8.self)),
      address.isIPv4 || parts[0] == [0x32], let port = port(digits: parts[2])
    else { return nil }
    return Endpoint(address, port)
  }

  /// The port in the text of a 229 reply (RFC 2428, section 3): `(|||6446|)`.
  static func extendedPort(_ text: [UInt8]) -> UInt16? {
    for index in text.indices where isDelimiter(text[index]) {
      let delimiter = text[index]
      let rest = text[index...].dropFirst()
      guard rest.prefix(2).elementsEqual([delimiter, delimiter]) else { continue }
      let digits = rest.dropFirst(2).prefix { (0x30...0x39).contains($0) }
      guard !digits.isEmpty, digits.endIndex < text.endIndex, text[digits.endIndex] == delimiter else { continue }
      return port(digits: digits)
    }
    return nil
  }

  private static func isDelimiter(_ byte: UInt8) -> Bool {
    (33...126).contains(byte) && !(0x30...0x39).contains(byte)
  }

  private static func port(_ bytes: ArraySlice<UInt8>) -> UInt16? {
    let value = bytes.reduce(0) { $0 << 8 | Int($1) }
    return value > 0 ? UInt16(exactly: value) : nil
  }

  private static func port(digits: ArraySlice<UInt8>) -> UInt16? {
    guard let value = number(digits), value > 0 else { return nil }
    return UInt16(exactly: value)
  }

  private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
    guard (1...digitLimit).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return digits.reduce(0) { $0 * 10 + Int($1) - 48 }
  }

  /// The first run of exactly `count` numbers from 0 to 255 with commas between them.
  private static func numbers(_ text: [UInt8], count: Int) -> [UInt8]? {
    var index = 0
    while index < text.count {
      guard (0x30...0x39).contains(text[index]) else {
        index += 1
        continue
      }
      let run = text[index...].prefix { (0x30...0x39).contains($0) || $0 == 0x2c }
      index = run.endIndex
      var parts = run.split(separator: 0x2c, omittingEmptySubsequences: false)
      // The sentence may go on with a comma.
      if parts.last?.isEmpty == true { parts.removeLast() }
      guard parts.count == count else { continue }
      let values = parts.compactMap { part in number(part).flatMap { UInt8(exactly: $0) } }
      if values.count == count { return values }
    }
    return nil
  }
}
