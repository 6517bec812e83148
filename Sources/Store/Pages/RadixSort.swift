/// Sorts 64-bit keys byte by byte, lowest first. Bytes that all keys share, and keys in order already, cost one look.
enum RadixSort {
  private static let buckets = 256
  private static let digits = 8

  /// Sorts `keys` in ascending order.
  static func sort(_ keys: inout [UInt64]) {
    guard !isSorted(keys) else { return }
    var counts = [Int](repeating: 0, count: buckets * digits)
    for key in keys {
      var rest = key
      for digit in 0..<digits {
        counts[digit &* buckets &+ Int(rest & 0xff)] &+= 1
        rest >>= 8
      }
    }
    var other = [UInt64](repeating: 0, count: keys.count)
    for digit in 0..<digits {
      let first = digit * buckets
      guard !counts[first..<first + buckets].contains(keys.count) else { continue }
      var start = 0
      for bucket in first..<first + buckets {
        let count = counts[bucket]
        counts[bucket] = start
        start += count
      }
      let shift = UInt64(8 * digit)
      for key in keys {
        let bucket = first &+ Int(truncatingIfNeeded: key >> shift & 0xff)
        other[counts[bucket]] = key
        counts[bucket] &+= 1
      }
      swap(&keys, &other)
    }
  }

  private static func isSorted(_ keys: [UInt64]) -> Bool {
    var last: UInt64 = 0
    for key in keys {
      if key < last { return false }
      last = key
    }
    return true
  }
}
