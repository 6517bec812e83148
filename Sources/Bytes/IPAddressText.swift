/// An address as text, without memory of its own: dotted decimal for IPv4, RFC 5952's canonical form for IPv6.
public struct IPAddressText: Sendable {
  /// Eight groups of four digits and seven colons at the most.
  private var characters = InlineArray<40, UInt8>(repeating: 0)
  private var count = 0

  init(_ address: IPAddress) {
    if address.isIPv4 { append(dotted: address.v4) } else { append(canonical: address) }
  }

  /// The characters, all of them ASCII.
  public var bytes: RawSpan {
    // Every byte of the array is initialized.
    @_lifetime(borrow self) get { unsafe characters.span.bytes.part(from: 0, to: count) }
  }

  private mutating func append(_ character: UInt8) {
    characters[count] = character
    count &+= 1
  }

  private mutating func append(dotted value: UInt32) {
    var shift: UInt32 = 32
    while shift > 0 {
      if shift < 32 { append(UInt8(ascii: ".")) }
      shift &-= 8
      append(decimal: UInt8(truncatingIfNeeded: value &>> shift))
    }
  }

  private mutating func append(decimal byte: UInt8) {
    if byte >= 100 { append(48 &+ byte / 100) }
    if byte >= 10 { append(48 &+ byte / 10 % 10) }
    append(48 &+ byte % 10)
  }

  /// Groups in hexadecimal, the first longest run of zero groups as `::` (RFC 5952, section 4).
  private mutating func append(canonical address: IPAddress) {
    let zeros = IPAddressText.longestZeroRun(address)
    var index = 0
    while index < 8 {
      if index == zeros.lowerBound, zeros.count > 1 {
        append(UInt8(ascii: ":"))
        append(UInt8(ascii: ":"))
        index = zeros.upperBound
        continue
      }
      if index > 0, index != zeros.upperBound || zeros.count < 2 { append(UInt8(ascii: ":")) }
      append(hexadecimal: IPAddressText.group(index, of: address))
      index &+= 1
    }
  }

  private mutating func append(hexadecimal group: UInt16) {
    if group > 0xfff { append(hexDigit(UInt8(truncatingIfNeeded: group &>> 12))) }
    if group > 0xff { append(hexDigit(UInt8(truncatingIfNeeded: group &>> 8))) }
    if group > 0xf { append(hexDigit(UInt8(truncatingIfNeeded: group &>> 4))) }
    append(hexDigit(UInt8(truncatingIfNeeded: group)))
  }

  private static func group(_ index: Int, of address: IPAddress) -> UInt16 {
    let half = index < 4 ? address.high : address.low
    return UInt16(truncatingIfNeeded: half &>> UInt64(truncatingIfNeeded: 48 &- 16 &* (index & 3)))
  }

  /// The first longest run of zero groups (RFC 5952, section 4.2.3).
  private static func longestZeroRun(_ address: IPAddress) -> Range<Int> {
    var best = 0..<0
    var start = 0
    while start < 8 {
      var end = start
      while end < 8, group(end, of: address) == 0 { end &+= 1 }
      if end - start > best.count { best = start..<end }
      start = end &+ 1
    }
    return best
  }
}
