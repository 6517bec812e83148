/// An IPv4 or IPv6 address as one 128-bit number, IPv4 as `::ffff:a.b.c.d` (RFC 4291, section 2.5.5.2), so that both
/// kinds compare, hash and sort alike. An IPv4-mapped address that travels in an IPv6 header reads as the IPv4 address.
public struct IPAddress: Hashable, Sendable, BitwiseCopyable {
  /// The first eight bytes on the wire.
  public let high: UInt64
  /// The last eight bytes on the wire.
  public let low: UInt64

  /// The address with these halves.
  @inlinable
  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// The IPv4 address whose 32 bits are `v4`, the first byte highest.
  @inlinable
  public init(v4: UInt32) {
    self.init(high: 0, low: 0xffff_0000_0000 | UInt64(v4))
  }

  /// The four bytes of an IPv4 address at `offset`, or nil where they do not fit.
  @inlinable
  public init?(v4 span: RawSpan, at offset: Int) {
    guard let value = span.u32(at: offset) else { return nil }
    self.init(v4: value)
  }

  /// The sixteen bytes of an IPv6 address at `offset`, or nil where they do not fit.
  @inlinable
  public init?(v6 span: RawSpan, at offset: Int) {
    guard let high = span.u64(at: offset), let low = span.u64(at: offset &+ 8) else { return nil }
    self.init(high: high, low: low)
  }

  /// Whether it is an IPv4 address.
  @inlinable public var isIPv4: Bool { high == 0 && low >> 32 == 0xffff }

  /// The 32 bits of an IPv4 address; the low 32 bits of any other.
  @inlinable public var v4: UInt32 { UInt32(truncatingIfNeeded: low) }

  /// The 16 bytes in network order, as `addresses.key` holds them.
  public var key: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(16)
    for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: high >> UInt64(shift))) }
    for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: low >> UInt64(shift))) }
    return bytes
  }
}

extension IPAddress: Comparable {
  /// By the 128-bit number, which is the order of the keys.
  @inlinable
  public static func < (left: IPAddress, right: IPAddress) -> Bool {
    left.high != right.high ? left.high < right.high : left.low < right.low
  }
}
