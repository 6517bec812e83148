/// Which flows have to go when there are too many.
enum Eviction {
  /// What silence counts for a connection that both ends have closed: little is to be expected of it but a late
  /// acknowledgment or a repeated segment.
  static let closedFactor: UInt64 = 16

  /// Flows that go at once: so few that their rows don't pile up, so many that the processor has the code for it at hand.
  static let groupSize = 64

  /// A flow that was found to be one of them.
  struct Candidate {
    let id: Int64
    let lastFrame: Int64
    let slot: Int
  }

  /// The largest value that at least `count` of `values` reach; 0 where there are not so many.
  ///
  /// Decided digit by digit from the top, each time among the values that share the digits so far, so that it takes a
  /// few passes whatever the values are.
  static func threshold(of values: [UInt64], count: Int) -> UInt64 {
    var shift = UInt64((64 - (values.max() ?? 0).leadingZeroBitCount + 7) / 8 * 8)
    var prefix: UInt64 = 0
    var known: UInt64 = .max << shift
    var wanted = count
    while shift > 0 {
      shift -= 8
      var counts = [Int](repeating: 0, count: 256)
      for value in values where value & known == prefix { counts[Int(value &>> shift & 0xff)] += 1 }
      var digit = 255
      while digit > 0, counts[digit] < wanted {
        wanted -= counts[digit]
        digit -= 1
      }
      prefix |= UInt64(digit) << shift
      known |= 0xff << shift
    }
    return prefix
  }
}

extension Flow {
  /// How well it can be done without: frames since its last one, more for a connection that is closed.
  func age(at frame: Int64) -> UInt64 {
    let silence = UInt64(bitPattern: frame &- lastFrame)
    return marks.contains(.closed) ? silence &* Eviction.closedFactor : silence
  }
}
