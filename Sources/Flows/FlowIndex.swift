import Bytes

/// An open-addressing hash table from flow keys to slots of the flow table. It holds part of each key's hash beside the
/// slot, so that nearly every comparison of keys is one that succeeds, and it counts no references.
struct FlowIndex: ~Copyable {
  struct Entry: BitwiseCopyable {
    /// The low half of the key's hash, which places the entry as well.
    var hash: UInt32
    /// One more than the slot; 0 where the entry is free.
    var place: UInt32

    static var free: Entry { Entry(hash: 0, place: 0) }
    var slot: Int { Int(place) &- 1 }
  }

  private static let initialSize = 4096
  /// What the number of entries is multiplied with where it does not suffice: each is moved few times.
  private static let growth = 4

  /// A power of two, at most half of them taken.
  private var entries = SlotStorage<Entry>(count: initialSize)
  private var count = 0

  /// Goes into every hash, so that a sender cannot choose keys that collide.
  let seed = FlowSeed()

  /// The slot under `key`, or nil.
  @inline(__always)
  func find(_ key: FlowKey, hash: UInt64, in flows: borrowing SlotStorage<Flow>) -> Int? {
    let hash = UInt32(truncatingIfNeeded: hash)
    let mask = entries.count &- 1
    var index = Int(hash) & mask
    while true {
      let entry = entries[index]
      if entry.place == 0 { return nil }
      if entry.hash == hash, flows[entry.slot].key == key { return entry.slot }
      index = (index &+ 1) & mask
    }
  }

  /// Puts `slot` under a key that is not there yet.
  mutating func insert(hash: UInt64, slot: Int) {
    if count &* 2 >= entries.count { grow() }
    place(Entry(hash: UInt32(truncatingIfNeeded: hash), place: UInt32(truncatingIfNeeded: slot &+ 1)))
    count &+= 1
  }

  /// Drops `slot`, which was put under a key with this hash.
  mutating func remove(hash: UInt64, slot: Int) {
    let mask = entries.count &- 1
    var gap = Int(UInt32(truncatingIfNeeded: hash)) & mask
    while entries[gap].slot != slot {
      guard entries[gap].place != 0 else { return }
      gap = (gap &+ 1) & mask
    }
    // Entries behind it that would have stood here or before move up, so that no search ends too early.
    var next = (gap &+ 1) & mask
    while entries[next].place != 0 {
      let home = Int(entries[next].hash) & mask
      if (next &- home) & mask >= (next &- gap) & mask {
        entries[gap] = entries[next]
        gap = next
      }
      next = (next &+ 1) & mask
    }
    entries[gap] = .free
    count &-= 1
  }

  private mutating func place(_ entry: Entry) {
    let mask = entries.count &- 1
    var index = Int(entry.hash) & mask
    while entries[index].place != 0 { index = (index &+ 1) & mask }
    entries[index] = entry
  }

  private mutating func grow() {
    var old = SlotStorage<Entry>(count: entries.count * FlowIndex.growth)
    swap(&old, &entries)
    for index in 0..<old.count where old[index].place != 0 { place(old[index]) }
  }
}
