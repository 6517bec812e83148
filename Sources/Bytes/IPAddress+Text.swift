extension IPAddress: CustomStringConvertible {
  /// Dotted decimal for IPv4, RFC 5952 canonical form for IPv6.
  public var description: String {
    let text = text
    return unsafe text.bytes.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
  }

  /// The characters of `description`.
  public var text: IPAddressText { IPAddressText(self) }

  /// The address that `text` spells: dotted decimal, or any form of RFC 4291, section 2.2. Nil for anything else, also
  /// for zone indices, octal-looking parts and surrounding blanks.
  public init?(_ text: some StringProtocol) {
    if text.utf8.contains(UInt8(ascii: ":")) {
      self.init(v6Text: text)
    } else {
      guard let value = IPAddress.dottedValue(text) else { return nil }
      self.init(v4: value)
    }
  }

  private static func dottedValue(_ text: some StringProtocol) -> UInt32? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var value: UInt32 = 0
    for part in parts {
      guard (1...3).contains(part.utf8.count), part.utf8.allSatisfy({ (48...57).contains($0) }),
        part.utf8.count == 1 || part.utf8.first != 48, let byte = UInt8(part)
      else { return nil }
      value = value << 8 | UInt32(byte)
    }
    return value
  }

  private init?(v6Text text: some StringProtocol) {
    let halves = IPAddress.splitOnDoubleColon(String(text))
    guard let halves, let front = IPAddress.parseGroups(halves.front, mayEndDotted: halves.back == nil) else {
      return nil
    }
    var groups = front
    if let back = halves.back {
      guard let rear = IPAddress.parseGroups(back, mayEndDotted: true), front.count + rear.count <= 7 else {
        return nil
      }
      groups += [UInt16](repeating: 0, count: 8 - front.count - rear.count) + rear
    }
    guard groups.count == 8 else { return nil }
    let wide = groups.map(UInt64.init)
    self.init(
      high: wide[0] << 48 | wide[1] << 32 | wide[2] << 16 | wide[3],
      low: wide[4] << 48 | wide[5] << 32 | wide[6] << 16 | wide[7])
  }

  /// The text before and behind the one `::`; `back` is nil where there is none, the whole nil where there are two.
  private static func splitOnDoubleColon(_ text: String) -> (front: Substring, back: Substring?)? {
    let bytes = text.utf8
    var index = bytes.startIndex
    var found: String.Index?
    while index != bytes.endIndex {
      let next = bytes.index(after: index)
      if bytes[index] == 58, next != bytes.endIndex, bytes[next] == 58 {
        guard found == nil else { return nil }
        found = index
        index = bytes.index(after: next)
      } else {
        index = next
      }
    }
    guard let found else { return (text[...], nil) }
    return (text[..<found], text[bytes.index(found, offsetBy: 2)...])
  }

  private static func parseGroups(_ text: Substring, mayEndDotted: Bool) -> [UInt16]? {
    if text.isEmpty { return [] }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count <= 8 else { return nil }
    var groups: [UInt16] = []
    for (index, part) in parts.enumerated() {
      if mayEndDotted, index == parts.count - 1, part.utf8.contains(46) {
        guard let value = dottedValue(part) else { return nil }
        groups.append(UInt16(truncatingIfNeeded: value >> 16))
        groups.append(UInt16(truncatingIfNeeded: value))
        continue
      }
      guard (1...4).contains(part.utf8.count), part.utf8.allSatisfy({ $0 != 43 && $0 != 45 }),
        let group = UInt16(part, radix: 16)
      else { return nil }
      groups.append(group)
    }
    return groups
  }
}
