/// What is done with ASCII text eight bytes at a time.
public enum ASCII {
  /// The eight bytes with capital letters as small ones, other bytes as they are.
  @inlinable
  public static func lowercased(_ eight: UInt64) -> UInt64 {
    // The highest bit of a byte is set where the byte is a letter from A on, and where it lies behind Z.
    let low = eight & 0x7f7f_7f7f_7f7f_7f7f
    let fromA = low &+ 0x3f3f_3f3f_3f3f_3f3f
    let behindZ = low &+ 0x2525_2525_2525_2525
    return eight | (fromA & ~behindZ & ~eight & 0x8080_8080_8080_8080) &>> 2
  }

  /// The highest bit of each of the eight bytes that is `byte`. The lowest bit set is right; above it, one may be set too
  /// much.
  @inlinable
  public static func occurrences(of byte: UInt8, in eight: UInt64) -> UInt64 {
    let difference = eight ^ (0x0101_0101_0101_0101 &* UInt64(byte))
    // Taking one from every byte reaches into the highest bit of a zero.
    return (difference &- 0x0101_0101_0101_0101) & ~difference & 0x8080_8080_8080_8080
  }

  /// The digits of four bytes in lower-case hexadecimal; of both, the lowest comes first.
  @inlinable
  public static func hexadecimal(_ four: UInt32) -> UInt64 {
    // Each byte into the low half of two, then its high digit into the lower one of these.
    var wide = UInt64(four)
    wide = (wide | wide << 16) & 0x0000_ffff_0000_ffff
    wide = (wide | wide << 8) & 0x00ff_00ff_00ff_00ff
    let digits = (wide >> 4 | wide << 8) & 0x0f0f_0f0f_0f0f_0f0f
    // 1 in each byte that is a letter: `a` follows `9` at a distance of 39.
    let letters = (digits &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
    return digits &+ 0x3030_3030_3030_3030 &+ letters &* 39
  }

  /// Not zero where one of the eight bytes is a NUL or above 0x7f.
  @inlinable
  public static func flaws(_ eight: UInt64) -> UInt64 {
    // Where no byte is above 0x7f, adding 0x7f sets the highest bit of every byte but a NUL.
    (eight | ~(eight &+ 0x7f7f_7f7f_7f7f_7f7f)) & 0x8080_8080_8080_8080
  }
}
