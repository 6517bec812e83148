import Bytes

/// The rows of `addresses`: an open-addressing hash table from addresses to identifiers.
struct AddressTable {
  private struct Entry: BitwiseCopyable {
    var address: IPAddress
    /// `noID` where the entry is free.
    var id: Int64
  }

  private static let noID = Int64.min

  private static let free = Entry(address: IPAddress(high: 0, low: 0), id: noID)

  private let seed = KeyedHash()
  private var entries: [Entry]
  private var count = 0

  /// A table with `known` addresses.
  init(_ known: [IPAddress: Int64]) {
    var size = 1024
    while size < known.count * 2 { size *= 2 }
    entries = Array(repeating: AddressTable.free, count: size)
    for (address, id) in known { insert(address, id: id) }
  }

  /// The place of `address`, or the free one that it would have.
  @inline(__always)
  private func place(_ address: IPAddress) -> Int {
    var hash = seed
    hash.combine(address.high, address.low)
    let mask = entries.count &- 1
    var index = Int(truncatingIfNeeded: hash.value) & mask
    while entries[index].id != AddressTable.noID, entries[index].address != address { index = (index &+ 1) & mask }
    return index
  }

  /// The row of `address`; nil where there is none.
  func id(of address: IPAddress) -> Int64? {
    let id = entries[place(address)].id
    return id == AddressTable.noID ? nil : id
  }

  /// Adds an address that is not there yet.
  mutating func insert(_ address: IPAddress, id: Int64) {
    if count * 4 >= entries.count * 3 { grow() }
    entries[place(address)] = Entry(address: address, id: id)
    count += 1
  }

  /// All addresses with their rows.
  var all: [IPAddress: Int64] {
    var all: [IPAddress: Int64] = [:]
    for entry in entries where entry.id != AddressTable.noID { all[entry.address] = entry.id }
    return all
  }

  private mutating func grow() {
    let old = entries
    entries = Array(repeating: AddressTable.free, count: old.count * 2)
    for entry in old where entry.id != AddressTable.noID { entries[place(entry.address)] = entry }
  }
}
