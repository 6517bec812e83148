/// The entries of an index on one integer column while its table is written: 64 bits for each row.
@safe
struct IntegerIndex: ~Copyable {
  /// Numbers that the key has room for, NULL as 0 apart.
  private static let greatest: Int64 = 0xffff_fffe
  /// Three bytes of header, and two values of at most eight, each written as eight.
  private static let recordCapacity = 32

  private var keys: KeySorter
  /// Whether all entries are here; SQLite has to build the index where they are not.
  private(set) var isComplete = true

  /// An index without entries, which puts what does not fit in memory aside in `spill`.
  init(spill: SpillFile) {
    keys = KeySorter(spill: spill)
  }

  /// Adds the entry of row `id`. Negative numbers and those beyond 32 bits end its being complete.
  @inline(__always)
  mutating func add(_ value: Int64?, id: Int64) throws(StoreError) {
    let number = value ?? 0
    guard number >= 0, number < IntegerIndex.greatest, id >= 0, id <= IntegerIndex.greatest else {
      isComplete = false
      return
    }
    // NULL comes before every number.
    let upper = value == nil ? 0 : UInt64(truncatingIfNeeded: number) &+ 1
    try keys.add(upper << 32 | UInt64(truncatingIfNeeded: id))
  }

  /// Marks it as one that SQLite has to build.
  mutating func giveUp() {
    isComplete = false
  }

  /// Puts the entries in order as far as they are in memory, which `finish` then need not.
  mutating func sort() {
    if isComplete { keys.sort() }
  }

  /// Builds the tree whose root is page `root`.
  mutating func finish(root: UInt32, file: PageFile) throws(StoreError) {
    guard isComplete else { return }
    var tree = IndexTree(root: root, file: file)
    let place = UnsafeMutableRawPointer.allocate(byteCount: IntegerIndex.recordCapacity, alignment: 8)
    defer { unsafe place.deallocate() }
    try keys.drain { (key) throws(StoreError) in
      let count = unsafe IntegerIndex.encode(
        key >> 32, id: Int64(truncatingIfNeeded: key & 0xffff_ffff), to: place)
      try unsafe tree.append(UnsafeRawBufferPointer(start: place, count: count))
    }
    try tree.finish()
  }

  /// Writes the record of a key's upper half and a rowid to `place`, which has `recordCapacity` bytes; returns its length.
  @inline(__always)
  private static func encode(_ upper: UInt64, id: Int64, to place: UnsafeMutableRawPointer) -> Int {
    let value = Int64(truncatingIfNeeded: upper) &- 1
    let (type, size) = upper == 0 ? (SerialType.null, 0) : SerialType.integer(value)
    let (idType, idSize) = SerialType.integer(id)
    unsafe place.storeBytes(of: 3, as: UInt8.self)
    unsafe place.storeBytes(of: type, toByteOffset: 1, as: UInt8.self)
    unsafe place.storeBytes(of: idType, toByteOffset: 2, as: UInt8.self)
    if size > 0 {
      unsafe place.storeBytes(of: (value << Int64(64 &- 8 &* size)).bigEndian, toByteOffset: 3, as: Int64.self)
    }
    if idSize > 0 {
      unsafe place.storeBytes(of: (id << Int64(64 &- 8 &* idSize)).bigEndian, toByteOffset: 3 &+ size, as: Int64.self)
    }
    return 3 &+ size &+ idSize
  }
}
