import Bytes
import CSQLite
import Records
import Testing

@testable import Store

/// A row whose table has an index of every kind that the page writer builds.
private struct Sample: Record {
  static let table = Table("sample", ["number", "text", "bytes"])
  let number: Int64?
  let text: String?
  let bytes: [UInt8]?

  func encode(into row: inout RowEncoder) {
    row.integer(number)
    row.text(text)
    if let bytes { row.blob(bytes) } else { row.null() }
  }
}

/// The same in a table whose rows come in any order.
private struct Late: Record {
  static let table = Table("late", ["number", "text", "bytes"], isInOrder: false)
  let sample: Sample

  func encode(into row: inout RowEncoder) { sample.encode(into: &row) }
}

@Suite("Writing pages past SQLite")
struct PageWriterTests {
  private static let columns = "(id INTEGER PRIMARY KEY, number INTEGER, text TEXT, bytes BLOB) STRICT"
  private static let schema = """
    CREATE TABLE frames (
      id INTEGER PRIMARY KEY, capture_id INTEGER, number INTEGER, ts INTEGER, length INTEGER, captured_length INTEGER,
      flow_id INTEGER, from_client INTEGER, payload_length INTEGER, tcp_flags INTEGER, tcp_seq INTEGER, tcp_ack INTEGER,
      tcp_window INTEGER, interface_id INTEGER) STRICT;
    CREATE TABLE frame_positions (
      capture_id INTEGER, number INTEGER, position INTEGER, PRIMARY KEY (capture_id, number)) STRICT, WITHOUT ROWID;
    CREATE TABLE sample \(columns);
    CREATE TABLE late \(columns);
    CREATE INDEX frames_flow ON frames (flow_id);
    CREATE INDEX frames_length ON frames (length);
    CREATE INDEX sample_number ON sample (number);
    CREATE INDEX sample_numbered ON sample (number) WHERE number IS NOT NULL;
    CREATE INDEX sample_large ON sample (number) WHERE number > 10;
    CREATE INDEX sample_text ON sample (text);
    CREATE UNIQUE INDEX sample_bytes ON sample (bytes, id);
    CREATE INDEX sample_all ON sample (number, text, bytes);
    CREATE INDEX sample_down ON sample (number DESC);
    CREATE INDEX sample_upper ON sample (upper(text));
    CREATE INDEX late_number ON late (number);
    CREATE INDEX late_text ON late (text);
    """

  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func create(_ name: String, pageSize: Int) throws -> Database {
    try folder.write("", to: name)
    let database = try Database(path: folder[name], flags: SQLITE_OPEN_READWRITE)
    try database.execute("PRAGMA page_size = \(pageSize); PRAGMA journal_mode = OFF; \(PageWriterTests.schema)")
    return database
  }

  /// Writes batches as pages, then has SQLite do the rest as a session does.
  private func writePages(_ batches: [IngestBatch], _ name: String, pageSize: Int) throws -> Database {
    let writer = try PageWriter(taking: try create(name, pageSize: pageSize), path: folder[name])
    for batch in batches { try writer.write(batch) }
    let remainder = try writer.finish()
    let database = try Database(path: folder[name], flags: SQLITE_OPEN_READWRITE)
    let rows = try IngestWriter(database: database)
    for (captureID, position) in remainder.positions { try rows.write(position, captureID: captureID) }
    for index in remainder.indexes { try database.execute("REINDEX \(index)") }
    return database
  }

  private func insert(_ batches: [IngestBatch], _ name: String, pageSize: Int) throws -> Database {
    let database = try create(name, pageSize: pageSize)
    let writer = try IngestWriter(database: database)
    try database.execute("BEGIN")
    for batch in batches { try writer.write(batch) }
    try database.execute("COMMIT")
    return database
  }

  private func rows(_ database: Database, _ sql: String) throws -> [[QueryValue]] {
    let statement = try database.prepare(sql)
    var rows: [[QueryValue]] = []
    while try statement.step() { rows.append((0..<statement.columnCount).map { statement.value($0) }) }
    return rows
  }

  /// Both ways give databases that SQLite finds whole and equal, read through their tables and through their indexes.
  private func expectEqual(
    _ batches: [IngestBatch], pageSize: Int, _ comment: Comment, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let pages = try writePages(batches, "pages.sqlite", pageSize: pageSize)
    let inserts = try insert(batches, "inserts.sqlite", pageSize: pageSize)
    #expect(try pages.text("PRAGMA integrity_check") == "ok", comment, sourceLocation: sourceLocation)
    #expect(try pages.integer("PRAGMA freelist_count") == 0, comment, sourceLocation: sourceLocation)
    for sql in [
      "SELECT * FROM frames", "SELECT * FROM frame_positions", "SELECT * FROM sample", "SELECT * FROM late",
      "SELECT flow_id, id FROM frames INDEXED BY frames_flow ORDER BY flow_id",
      "SELECT number, id FROM sample INDEXED BY sample_number ORDER BY number",
      "SELECT text, id FROM sample INDEXED BY sample_text ORDER BY text",
      "SELECT * FROM sample INDEXED BY sample_all ORDER BY number, text, bytes",
      "SELECT text, id FROM late INDEXED BY late_text ORDER BY text",
    ] {
      let same = try rows(pages, sql) == rows(inserts, sql)
      #expect(same, "\(comment): \(sql)", sourceLocation: sourceLocation)
    }
  }

  private static func integer(_ generator: inout SeededGenerator) -> Int64? {
    switch UInt8.random(in: 0..<10, using: &generator) {
    case 0: nil
    case 1...5: Int64.random(in: 0..<200, using: &generator)
    case 6, 7: Int64.random(in: 0..<0xffff_ffff, using: &generator)
    default: Int64(truncatingIfNeeded: generator.next()) >> Int64.random(in: 0..<64, using: &generator)
    }
  }

  /// Batches of random rows; numbers beyond 32 bits in them make SQLite build some indexes.
  private static func batches(
    rows: Int, frames: Int, seed: UInt64, small: Bool = false
  ) -> [IngestBatch] {
    var generator = SeededGenerator(state: seed)
    let sink = RecordSink(captureID: 1)
    var batches: [IngestBatch] = []
    var frame: Int64 = 0
    var lateIDs: [Int64] = []
    let rounds = 4
    for round in 0..<rounds {
      var batch = IngestBatch(captureID: 1)
      for _ in 0..<frames / rounds + (round < frames % rounds ? 1 : 0) {
        frame += small ? 1 : Int64.random(in: 1...3, using: &generator)
        var row = FrameRow(
          id: frame, number: frame, time: Int64(truncatingIfNeeded: generator.next()) >> 3,
          length: UInt32.random(in: 0...70_000, using: &generator),
          capturedLength: .random(in: 0...(.max), using: &generator))
        row.flowID = Int64.random(in: 0..<40, using: &generator)
        row.interfaceID = max(0, Int64.random(in: -3..<3, using: &generator))
        row.payloadLength = Int32.random(in: -1..<2_000, using: &generator)
        row.fromClient = [0, 1, FrameRow.noSide].randomElement(using: &generator) ?? 0
        row.isTCP = Bool.random(using: &generator)
        row.sequence = .random(in: 0...(.max), using: &generator)
        row.acknowledgment = .random(in: 0...(.max), using: &generator)
        row.window = .random(in: 0...(.max), using: &generator)
        batch.frames.append(row)
        if frame % 100 == 0 { batch.positions.append(.init(number: frame, offset: frame * 50)) }
      }
      for _ in 0..<rows / rounds + (round < rows % rounds ? 1 : 0) {
        let length = Int.random(in: 0..<10, using: &generator) == 0 ? 3_000 : 30
        let text = (0..<Int.random(in: 0..<length, using: &generator)).map { _ in
          Character(UnicodeScalar(UInt8.random(in: 0x61...0x64, using: &generator)))
        }
        let sample = Sample(
          number: small ? Int64.random(in: 0..<200, using: &generator) : integer(&generator),
          text: Int.random(in: 0..<8, using: &generator) == 0 ? nil : String(text),
          bytes: (0..<Int.random(in: 0..<40, using: &generator)).map { _ in
            UInt8.random(in: 0...2, using: &generator)
          })
        sink.emit(sample)
        // A third of the other table's ids are given out before their rows are known.
        if Int.random(in: 0..<3, using: &generator) == 0 {
          lateIDs.append(sink.newID(of: Late.self))
        } else {
          sink.emit(Late(sample: sample))
        }
        if lateIDs.count > 5, let id = lateIDs.randomElement(using: &generator) {
          lateIDs.removeAll { $0 == id }
          sink.emit(Late(sample: sample), id: id)
        }
      }
      batch.records = sink.take()
      batches.append(batch)
    }
    return batches
  }

  @Test("random rows are those that INSERT stores, on pages of every size", arguments: [512, 1_024, 4_096, 65_536])
  func pageSizes(pageSize: Int) throws {
    for (rows, frames) in [(0, 0), (1, 1), (7, 3), (300, 500), (4_000, 20_000)] {
      try expectEqual(
        PageWriterTests.batches(rows: rows, frames: frames, seed: UInt64(rows)), pageSize: pageSize,
        "\(rows) rows, \(frames) frames on pages of \(pageSize)")
    }
  }

  @Test("whatever the number of rows, the last leaf and the pages above it are whole")
  func everyCount() throws {
    for count in 1..<160 {
      try expectEqual(
        PageWriterTests.batches(rows: count, frames: count * 3, seed: 7, small: true), pageSize: 512, "\(count) rows")
    }
  }

  @Test("what does not fit in memory is put aside and merged")
  func spilled() throws {
    let frames = KeySorter.step * 6
    try expectEqual(
      PageWriterTests.batches(rows: 60_000, frames: frames, seed: 11), pageSize: 4_096, "\(frames) frames")
  }

  @Test("records of every length around the borders of a page and of its overflow pages", arguments: [512, 4_096])
  func overflow(pageSize: Int) throws {
    let sink = RecordSink(captureID: 1)
    for base in [pageSize / 8, pageSize / 4, pageSize, 2 * pageSize, 5 * pageSize] {
      for length in max(0, base - 60)...base + 20 {
        sink.emit(Sample(number: Int64(length), text: String(repeating: "x", count: length), bytes: [0, 1, 0]))
      }
    }
    var batch = IngestBatch(captureID: 1)
    batch.records = sink.take()
    try expectEqual([batch], pageSize: pageSize, "page size \(pageSize)")
  }

  @Test("texts and BLOBs with zeros in them sort as SQLite sorts them")
  func zeros() throws {
    let values: [[UInt8]] = [
      [], [0], [0, 0], [0, 1], [0, 255], [1], [1, 0], [1, 0, 0], [1, 0, 255], [1, 1], [255],
    ]
    let sink = RecordSink(captureID: 1)
    for value in values + values.reversed() { sink.emit(Sample(number: nil, text: nil, bytes: value)) }
    var batch = IngestBatch(captureID: 1)
    batch.records = sink.take()
    try expectEqual([batch], pageSize: 4_096, "zeros")
  }

  @Test("rows that come twice or backwards are an error, and so is a table that the schema does not have as it is told")
  func refused() throws {
    let writer = try PageWriter(taking: try create("a.sqlite", pageSize: 4_096), path: folder["a.sqlite"])
    try writer.write(sampleFrames(1...10))
    #expect(try storeError { try writer.write(sampleFrames(10...11)) }.reason == .constraint)
    #expect(try storeError { try writer.write(sampleBatch(from: 100, frames: 1)) }.reason == .other)
    let sink = RecordSink(captureID: 1)
    sink.emit(Late(sample: Sample(number: 1, text: nil, bytes: nil)), id: 4)
    sink.emit(Late(sample: Sample(number: 2, text: nil, bytes: nil)), id: 4)
    var batch = IngestBatch(captureID: 1)
    batch.records = sink.take()
    try writer.write(batch)
    #expect(try storeError { _ = try writer.finish() }.reason == .constraint)
  }

  private func sampleFrames(_ ids: ClosedRange<Int64>) -> IngestBatch {
    var batch = IngestBatch(captureID: 1)
    for id in ids { batch.frames.append(FrameRow(id: id, number: id, time: 0, length: 60, capturedLength: 60)) }
    return batch
  }

  @Test("the page where SQLite locks bytes is left out")
  func lockPage() throws {
    let pageSize = 65_536
    // 1 GiB is the first byte of page 16,385. The file has holes where its pages would be.
    try folder.write("", to: "a.sqlite")
    let header = try create("a.sqlite", pageSize: pageSize)
    _ = try header.integer("PRAGMA page_count")
    let file = try PageFile(
      path: folder["a.sqlite"], name: "a", pageSize: pageSize, pageCount: 16_382, pageLimit: 16_387)
    let page = [UInt8](repeating: 7, count: pageSize)
    let numbers = try (0..<3).map { _ in try unsafe page.withUnsafeBytes { try unsafe file.append($0.baseAddress!) } }
    #expect(numbers == [16_383, 16_384, 16_386])
    let rest = [UInt8](repeating: 8, count: pageSize)
    #expect(try unsafe rest.withUnsafeBytes { try unsafe file.appendOverflow(.init(rebasing: $0[..<100])) } == 16_387)
    let error = try storeError { _ = try unsafe page.withUnsafeBytes { try unsafe file.append($0.baseAddress!) } }
    #expect(error.reason == .full)
    try file.finish()
    let head = try DatabaseFile.head(of: folder["a.sqlite"], count: 32)
    #expect(Array(head[28..<32]) == [0, 0, 0x40, 0x03])
  }

  @Test("a session that asks for the connection in between goes on through SQLite, with the same rows")
  func between() throws {
    let session = try IngestSession(path: folder["a.sqlite"])
    try session.write(sampleBatch(frames: 500))
    let count = try session.withDatabase { (database) throws(StoreError) in
      try database.insert(.sample(frames: 1_000))
      return try database.integer("SELECT count(*) FROM frames JOIN arp_messages USING (id)")
    }
    #expect(count == 500)
    try session.write(sampleBatch(from: 501, frames: 500))
    try session.commit()
    try expectClean(folder["a.sqlite"])
    let database = try Database(path: folder["a.sqlite"], mode: .readOnly)
    #expect(try database.integer("SELECT count(*) FROM frames JOIN arp_messages USING (id)") == 1_000)
    #expect(try database.integer("SELECT count(*) FROM arp_messages WHERE frame_id = 777") == 1)
  }
}
