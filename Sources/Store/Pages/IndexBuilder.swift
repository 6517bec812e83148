import Bytes

/// Gathers the entries of one index while its table is written, and builds its B-tree at the end.
///
/// An index on one integer column keeps 64 bits for each row; any other a string of bytes that sorts as SQLite does.
final class IndexBuilder {
  /// What the schema says of it.
  let plan: IndexPlan
  /// Places of the columns in a row's values, the `id` left out.
  let columns: [Int]
  private let file: PageFile
  private let isOneInteger: Bool
  // The storing thread alone uses these, and no call below comes back here: checking each access would cost more than it.
  @exclusivity(unchecked) private var integers: IntegerIndex
  @exclusivity(unchecked) private var rows: RowSorter

  /// Whether the entries are all here; SQLite has to build the index where they are not.
  var isComplete: Bool { unsafe integers.isComplete }

  /// An index whose `columns`, fewer than `IndexRecord.maximumValues`, are at these places of a row.
  init(_ plan: IndexPlan, columns: [Int], isOneInteger: Bool, file: PageFile, spill: SpillFile) {
    self.plan = plan
    self.columns = columns
    self.isOneInteger = isOneInteger
    self.file = file
    unsafe integers = IntegerIndex(spill: spill)
    unsafe rows = RowSorter(spill: spill)
  }

  /// Adds the entry of row `id`, whose values `fields` knows.
  @inline(__always)
  func add(_ fields: borrowing RowFields, of row: RawSpan, id: Int64) throws(StoreError) {
    guard let first = columns.first else { return }
    let field = fields[first]
    if plan.skipsNull, field.isNull { return }
    if isOneInteger {
      let value = field.integer(in: row)
      if value == nil, !field.isNull { return unsafe integers.giveUp() }
      return try unsafe integers.add(value, id: id)
    }
    var capacity = SortKey.integerSize
    for column in columns { capacity &+= SortKey.capacity(fields[column]) }
    try unsafe rows.add(capacity: capacity) { place in
      // Each value has the capacity that was counted for it.
      var end = unsafe place
      for column in columns { unsafe end = SortKey.write(fields[column], of: row, to: end) }
      return unsafe SortKey.write(id, to: end)
    }
  }

  /// Puts the entries in order as far as they are in memory, which `finish` then need not. Any thread may call it while no other
  /// uses the index.
  func sort() {
    if isOneInteger { unsafe integers.sort() } else { unsafe rows.sort() }
  }

  /// Builds the tree.
  func finish() throws(StoreError) {
    if isOneInteger { return try unsafe integers.finish(root: plan.root, file: file) }
    var tree = IndexTree(root: plan.root, file: file)
    var record = IndexRecord()
    try unsafe rows.drain { (_, key) throws(StoreError) in try unsafe tree.append(record.make(from: key)) }
    try tree.finish()
  }
}
