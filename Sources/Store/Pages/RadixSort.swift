/// Sorts by 64-bit keys byte by byte, lowest first, and leaves those with equal keys in their order. Bytes that all keys
/// share, and keys in order already, cost one look.
enum RadixSort {
  private static let buckets = 256
  private static let digits = 8

  /// Sorts `items` in ascending order of what `key` gives for each. It takes as much memory again.
  @inline(__always)
  static func sort<Item: BitwiseCopyable>(_ items: inout SortArray<Item>, by key: (Item) -> UInt64) {
    guard items.count > 1, !isSorted(items.span, by: key) else { return }
    var counts = counts(items.span, by: key)
    var other = SortArray<Item>(capacity: items.count)
    items.match(&other)
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
      distribute(items.span, into: &other, next: &counts, from: place) {
        Int(truncatingIfNeeded: key($0) &>> shift & 0xff)
      }
      swap(&items, &other)
    }
  }

  /// How many of the keys have which value of which byte.
  @inline(__always)
  private static func counts<Item: BitwiseCopyable>(_ items: Span<Item>, by key: (Item) -> UInt64) -> [Int] {
    var counts = [Int](repeating: 0, count: buckets * digits)
    var places = counts.mutableSpan
    for index in items.indices {
      var rest = key(items[index])
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
    _ items: Span<Item>, into other: inout SortArray<Item>, next: inout [Int], from first: Int, bucket: (Item) -> Int
  ) {
    var targets = other.mutableSpan
    var places = next.mutableSpan
    for index in items.indices {
      let item = items[index]
      let place = first &+ bucket(item)
      targets[places[place]] = item
      places[place] &+= 1
    }
  }

  @inline(__always)
  private static func isSorted<Item: BitwiseCopyable>(_ items: Span<Item>, by key: (Item) -> UInt64) -> Bool {
    var last: UInt64 = 0
    for index in items.indices {
      let next = key(items[index])
      if next < last { return false }
      last = next
    }
    return true
  }
}
