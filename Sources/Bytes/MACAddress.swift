/// A 48-bit link-layer address (IEEE 802 EUI-48), the first byte on the wire in the highest used bits.
public struct MACAddress: Hashable, Sendable, BitwiseCopyable {
  /// The address in the low 48 bits.
  public let value: UInt64

  /// The address in the low 48 bits of `value`; the rest is dropped.
  @inlinable
  public init(value: UInt64) {
    self.value = value & 0xffff_ffff_ffff
  }

  /// The six bytes at `offset` of `span`, or nil where they do not fit.
  @inlinable
  public init?(_ span: RawSpan, at offset: Int) {
    guard let high = span.u32(at: offset), let low = span.u16(at: offset &+ 4) else { return nil }
    self.init(value: UInt64(high) << 16 | UInt64(low))
  }
}

extension MACAddress: CustomStringConvertible {
  /// `00:1a:2b:3c:4d:5e`, as Wireshark writes it.
  public var description: String {
    var text: [UInt8] = []
    text.reserveCapacity(17)
    for shift in stride(from: 40, through: 0, by: -8) {
      let byte = UInt8(truncatingIfNeeded: value >> UInt64(shift))
      if shift < 40 { text.append(UInt8(ascii: ":")) }
      text.append(hexDigit(byte >> 4))
      text.append(hexDigit(byte))
    }
    return String(decoding: text, as: UTF8.self)
  }
}
