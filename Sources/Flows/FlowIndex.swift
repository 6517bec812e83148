/// An open-addressing hash table from flow keys to slots of the flow table. It holds each key's hash beside the slot, so
/// that nearly every comparison of keys is one that succeeds, and it counts no references.
struct FlowIndex {
  private struct Entry: BitwiseCopyable {
    var hash: UInt64
    /// -1 where the entry is free.
    var slot: Int
  }

  private static let free = Entry(hash: 0, slot: -1)

  private var entries = [Entry](repeating: free, count: 4096)
  private var mask = 4095
  private var count = 0

  /// Goes into every hash, so that a sender cannot choose keys that collide.
  let seed: UInt64 = .random(in: .min ... .max)

  /// The slot under `key`, or nil.
  @inline(__always)
  func find(_ key: FlowKey, hash: UInt64, in flows: borrowing [Flow]) -> Int? {
    var index = Int(truncatingIfNeeded: hash) & mask
    while true {
      let entry = entries[index]
      if entry.slot < 0 { return nil }
      if entry.hash == hash, flows[entry.slot].key == key { return entry.slot }
      index = (index &+ 1) & mask
    }
  }

  /// Puts `slot` under a key that is not there yet.
  mutating func insert(hash: UInt64, slot: Int) {
    if count &* 2 > mask { grow() }
    place(Entry(hash: hash, slot: slot))
    count &+= 1
  }

  /// Drops every slot for which `isGone` says so.
  mutating func removeAll(where isGone: (Int) -> Bool) {
    let kept = entries.filter { $0.slot >= 0 && !isGone($0.slot) }
    for index in entries.indices { entries[index] = FlowIndex.free }
    for entry in kept { place(entry) }
    count = kept.count
  }

  private mutating func place(_ entry: Entry) {
    var index = Int(truncatingIfNeeded: entry.hash) & mask
    while entries[index].slot >= 0 { index = (index &+ 1) & mask }
    entries[index] = entry
  }

  private mutating func grow() {
    let old = entries
    entries = Array(repeating: FlowIndex.free, count: old.count * 2)
    mask = entries.count - 1
    for entry in old where entry.slot >= 0 { place(entry) }
  }
}
