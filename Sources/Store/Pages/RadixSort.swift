/// Sorts by 64-bit keys byte by byte, lowest first, and leaves those with equal keys in their order. Bytes that all keys
/// share, and keys in order already, cost one look.
enum RadixSort {
  private static let buckets = 256
  private static let digits = 8

  /// Sorts `items` in ascending order of what `key` gives for each.
  @inline(__always)
  static func sort<Item: BitwiseCopyable>(_ items: inout [Item], by key: (Item) -> UInt64) {
    guard let first = items.first, !isSorted(items, by: key) else { return }
    var counts = counts(items, by: key)
    var other = [Item](repeating: first, count: items.count)
    for digit in 0..<digits {
      let place = digit * buckets
      guard !counts[place..<place + buckets].contains(items.count) else { continue }
      var start = 0
      for bucket in place..<place + buckets {
        let count = counts[bucket]
        counts[bucket] = start
        start += count
      }
      let shift = UInt64(8 * digit)
      distribute(items, into: &other, next: &counts, from: place) { Int(truncatingIfNeeded: key($0) &>> shift & 0xff) }
      swap(&items, &other)
    }
  }

  /// How many of the keys have which value of which byte.
  @inline(__always)
  private static func counts<Item: BitwiseCopyable>(_ items: [Item], by key: (Item) -> UInt64) -> [Int] {
    var counts = [Int](repeating: 0, count: buckets * digits)
    var places = counts.mutableSpan
    for item in items {
      var rest = key(item)
      for digit in 0..<digits {
        places[digit &* buckets &+ Int(truncatingIfNeeded: rest & 0xff)] &+= 1
        rest &>>= 8
      }
    }
    return counts
  }

  /// Puts each item to the next place of its bucket; the places stand in `next` from `first` on.
  @inline(__always)
  private static func distribute<Item: BitwiseCopyable>(
    _ items: [Item], into other: inout [Item], next: inout [Int], from first: Int, bucket: (Item) -> Int
  ) {
    var targets = other.mutableSpan
    var places = next.mutableSpan
    for item in items {
      let place = first &+ bucket(item)
      targets[places[place]] = item
      places[place] &+= 1
    }
  }

  @inline(__always)
  private static func isSorted<Item: BitwiseCopyable>(_ items: [Item], by key: (Item) -> UInt64) -> Bool {
    var last: UInt64 = 0
    for item in items {
      let next = key(item)
      if next < last { return false }
      last = next
    }
    return true
  }
}
