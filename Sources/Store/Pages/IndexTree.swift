/// The B-tree of an index, filled in ascending order of its entries: pages are written as they fill. The entry behind each
/// leaf goes up to part it from the next.
@safe
struct IndexTree: ~Copyable {
  private let root: UInt32
  private let file: PageFile
  private let limits: PayloadLimits
  private var leaf: BTreePage
  private var interior: InteriorLevel?
  /// The cell behind a full leaf. Which entry parts two leaves is settled when there is an entry for the second.
  private var separator: [UInt8]?

  /// The empty index whose root is page `root`.
  init(root: UInt32, file: PageFile) {
    self.root = root
    self.file = file
    limits = .index(pageSize: file.pageSize)
    leaf = BTreePage(.leafIndex, size: file.pageSize)
  }

  /// Adds an entry: `record` is in SQLite's record format, the rowid its last value.
  mutating func append(_ record: [UInt8]) throws(StoreError) {
    var failure: StoreError?
    // The bytes are the array's own and live for the call.
    unsafe record.withUnsafeBytes { bytes in
      do throws(StoreError) {
        try unsafe append(bytes)
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
  }

  /// Adds an entry: `record` is in SQLite's record format, the rowid its last value.
  @inline(__always)
  mutating func append(_ record: UnsafeRawBufferPointer) throws(StoreError) {
    // The usual case: a short record behind others of its leaf.
    let size = record.count &+ 1
    guard separator == nil, record.count < 0x80, limits.local(record.count) == record.count, leaf.room >= size
    else {
      return try unsafe appendSlowly(record)
    }
    unsafe IndexTree.write(record, local: record.count, overflow: 0, to: leaf.addCell(size))
  }

  private mutating func appendSlowly(_ record: UnsafeRawBufferPointer) throws(StoreError) {
    if let parting = separator {
      separator = nil
      try writeLeaf(parting)
    }
    let local = limits.local(record.count)
    let overflow =
      local < record.count
      ? try unsafe file.appendOverflow(UnsafeRawBufferPointer(rebasing: record[local...])) : 0
    let size = Varint.size(UInt64(record.count)) &+ local &+ (overflow != 0 ? 4 : 0)
    if leaf.room >= size {
      unsafe IndexTree.write(record, local: local, overflow: overflow, to: leaf.addCell(size))
    } else {
      var cell = [UInt8](repeating: 0, count: size)
      unsafe cell.withUnsafeMutableBytes { bytes in
        if let base = bytes.baseAddress { unsafe IndexTree.write(record, local: local, overflow: overflow, to: base) }
      }
      separator = cell
    }
  }

  @inline(__always)
  private static func write(
    _ record: UnsafeRawBufferPointer, local: Int, overflow: UInt32, to cell: UnsafeMutableRawPointer
  ) {
    // The cell has room for the length's varint, the local part and the overflow page's number, as its size was computed.
    let place = unsafe Varint.write(UInt64(record.count), to: cell)
    if let base = record.baseAddress { unsafe place.copyMemory(from: base, byteCount: local) }
    if overflow != 0 { unsafe (place + local).storeBytes(of: overflow.bigEndian, as: UInt32.self) }
  }

  private mutating func writeLeaf(_ separator: [UInt8]) throws(StoreError) {
    let level = interior ?? InteriorLevel(.interiorIndex, file: file)
    interior = level
    try level.add(InteriorLevel.Child(page: try unsafe file.append(leaf.seal()), separator: separator))
    leaf.clear()
  }

  /// Completes the tree.
  mutating func finish() throws(StoreError) {
    if let last = separator {
      // No entry follows the one that did not fit: it begins the last leaf, and the one before it parts the two.
      separator = nil
      try writeLeaf(leaf.removeLastCell())
      let place = unsafe leaf.addCell(last.count)
      unsafe last.withUnsafeBytes { bytes in
        if let base = bytes.baseAddress { unsafe place.copyMemory(from: base, byteCount: bytes.count) }
      }
    }
    guard let interior else { return unsafe file.replace(root, with: leaf.seal()) }
    try writeLeaf([])
    try interior.finish(root: root)
  }
}
