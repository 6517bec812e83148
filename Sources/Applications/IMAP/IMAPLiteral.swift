/// The announcement of a literal at a line's end (RFC 9051, section 4.3): `{5}`, `{5+}` or `{5-}` (RFC 7888), `~{5}`
/// (RFC 3516).
struct IMAPLiteral {
  /// Digits of the largest length that is taken.
  private static let digitLimit = 15

  /// Bytes that follow the line.
  let length: Int
  /// Whether the client waits until the server asks for them.
  let isSynchronizing: Bool
  /// Bytes of the announcement.
  let size: Int

  /// What the end of `line` announces; nil: nothing.
  init?(endOf line: [UInt8]) {
    guard line.last == UInt8(ascii: "}") else { return nil }
    var rest = line.dropLast()
    let isWaiting = rest.last != UInt8(ascii: "+") && rest.last != UInt8(ascii: "-")
    if !isWaiting { rest = rest.dropLast() }
    let digits = rest.suffix(IMAPLiteral.digitLimit).reversed().prefix { $0 &- 0x30 < 10 }.reversed()
    rest = rest.dropLast(digits.count)
    guard !digits.isEmpty, rest.last == UInt8(ascii: "{") else { return nil }
    rest = rest.dropLast()
    if rest.last == UInt8(ascii: "~") { rest = rest.dropLast() }
    length = digits.reduce(0) { $0 * 10 + Int($1) - 48 }
    isSynchronizing = isWaiting
    size = line.count - rest.count
  }
}
