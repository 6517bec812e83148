/// Gives out slots, to TCP connections and to everything else from blocks of their own for as long as there are new
/// blocks: what only TCP needs then lies together, and memory is given by whole pages.
struct FreeSlots {
  /// Slots that lie together: of the smallest thing kept for TCP only, these fill two pages.
  private static let blockSize = 128

  /// Slots of one use.
  private struct Pool {
    /// New ones: from `next` to before `end`.
    var next = 0
    var end = 0
    /// Those that were given back.
    var free: [Int32] = []

    var isEmpty: Bool { next == end && free.isEmpty }

    mutating func take() -> Int? {
      if let slot = free.popLast() { return Int(slot) }
      guard next < end else { return nil }
      defer { next += 1 }
      return next
    }
  }

  /// TCP's, and that of everything else.
  private var pools = [Pool(), Pool()]
  private let total: Int
  /// Slots in the blocks begun so far: every slot given out is below.
  private(set) var begun = 0
  /// Slots given out and not given back.
  private(set) var taken = 0

  /// Slots from 0 to below `total`, all of them free.
  init(total: Int) {
    self.total = total
  }

  /// A free slot, or nil where all are taken.
  mutating func take(forTCP isTCP: Bool) -> Int? {
    var pool = isTCP ? 0 : 1
    if pools[pool].isEmpty, begun < total {
      pools[pool].next = begun
      begun = min(begun + FreeSlots.blockSize, total)
      pools[pool].end = begun
    }
    if pools[pool].isEmpty { pool = 1 - pool }
    guard let slot = pools[pool].take() else { return nil }
    taken += 1
    return slot
  }

  /// Takes a slot back.
  mutating func giveBack(_ slot: Int, fromTCP wasTCP: Bool) {
    taken -= 1
    pools[wasTCP ? 0 : 1].free.append(Int32(truncatingIfNeeded: slot))
  }
}
