import Bytes

/// Remembers which names of which addresses have their row already, so that each is emitted once.
struct AddressNames {
  /// Names remembered. A sender can make up any number; when they are more, all are forgotten, and rows that come twice
  /// are taken out at the end.
  static let limit = 1 << 18

  private struct Key: Hashable {
    let addressID: Int64
    let source: NameSource
    /// Of the name in lower case. Hashes are seeded anew in every run, so that no sender can make two names collide.
    let hash: Int
  }

  private var known: Set<Key> = []
  private(set) var hasForgotten = false

  /// Whether this is the first time that the name, in lower case, is heard for the address from this source.
  mutating func isNew(_ name: [UInt8], addressID: Int64, source: NameSource) -> Bool {
    var hasher = Hasher()
    name.hash(into: &hasher)
    let (isNew, _) = known.insert(Key(addressID: addressID, source: source, hash: hasher.finalize()))
    if known.count > AddressNames.limit {
      known.removeAll(keepingCapacity: true)
      hasForgotten = true
    }
    return isNew
  }
}
