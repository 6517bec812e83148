/// The bytes in lower-case hexadecimal, two digits each.
public func hexadecimal(_ bytes: RawSpan) -> String {
  unsafe String(unsafeUninitializedCapacity: 2 * bytes.byteCount) { digits in
    // As many digits as there is room for.
    var count = 0
    while let byte = bytes.u8(at: count / 2), count + 1 < digits.count {
      unsafe digits[count] = hexDigit(byte >> 4)
      unsafe digits[count + 1] = hexDigit(byte)
      count += 2
    }
    return count
  }
}

/// The bytes in lower-case hexadecimal, two digits each.
public func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
  hexadecimal(Array(bytes).bytes)
}

/// The lower-case hexadecimal digit of the low four bits, in ASCII.
@inlinable
public func hexDigit(_ nibble: UInt8) -> UInt8 {
  let low = nibble & 15
  return low < 10 ? 48 + low : 87 + low
}
