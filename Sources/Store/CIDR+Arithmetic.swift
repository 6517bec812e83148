public import Bytes

extension CIDR {
  /// The network of `prefix` leading bits, of 128, that `address` lies in; nil for a prefix that is not from 0 to 128.
  public init?(_ address: IPAddress, prefix: Int) {
    guard (0...128).contains(prefix) else { return nil }
    // A shift by 64 or more gives 0 in Swift.
    let (high, low) = (UInt64.max >> UInt64(min(64, prefix)), UInt64.max >> UInt64(max(0, prefix - 64)))
    first = IPAddress(high: address.high & ~high, low: address.low & ~low)
    last = IPAddress(high: address.high | high, low: address.low | low)
    self.prefix = prefix
  }

  /// The fewest networks that together hold the addresses from `first` to `last`.
  public static func covering(from first: IPAddress, through last: IPAddress) -> [CIDR] {
    var networks: [CIDR] = []
    var next = first.number
    let end = last.number
    while next <= end {
      // As large as the alignment of its first address and what is left allow.
      let left = end - next
      var bits = min(next.trailingZeroBitCount, 128)
      if left < UInt128.max {
        bits = min(bits, 127 - (left + 1).leadingZeroBitCount)
      }
      guard let network = CIDR(IPAddress(number: next), prefix: 128 - bits) else { break }
      networks.append(network)
      let last = network.last.number
      if last == .max { break }
      next = last + 1
    }
    return networks
  }

  /// What is left of `networks` when the addresses of `others` are taken away, in order and without overlap.
  public static func subtracting(_ others: [CIDR], from networks: [CIDR]) -> [CIDR] {
    let holes = merged(others)
    var rest: [CIDR] = []
    var hole = holes.startIndex
    for range in merged(networks) {
      var next = range.lowerBound
      var isDone = false
      while hole < holes.endIndex, holes[hole].upperBound < next { hole += 1 }
      var current = hole
      while current < holes.endIndex, holes[current].lowerBound <= range.upperBound {
        if holes[current].lowerBound > next {
          rest += covering(from: IPAddress(number: next), through: IPAddress(number: holes[current].lowerBound - 1))
        }
        if holes[current].upperBound >= range.upperBound {
          isDone = true
          break
        }
        next = max(next, holes[current].upperBound + 1)
        current += 1
      }
      if !isDone { rest += covering(from: IPAddress(number: next), through: IPAddress(number: range.upperBound)) }
    }
    return rest
  }

  /// The addresses of networks as ranges in order, those that touch or overlap as one.
  private static func merged(_ networks: [CIDR]) -> [ClosedRange<UInt128>] {
    var ranges: [ClosedRange<UInt128>] = []
    for network in networks.sorted(by: { $0.first < $1.first }) {
      let (first, last) = (network.first.number, network.last.number)
      if let before = ranges.last, before.upperBound == .max || first <= before.upperBound + 1 {
        ranges[ranges.endIndex - 1] = before.lowerBound...max(before.upperBound, last)
      } else {
        ranges.append(first...last)
      }
    }
    return ranges
  }
}

extension IPAddress {
  fileprivate var number: UInt128 { UInt128(high) << 64 | UInt128(low) }

  fileprivate init(number: UInt128) {
    self.init(high: UInt64(truncatingIfNeeded: number >> 64), low: UInt64(truncatingIfNeeded: number))
  }
}
