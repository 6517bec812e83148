import Bytes

/// One table of records with its indexes while it is written.
final class TableBuilder {
  /// The table's indexes that are built from its rows.
  let indexes: [IndexBuilder]
  private let hasIndexes: Bool
  // The storing thread alone uses these, and no call below comes back here: checking each access would cost more than it.
  @exclusivity(unchecked) private var tree: TableTree
  @exclusivity(unchecked) private var fields: RowFields
  /// Rows whose ids are not in order wait here.
  @exclusivity(unchecked) private var waiting: RowSorter?

  /// The table behind `tree`. Rows that do not come in the order of their ids are sorted first.
  init(tree: consuming TableTree, indexes: [IndexBuilder], isInOrder: Bool, spill: SpillFile) {
    unsafe self.tree = tree
    self.indexes = indexes
    hasIndexes = !indexes.isEmpty
    unsafe fields = RowFields(count: (indexes.flatMap(\.columns).max() ?? -1) + 1)
    unsafe waiting = isInOrder ? nil : RowSorter(spill: spill)
  }

  /// Adds row `id`, which is in SQLite's record format.
  func add(_ row: RawSpan, id: Int64) throws(StoreError) {
    var failure: StoreError?
    // The row's bytes live for the call.
    unsafe row.withUnsafeBytes { record in
      do throws(StoreError) {
        if try unsafe waiting?.add(prefix: UInt64(bitPattern: id), record) == nil {
          try unsafe tree.append(rowID: id, record: record)
        }
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    guard hasIndexes, unsafe fields.read(row) else { return }
    for index in indexes { try unsafe index.add(fields, of: row, id: id) }
  }

  /// Completes the table's own tree.
  func finishRows() throws(StoreError) {
    try unsafe waiting?.drain { (prefix, record) throws(StoreError) in
      try unsafe tree.append(rowID: Int64(bitPattern: prefix), record: record)
    }
    unsafe waiting = nil
    try unsafe tree.finish()
  }
}
