import Bytes
import Records

/// One table of records with its indexes while it is written.
@safe
final class TableBuilder {
  /// The table's indexes that are built from its rows.
  let indexes: [IndexBuilder]
  private var tree: TableTree
  private let lastColumn: Int
  private var values: [RowValue] = []
  /// Rows whose ids are not in order wait here.
  private var waiting: RowSorter?

  /// The table behind `tree`. Rows that do not come in the order of their ids are sorted first.
  init(tree: consuming TableTree, indexes: [IndexBuilder], isInOrder: Bool, spill: SpillFile) {
    self.tree = tree
    self.indexes = indexes
    lastColumn = indexes.flatMap(\.columns).max() ?? -1
    waiting = isInOrder ? nil : RowSorter(spill: spill)
  }

  /// Adds a row: its bytes in SQLite's record format, twice the same, and its id.
  func add(_ record: UnsafeRawBufferPointer, row: RawSpan, id: Int64) throws(StoreError) {
    if waiting == nil {
      try unsafe tree.append(rowID: id, record: record)
    } else {
      try unsafe waiting?.add(prefix: UInt64(bitPattern: id), record)
    }
    guard lastColumn >= 0 else { return }
    values.removeAll(keepingCapacity: true)
    var decoder = RowDecoder(row)
    while values.count <= lastColumn, let value = decoder.next() { values.append(value) }
    guard values.count > lastColumn else { return }
    for index in indexes { try index.add(values, row: row, id: id) }
  }

  /// Completes the table's own tree.
  func finishRows() throws(StoreError) {
    try unsafe waiting?.drain { (prefix, record) throws(StoreError) in
      try unsafe tree.append(rowID: Int64(bitPattern: prefix), record: record)
    }
    waiting = nil
    try tree.finish()
  }
}
