import Bytes
import Records

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
  private var integers: IntegerIndex
  private var rows: RowSorter

  /// Whether the entries are all here; SQLite has to build the index where they are not.
  var isComplete: Bool { integers.isComplete }

  /// An index whose `columns` are at these places of a row.
  init(_ plan: IndexPlan, columns: [Int], isOneInteger: Bool, file: PageFile, spill: SpillFile) {
    self.plan = plan
    self.columns = columns
    self.isOneInteger = isOneInteger
    self.file = file
    integers = IntegerIndex(spill: spill)
    rows = RowSorter(spill: spill)
  }

  /// Adds the entry of row `id`, whose values by the places of `columns` are `values`; texts and BLOBs lie in `row`.
  func add(_ values: [RowValue], row: RawSpan, id: Int64) throws(StoreError) {
    if plan.skipsNull, let first = columns.first, values[first] == .null { return }
    if isOneInteger, let column = columns.first {
      switch values[column] {
      case .null: return try integers.add(nil, id: id)
      case .integer(let value): return try integers.add(value, id: id)
      default: return integers.giveUp()
      }
    }
    try rows.add { key in
      for column in columns { SortKey.append(values[column], in: row, to: &key) }
      SortKey.append(id, to: &key)
    }
  }

  /// Builds the tree.
  func finish() throws(StoreError) {
    if isOneInteger { return try integers.finish(root: plan.root, file: file) }
    var tree = IndexTree(root: plan.root, file: file)
    var types: [UInt8] = []
    var body: [UInt8] = []
    var record: [UInt8] = []
    try unsafe rows.drain { (_, key) throws(StoreError) in
      unsafe SortKey.decode(key, types: &types, body: &body, into: &record)
      try tree.append(record)
    }
    try tree.finish()
  }
}
