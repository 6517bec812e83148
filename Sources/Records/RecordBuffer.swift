import Bytes

/// Encodes records into the batch that is under way, and counts the rows of each table.
@usableFromInline
struct RecordBuffer: Sendable {
  /// What is known of a table.
  @usableFromInline
  struct Slot: Sendable, BitwiseCopyable {
    /// Index into `tables`; -1 before its first row or identifier.
    @usableFromInline var table: Int32
    @usableFromInline var columns: Int32
    /// The last identifier that was given out.
    @usableFromInline var lastID: Int64
  }

  /// Bytes by which the room for rows grows at least.
  private static let step = 16_384

  /// What is known of each table, by `Table.number`.
  @usableFromInline var slots: [Slot] = []
  @usableFromInline var entries: [RecordBatch.Entry] = []
  /// Rows up to `byteCount`, and room for more behind them.
  @usableFromInline var bytes: [UInt8] = []
  /// Bytes of rows.
  @usableFromInline var byteCount = 0
  private var tables: [Table] = []
  private let storedIDs: [String: Int64]

  init(storedIDs: [String: Int64]) {
    self.storedIDs = storedIDs
  }

  /// The highest identifier by table, those of before included.
  var highestIDs: [String: Int64] {
    var highest = storedIDs
    for table in tables { highest[table.name] = slots[table.number].lastID }
    return highest
  }

  /// Where what is known of `table` lies.
  @inlinable
  mutating func slot(of table: Table) -> Int {
    let number = table.number
    if number < slots.count, slots[number].table >= 0 { return number }
    add(table)
    return number
  }

  @usableFromInline
  mutating func add(_ table: Table) {
    while slots.count <= table.number { slots.append(Slot(table: -1, columns: 0, lastID: 0)) }
    slots[table.number] = Slot(
      table: Int32(truncatingIfNeeded: tables.count), columns: Int32(truncatingIfNeeded: table.columns.count),
      lastID: storedIDs[table.name] ?? 0)
    tables.append(table)
  }

  /// The next identifier.
  @inlinable
  mutating func newID(in slot: Int) -> Int64 {
    slots[slot].lastID += 1
    return slots[slot].lastID
  }

  /// Appends the row of `record`.
  @inlinable
  mutating func append(_ record: borrowing some Record & ~Escapable, slot: Int, id: Int64) {
    let start = byteCount
    let (table, columns) = (slots[slot].table, Int(slots[slot].columns))
    var end = encode(record, at: start, columns: columns)
    while end == nil {
      makeRoom()
      end = encode(record, at: start, columns: columns)
    }
    byteCount = end ?? start
    entries.append(
      RecordBatch.Entry(table: table, length: Int32(clamping: byteCount &- start), id: id, start: start))
  }

  /// Writes the row of `record`: the offset behind it, or nil where there is too little room.
  @inlinable
  mutating func encode(_ record: borrowing some Record & ~Escapable, at start: Int, columns: Int) -> Int? {
    var room = bytes.mutableSpan
    // Any bytes make a [UInt8].
    var row = RowEncoder(unsafe room.mutableBytes, at: start, columns: columns)
    record.encode(into: &row)
    return row.finish()
  }

  @usableFromInline
  mutating func makeRoom() {
    let further = max(RecordBuffer.step, bytes.count - byteCount)
    bytes.append(contentsOf: repeatElement(0, count: further))
  }

  /// Takes the rows; `empty` gives its storage for the next ones.
  mutating func take(reusing empty: consuming RecordBatch) -> RecordBatch {
    empty.removeAll()
    swap(&empty.byteCount, &byteCount)
    swap(&empty.bytes, &bytes)
    swap(&empty.entries, &entries)
    empty.tables = tables
    return empty
  }
}
