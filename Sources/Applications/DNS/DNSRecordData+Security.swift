import Bytes

extension DNSRecordData {
  /// The salt of NSEC3 and NSEC3PARAM in hexadecimal, `-` for none (RFC 5155, section 3.3).
  mutating func salt(to text: inout DNSText) throws(Fault) {
    let salt = try reader.bytes(Int(try reader.u8()))
    if salt.byteCount == 0 { text.append(byte: 0x2d) } else { text.append(hexadecimal: salt) }
  }

  /// The types that a bitmap names, each with a blank before it (RFC 4034, section 4.1.2): windows in ascending order,
  /// each a number, a length of 1 to 32, and as many bytes.
  mutating func typeBitmap(to text: inout DNSText) throws(Fault) {
    var previous = -1
    while reader.remaining > 0 {
      let window = Int(try reader.u8())
      let length = Int(try reader.u8())
      guard window > previous, (1...32).contains(length) else { throw reader.fault(.malformed, "a bad type bitmap") }
      previous = window
      let bits = try reader.bytes(length)
      for index in 0..<length {
        guard let byte = bits.u8(at: index) else { break }
        for bit in 0..<8 where byte & (0x80 >> UInt8(bit)) != 0 {
          text.space()
          text.append(DNSRecordType(value: UInt16(truncatingIfNeeded: window << 8 | index << 3 | bit)))
        }
      }
    }
  }

  /// TSIG (RFC 8945, section 4.2): algorithm, time signed (48 bits, seconds), fudge, MAC, original ID, error, other
  /// data.
  mutating func signature(to text: inout DNSText) throws(Fault) {
    try name(to: &text)
    text.space()
    let high = UInt64(try reader.u16())
    text.append(decimal: high << 32 | UInt64(try reader.u32()))
    text.space()
    text.append(decimal: try reader.u16())
    text.space()
    let mac = try reader.bytes(Int(try reader.u16()))
    text.append(decimal: mac.byteCount)
    text.space()
    text.append(base64: mac)
    if mac.byteCount > 0 { text.space() }
    text.append(decimal: try reader.u16())
    text.space()
    let error = Int(try reader.u16())
    text.append(text: error == 16 ? "BADSIG" : DNSCodes.name(rcode: error))
    text.space()
    let other = try reader.bytes(Int(try reader.u16()))
    text.append(decimal: other.byteCount)
    guard other.byteCount > 0 else { return }
    text.space()
    text.append(base64: other)
  }

  /// LOC (RFC 1876): `42 21 54.000 N 71 6 18.000 W -24.00m 30.00m 10000.00m 10.00m`.
  ///
  /// ```
  /// version(1) size(1) horizontal precision(1) vertical precision(1) latitude(4) longitude(4) altitude(4)
  /// ```
  mutating func location(to text: inout DNSText) throws(Fault) {
    guard try reader.u8() == 0 else { throw reader.fault(.unsupported, "a later version of LOC") }
    let sizes = (try reader.u8(), try reader.u8(), try reader.u8())
    try angle(Int(try reader.u32()), limit: 90, "N", "S", to: &text)
    try angle(Int(try reader.u32()), limit: 180, "E", "W", to: &text)
    let altitude = Int(try reader.u32()) - 10_000_000
    if altitude < 0 { text.append(byte: 0x2d) }
    metres(altitude.magnitude, to: &text)
    for size in [sizes.0, sizes.1, sizes.2] {
      let (base, power) = (UInt(size >> 4), size & 15)
      guard base <= 9, power <= 9 else { throw reader.fault(.malformed, "a bad size") }
      text.space()
      metres((0..<power).reduce(base) { value, _ in value * 10 }, to: &text)
    }
  }

  private func metres(_ centimetres: UInt, to text: inout DNSText) {
    text.append(decimal: centimetres / 100)
    text.append(byte: 0x2e)
    text.append(decimal: Int(centimetres % 100), width: 2)
    text.append("m")
  }

  /// Thousandths of a second of arc, with the equator or prime meridian at 2^31.
  private func angle(
    _ value: Int, limit: Int, _ positive: StaticString, _ negative: StaticString, to text: inout DNSText
  ) throws(Fault) {
    let offset = value - 0x8000_0000
    let size = Int(offset.magnitude)
    guard size <= limit * 3_600_000 else { throw reader.fault(.malformed, "an angle too large") }
    text.append(decimal: size / 3_600_000)
    text.space()
    text.append(decimal: size / 60_000 % 60)
    text.space()
    text.append(decimal: size / 1000 % 60)
    text.append(byte: 0x2e)
    text.append(decimal: size % 1000, width: 3)
    text.space()
    text.append(offset < 0 ? negative : positive)
    text.space()
  }
}
