/// Gives out numbers from 0 to below a total, the ones given back first, so that what is kept under them stays dense.
struct FreeSlots {
  private let total: Int
  private var free: [Int32] = []
  /// Every number that was ever given out is below.
  private(set) var used = 0

  /// Numbers from 0 to below `total`, all of them free; `total` must fit into 32 bits.
  init(total: Int) {
    self.total = total
  }

  /// Numbers given out and not given back.
  var taken: Int { used &- free.count }

  /// A free number, or nil where all are taken.
  mutating func take() -> Int? {
    if let slot = free.popLast() { return Int(slot) }
    guard used < total else { return nil }
    defer { used += 1 }
    return used
  }

  /// Takes a number back.
  mutating func giveBack(_ slot: Int) {
    free.append(Int32(truncatingIfNeeded: slot))
  }
}
