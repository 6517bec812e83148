import Bytes
import Dispatch
import Records

/// Writes the rows of a new database as pages of its file, past SQLite, which is several times faster than INSERT.
///
/// SQLite has made the file with the whole schema and no rows, and has closed it. Tables grow as batches come; `finish`
/// completes them and builds the indexes. What it leaves to SQLite, `Remainder` says. Rows are not checked against the
/// schema's constraints: records are made to meet them, and the tests have SQLite check them.
@safe
final class PageWriter {
  /// What SQLite has to do when the pages are there.
  struct Remainder {
    /// Indexes to be made anew.
    var indexes: [String] = []
    /// Rows of `frame_positions`.
    var positions: [(captureID: Int64, position: IngestBatch.Position)] = []
  }

  /// What the schema says of a table.
  private struct Layout {
    let root: UInt32
    /// Its columns with their types, the `id` first.
    let columns: [(name: String, type: String)]
  }

  private let name: String
  private let file: PageFile
  private let spill: SpillFile
  private var layouts: [String: Layout] = [:]
  private var plans: [String: [IndexPlan]] = [:]
  private var frames: FrameTable
  private var tables: [String: TableBuilder] = [:]
  /// The batch's tables in its order, for each of the two threads that make rows.
  private var current: [[(table: Table, builder: TableBuilder)]] = [[], []]
  private var remainder = Remainder()

  /// Whether the database's tables are empty; otherwise rows have to go through SQLite.
  static func canFill(_ database: Database) throws(StoreError) -> Bool {
    for name in try layouts(in: database).keys where name != "captures" {
      if try database.integer("SELECT 1 FROM \"\(name)\" LIMIT 1") != nil { return false }
    }
    return true
  }

  /// A writer into the file at `path` that `database` has open, which it closes.
  init(taking database: consuming Database, path: String) throws(StoreError) {
    name = database.path
    layouts = try PageWriter.layouts(in: database)
    for plan in try IndexPlan.all(in: database) { plans[plan.table, default: []].append(plan) }
    let pageSize = Int(try database.integer("PRAGMA page_size") ?? 0)
    let pageLimit = try database.integer("PRAGMA max_page_count") ?? 0
    guard let layout = layouts["frames"], layout.columns.map(\.name) == FrameRecord.columns else {
      throw StoreError(name, .other, "the table frames is not as this program writes it")
    }
    // What SQLite has written is in the file when the transaction is over.
    if database.isInTransaction { try database.execute("COMMIT") }
    let pageCount = try database.integer("PRAGMA page_count") ?? 0
    _ = consume database
    file = try PageFile(
      path: path, name: name, pageSize: pageSize, pageCount: UInt32(clamping: pageCount),
      pageLimit: UInt32(clamping: pageLimit))
    spill = SpillFile(besides: path, name: name)
    var byFlow: IndexPlan?
    for plan in plans["frames"] ?? [] {
      if plan.columns == ["flow_id"], !plan.skipsNull { byFlow = plan } else { remainder.indexes.append(plan.name) }
    }
    let tree = TableTree(name: name, root: layout.root, file: file)
    frames = FrameTable(tree: tree, index: byFlow, file: file, spill: spill)
  }

  private static func layouts(in database: Database) throws(StoreError) -> [String: Layout] {
    let rows = try database.prepare(
      """
      SELECT s.name, s.rootpage, c.name, c.type
      FROM sqlite_schema s JOIN pragma_table_info(s.name) c
      WHERE s.type = 'table' AND s.rootpage > 0
        -- Tables WITHOUT ROWID have an index for their key. pragma_table_list knows as well, but works out all views for it.
        AND NOT EXISTS (SELECT 1 FROM pragma_index_list(s.name) WHERE origin = 'pk')
      ORDER BY s.rowid, c.cid
      """)
    var layouts: [String: Layout] = [:]
    while try rows.step() {
      let known = layouts[rows.text(0)]
      layouts[rows.text(0)] = Layout(
        root: UInt32(clamping: rows.integer(1)), columns: (known?.columns ?? []) + [(rows.text(2), rows.text(3))])
    }
    return layouts
  }

  /// Writes the rows of `batch`.
  func write(_ batch: IngestBatch) throws(StoreError) {
    try frames.append(batch.frames, captureID: batch.captureID)
    for position in batch.positions { remainder.positions.append((batch.captureID, position)) }
    try write(batch.packetRecords, from: 0)
    try write(batch.records, from: 1)
  }

  private func write(_ records: RecordBatch, from source: Int) throws(StoreError) {
    guard !records.entries.isEmpty else { return }
    try prepare(records.tables, from: source)
    let builders = current[source].map(\.builder)
    for entry in records.entries { try builders[Int(entry.table)].add(records.row(entry), id: entry.id) }
  }

  private func prepare(_ wanted: [Table], from source: Int) throws(StoreError) {
    // A sink only ever adds tables; another capture's sink begins its own list.
    let known = current[source]
    if known.count > wanted.count || zip(known, wanted).contains(where: { $0.table != $1 }) { current[source] = [] }
    for table in wanted.dropFirst(current[source].count) {
      current[source].append((table, try builder(for: table)))
    }
  }

  private func builder(for table: Table) throws(StoreError) -> TableBuilder {
    if let known = tables[table.name] { return known }
    guard let layout = layouts[table.name], layout.columns.dropFirst().map(\.name) == table.columns else {
      throw StoreError(name, .other, "the schema has no table \(table.name) with these columns")
    }
    var indexes: [IndexBuilder] = []
    for plan in plans[table.name] ?? [] {
      let places = plan.columns.map { names in names.compactMap { table.columns.firstIndex(of: $0) } }
      guard let places, places.count == plan.columns?.count, places.count < IndexRecord.maximumValues else {
        remainder.indexes.append(plan.name)
        continue
      }
      let isOneInteger = places.count == 1 && layout.columns[places[0] + 1].type == "INTEGER"
      indexes.append(IndexBuilder(plan, columns: places, isOneInteger: isOneInteger, file: file, spill: spill))
    }
    let tree = TableTree(name: name, root: layout.root, file: file)
    let builder = TableBuilder(tree: tree, indexes: indexes, isInOrder: table.isInOrder, spill: spill)
    tables[table.name] = builder
    return builder
  }

  /// Completes the tables and builds the indexes; the file is then SQLite's again.
  func finish() throws(StoreError) -> Remainder {
    let builders = tables.sorted { $0.key < $1.key }.map(\.value)
    try frames.finishRows()
    for table in builders { try table.finishRows() }
    let indexes = builders.flatMap(\.indexes)
    let sorted = PageWriter.sort(indexes)
    if let name = try frames.finishIndex() { remainder.indexes.append(name) }
    for index in indexes {
      sorted.wait()
      try index.finish()
      if !index.isComplete { remainder.indexes.append(index.plan.name) }
    }
    try file.finish()
    return remainder
  }

  /// Has another thread put the entries of `indexes` in order; the semaphore is signalled for each one in turn, which nobody may use
  /// before.
  private static func sort(_ indexes: [IndexBuilder]) -> DispatchSemaphore {
    let sorted = DispatchSemaphore(value: 0)
    // Each is used by the other thread until the semaphore is signalled for it, and by the caller from then on.
    nonisolated(unsafe) let indexes = indexes
    DispatchQueue(label: "pcapindex.indexes").async {
      for index in unsafe indexes {
        index.sort()
        sorted.signal()
      }
    }
    return sorted
  }
}
