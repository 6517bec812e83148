/// The bytes in lower-case hexadecimal, two digits each.
public func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
  var digits: [UInt8] = []
  digits.reserveCapacity(2 * bytes.underestimatedCount)
  for byte in bytes {
    digits.append(hexDigit(byte >> 4))
    digits.append(hexDigit(byte))
  }
  return String(decoding: digits, as: UTF8.self)
}

/// The lower-case hexadecimal digit of the low four bits, in ASCII.
public func hexDigit(_ nibble: UInt8) -> UInt8 {
  let low = nibble & 15
  return low < 10 ? 48 + low : 87 + low
}
