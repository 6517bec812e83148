import Bytes

/// Remembers which names of which addresses have their row already, so that each is emitted once: a set of hashes in open
/// addressing. Two names count as one where their hashes agree: no sender can bring that about, and chance does so once in
/// 2^29 captures that fill the set.
struct AddressNames {
  /// Names remembered. A sender can make up any number; when they are more, all are forgotten, and rows that come twice
  /// are taken out at the end.
  static let limit = 1 << 18

  private let seed = KeyedHash()
  /// 0 where an entry is free.
  private var entries = [UInt64](repeating: 0, count: 1024)
  private var count = 0
  private(set) var hasForgotten = false

  /// Whether this is the first time that the name, whatever its case, is heard for the address from this source in a capture.
  mutating func isNew(_ name: RawSpan, addressID: Int64, source: NameSource, captureID: Int64) -> Bool {
    let hash = hash(name, addressID: addressID, source: source, captureID: captureID)
    let index = place(hash)
    guard entries[index] == 0 else { return false }
    entries[index] = hash
    count += 1
    if count > AddressNames.limit {
      entries = Array(repeating: 0, count: 1024)
      count = 0
      hasForgotten = true
    } else if count * 4 >= entries.count * 3 {
      grow()
    }
    return true
  }

  private func hash(_ name: RawSpan, addressID: Int64, source: NameSource, captureID: Int64) -> UInt64 {
    var hash = seed
    hash.combine(lowercased: name)
    hash.combine(UInt64(bitPattern: addressID), UInt64(source.rawValue) | UInt64(bitPattern: captureID) << 8)
    return max(1, hash.value)
  }

  /// The place of `hash`, or the free one that it would have.
  private func place(_ hash: UInt64) -> Int {
    let mask = entries.count &- 1
    var index = Int(truncatingIfNeeded: hash) & mask
    while entries[index] != 0, entries[index] != hash { index = (index &+ 1) & mask }
    return index
  }

  private mutating func grow() {
    let old = entries
    entries = Array(repeating: 0, count: old.count * 2)
    for hash in old where hash != 0 { entries[place(hash)] = hash }
  }
}
