/// The B-tree of a rowid table, filled in ascending order of rowids: pages are written as they fill.
@safe
struct TableTree: ~Copyable {
  private let name: String
  private let root: UInt32
  private let file: PageFile
  private let limits: PayloadLimits
  private var leaf: BTreePage
  private var interior: InteriorLevel?
  private var lastRowID: Int64 = .min
  private var isEmpty = true

  /// The empty table `name`, whose root is page `root`.
  init(name: String, root: UInt32, file: PageFile) {
    self.name = name
    self.root = root
    self.file = file
    limits = .table(pageSize: file.pageSize)
    leaf = BTreePage(.leafTable, size: file.pageSize)
  }

  /// Adds a row; `record` is in SQLite's record format.
  @inline(__always)
  mutating func append(rowID: Int64, record: UnsafeRawBufferPointer) throws(StoreError) {
    guard rowID > lastRowID || isEmpty else {
      throw StoreError(name, .constraint, "row \(rowID) comes behind row \(lastRowID)")
    }
    let local = limits.local(record.count)
    let key = UInt64(bitPattern: rowID)
    let head = Varint.size(UInt64(record.count)) &+ Varint.size(key)
    let size = head &+ local &+ (local < record.count ? 4 : 0)
    if leaf.room < size { try writeLeaf() }
    let overflow = local < record.count ? try unsafe overflow(of: record, from: local) : 0
    // The cell's place has `size` bytes: two varints, the local part and the overflow page's number.
    var place = unsafe leaf.addCell(size)
    unsafe place = Varint.write(UInt64(record.count), to: place)
    unsafe place = Varint.write(key, to: place)
    if let base = record.baseAddress { unsafe place.copyMemory(from: base, byteCount: local) }
    if overflow != 0 { unsafe (place + local).storeBytes(of: overflow.bigEndian, as: UInt32.self) }
    lastRowID = rowID
    isEmpty = false
  }

  private func overflow(of record: UnsafeRawBufferPointer, from local: Int) throws(StoreError) -> UInt32 {
    try unsafe file.appendOverflow(UnsafeRawBufferPointer(rebasing: record[local...]))
  }

  private mutating func writeLeaf() throws(StoreError) {
    let page = try unsafe file.append(leaf.seal())
    var separator = [UInt8](repeating: 0, count: Varint.size(UInt64(bitPattern: lastRowID)))
    unsafe separator.withUnsafeMutableBytes { bytes in
      if let base = bytes.baseAddress { _ = unsafe Varint.write(UInt64(bitPattern: lastRowID), to: base) }
    }
    let level = interior ?? InteriorLevel(.interiorTable, file: file)
    interior = level
    try level.add(InteriorLevel.Child(page: page, separator: separator))
    leaf.clear()
  }

  /// Completes the tree.
  mutating func finish() throws(StoreError) {
    guard let interior else { return unsafe file.replace(root, with: leaf.seal()) }
    try writeLeaf()
    try interior.finish(root: root)
  }
}
