import Bytes
import CSQLite
import Records

/// Writes batches of rows through prepared statements. It belongs to the thread that its database belongs to, and leaves
/// transactions to its caller.
@safe
public final class IngestWriter {
  /// Frames that one statement inserts: fewer steps of SQLite's machine per row than one by one.
  static let framesPerStatement = 50

  /// Columns of `frames` that are bound for each row; `capture_id` is bound once for all rows.
  private static let frameColumns = 13

  private let database: Database
  private let manyFrames: Statement
  private let oneFrame: Statement
  private let position: Statement
  /// For the batch's tables in its order, for each of the two threads that make rows.
  private var inserts: [[Insert]] = [[], []]

  /// A prepared INSERT for one of a batch's tables.
  private struct Insert {
    let table: Table
    let statement: Statement
  }

  /// A writer into `database`, whose tables must exist.
  public init(database: Database) throws(StoreError) {
    self.database = database
    manyFrames = try database.prepare(IngestWriter.frameInsert(rows: IngestWriter.framesPerStatement))
    oneFrame = try database.prepare(IngestWriter.frameInsert(rows: 1))
    position = try database.prepare(
      "INSERT OR FAIL INTO frame_positions (capture_id, number, position) VALUES (?, ?, ?)")
  }

  // OR FAIL: whatever goes wrong, the whole transaction is given up, so SQLite need not be able to undo one statement.
  private static func frameInsert(rows: Int) -> String {
    var sql = """
      INSERT OR FAIL INTO frames (id, number, ts, length, captured_length, interface_id, flow_id, from_client, \
      payload_length, tcp_flags, tcp_seq, tcp_ack, tcp_window, capture_id) VALUES
      """
    for row in 0..<rows {
      sql += row == 0 ? " (" : ", ("
      for column in 0..<frameColumns { sql += "?\(row * frameColumns + column + 2), " }
      sql += "?1)"
    }
    return sql
  }

  /// Writes all rows of `batch`.
  public func write(_ batch: IngestBatch) throws(StoreError) {
    try write(batch.frames, captureID: batch.captureID)
    for position in batch.positions { try write(position, captureID: batch.captureID) }
    try write(batch.packetRecords, from: 0)
    try write(batch.records, from: 1)
  }

  /// Writes a row of `frame_positions`.
  func write(_ place: IngestBatch.Position, captureID: Int64) throws(StoreError) {
    position.bind(captureID, at: 1)
    position.bind(place.number, at: 2)
    position.bind(place.offset, at: 3)
    try position.run()
  }

  private func write(_ frames: [FrameRow], captureID: Int64) throws(StoreError) {
    var next = 0
    manyFrames.bind(captureID, at: 1)
    while frames.count - next >= IngestWriter.framesPerStatement {
      for row in 0..<IngestWriter.framesPerStatement {
        IngestWriter.bind(frames[next + row], to: manyFrames, from: Int32(row * IngestWriter.frameColumns + 2))
      }
      try manyFrames.run()
      next += IngestWriter.framesPerStatement
    }
    oneFrame.bind(captureID, at: 1)
    for index in next..<frames.count {
      IngestWriter.bind(frames[index], to: oneFrame, from: 2)
      try oneFrame.run()
    }
  }

  @inline(__always)
  private static func bind(_ frame: FrameRow, to statement: Statement, from first: Int32) {
    // C calls on the statement's own handle with integers only; the indexes are those of the statement's text.
    let handle = unsafe statement.handle
    unsafe sqlite3_bind_int64(handle, first, frame.id)
    unsafe sqlite3_bind_int64(handle, first &+ 1, frame.number)
    if frame.time != FrameRow.noTime {
      unsafe sqlite3_bind_int64(handle, first &+ 2, frame.time)
    } else {
      unsafe sqlite3_bind_null(handle, first &+ 2)
    }
    unsafe sqlite3_bind_int64(handle, first &+ 3, Int64(frame.length))
    unsafe sqlite3_bind_int64(handle, first &+ 4, Int64(frame.capturedLength))
    if frame.interfaceID != 0 {
      unsafe sqlite3_bind_int64(handle, first &+ 5, frame.interfaceID)
    } else {
      unsafe sqlite3_bind_null(handle, first &+ 5)
    }
    if frame.flowID != 0 {
      unsafe sqlite3_bind_int64(handle, first &+ 6, frame.flowID)
    } else {
      unsafe sqlite3_bind_null(handle, first &+ 6)
    }
    if frame.fromClient != FrameRow.noSide {
      unsafe sqlite3_bind_int64(handle, first &+ 7, Int64(frame.fromClient))
    } else {
      unsafe sqlite3_bind_null(handle, first &+ 7)
    }
    if frame.payloadLength >= 0 {
      unsafe sqlite3_bind_int64(handle, first &+ 8, Int64(frame.payloadLength))
    } else {
      unsafe sqlite3_bind_null(handle, first &+ 8)
    }
    if frame.isTCP {
      unsafe sqlite3_bind_int64(handle, first &+ 9, Int64(frame.flags))
      unsafe sqlite3_bind_int64(handle, first &+ 10, Int64(frame.sequence))
      unsafe sqlite3_bind_int64(handle, first &+ 11, Int64(frame.acknowledgment))
      unsafe sqlite3_bind_int64(handle, first &+ 12, Int64(frame.window))
    } else {
      for column in first &+ 9...first &+ 12 { unsafe sqlite3_bind_null(handle, column) }
    }
  }

  private func write(_ records: RecordBatch, from source: Int) throws(StoreError) {
    guard !records.entries.isEmpty else { return }
    try prepareInserts(for: records.tables, from: source)
    let inserts = inserts[source]
    var failure: StoreError?
    // Text and BLOBs are bound where they lie in the batch, without a copy: the pointers end with this closure, and the
    // bindings are cleared before it does.
    unsafe records.bytes.withUnsafeBytes { bytes in
      for entry in records.entries {
        guard inserts.indices.contains(Int(entry.table)) else { continue }
        let insert = inserts[Int(entry.table)]
        insert.statement.bind(entry.id, at: 1)
        unsafe bind(records, entry, in: bytes, to: insert.statement)
        do throws(StoreError) {
          try insert.statement.run()
        } catch {
          failure = error
          break
        }
      }
      for insert in inserts { insert.statement.clearBindings() }
    }
    if let failure { throw failure }
  }

  /// Binds the values of one record from parameter 2 on; what they lack are NULLs.
  private func bind(
    _ records: RecordBatch, _ entry: RecordBatch.Entry, in bytes: UnsafeRawBufferPointer,
    to statement: Statement
  ) {
    // C calls on the statement's own handle; SQLite checks the index. Each place lies inside the record, and so inside
    // `bytes`, which outlives the step (a nil destructor is SQLITE_STATIC).
    let row = records.row(entry)
    guard let base = unsafe bytes.baseAddress.map({ unsafe $0 + entry.start }) else { return }
    var decoder = RowDecoder(row)
    var index: Int32 = 2
    while let value = decoder.next() {
      switch value {
      case .null:
        unsafe sqlite3_bind_null(statement.handle, index)
      case .integer(let number):
        unsafe sqlite3_bind_int64(statement.handle, index, number)
      case .text(let place):
        guard place.lowerBound >= 0, place.upperBound <= row.byteCount else { return }
        let text = unsafe (base + place.lowerBound).assumingMemoryBound(to: CChar.self)
        unsafe sqlite3_bind_text64(
          statement.handle, index, text, UInt64(place.count), nil, UInt8(SQLITE_UTF8))
      case .blob(let place):
        guard place.lowerBound >= 0, place.upperBound <= row.byteCount else { return }
        unsafe sqlite3_bind_blob64(statement.handle, index, base + place.lowerBound, UInt64(place.count), nil)
      }
      index &+= 1
    }
  }

  private func prepareInserts(for tables: [Table], from source: Int) throws(StoreError) {
    // A sink only ever adds tables; another capture's sink begins its own list.
    let known = inserts[source]
    if known.count > tables.count || zip(known, tables).contains(where: { $0.table != $1 }) { inserts[source] = [] }
    for table in tables.dropFirst(inserts[source].count) {
      let columns = (["rowid"] + table.columns).map { "\"\($0)\"" }.joined(separator: ", ")
      let places = [String](repeating: "?", count: table.columns.count + 1).joined(separator: ", ")
      let statement = try database.prepare("INSERT OR FAIL INTO \"\(table.name)\" (\(columns)) VALUES (\(places))")
      inserts[source].append(Insert(table: table, statement: statement))
    }
  }
}
