import Records
import Testing

@testable import Store

private struct Sample: Record {
  static let table = Table("sample", ["i", "t", "b"])
  var integer: Int64?
  var text: String?
  var blob: [UInt8]?

  func encode(into row: inout RowEncoder) {
    row.integer(integer)
    row.text(text)
    if let blob { row.blob(blob) } else { row.null() }
  }
}

private struct Wide: Record {
  static let width = 150
  static let table = Table("wide", (0..<width).map { "c\($0)" })
  var first: Int64

  func encode(into row: inout RowEncoder) {
    for column in 0..<Wide.width { row.integer(first &+ Int64(column) &* 0x1_0001) }
  }
}

@Suite("Rows through SQLite")
struct RecordRoundTripTests {
  let folder: TemporaryFolder
  let session: IngestSession

  init() throws {
    folder = try TemporaryFolder()
    session = try IngestSession(path: folder["a.sqlite"])
    try session.withDatabase { (database) throws(StoreError) in
      let columns = Wide.table.columns.map { "\($0) INTEGER" }.joined(separator: ", ")
      try database.execute(
        """
        CREATE TABLE sample (id INTEGER PRIMARY KEY, i INTEGER, t TEXT, b BLOB) STRICT;
        CREATE TABLE wide (id INTEGER PRIMARY KEY, \(columns)) STRICT;
        """)
    }
  }

  private func stored(_ table: String) throws -> [[QueryValue]] {
    try session.withDatabase { (database) throws(StoreError) in
      let statement = try database.prepare("SELECT * FROM \(table) ORDER BY id")
      var rows: [[QueryValue]] = []
      while try statement.step() { rows.append((0..<statement.columnCount).map { statement.value($0) }) }
      return rows
    }
  }

  @Test("integers at every border of the serial types come back")
  func integers() throws {
    var values: [Int64] = [0, .max, .min]
    for bit in 0..<63 {
      for step in [-1, 0, 1] as [Int64] { values += [(1 << bit) + step, -(1 << bit) + step] }
    }
    let sink = RecordSink(captureID: 1)
    for value in values { sink.emit(Sample(integer: value)) }
    var batch = IngestBatch(captureID: 1)
    batch.records = sink.take()
    try session.write(batch)
    #expect(try stored("sample").map { $0[1] } == values.map { .integer($0) })
  }

  @Test("text and BLOBs of every length at a border come back, empty ones as empty")
  func bytes() throws {
    let lengths = [0, 1, 56, 57, 58, 59, 127, 128, 8_184, 8_185, 8_186, 8_187, 65_535, 65_536, 1_048_577]
    let sink = RecordSink(captureID: 1)
    for length in lengths {
      sink.emit(
        Sample(
          integer: nil, text: String(repeating: "x", count: length),
          blob: (0..<length).map { UInt8(truncatingIfNeeded: $0) }))
    }
    sink.emit(Sample())
    var batch = IngestBatch(captureID: 1)
    batch.records = sink.take()
    try session.write(batch)
    let rows = try stored("sample")
    for (length, row) in zip(lengths, rows) {
      #expect(row[2] == .text(String(repeating: "x", count: length)))
      #expect(row[3] == .blob((0..<length).map { UInt8(truncatingIfNeeded: $0) }))
    }
    #expect(rows[lengths.count] == [.integer(Int64(lengths.count + 1)), .null, .null, .null])
  }

  @Test("a record whose header is longer than 127 bytes comes back")
  func wide() throws {
    let sink = RecordSink(captureID: 1)
    for first in [0, -1, 0x7fff_ffff, .max / 2] as [Int64] { sink.emit(Wide(first: first)) }
    var batch = IngestBatch(captureID: 1)
    batch.records = sink.take()
    try session.write(batch)
    let rows = try stored("wide")
    for (first, row) in zip([0, -1, 0x7fff_ffff, .max / 2] as [Int64], rows) {
      #expect(row.dropFirst() == (0..<150).map { QueryValue.integer(first &+ Int64($0) &* 0x1_0001) }[...])
    }
  }

  @Test("random rows of two tables, mixed over several batches, come back")
  func random() throws {
    var generator = SeededGenerator(state: 42)
    let sink = RecordSink(captureID: 1)
    var samples: [[QueryValue]] = []
    var wides: [Int64] = []
    var batch = IngestBatch(captureID: 1)
    for round in 0..<2_000 {
      if Int.random(in: 0..<5, using: &generator) == 0 {
        let value = Int64(truncatingIfNeeded: generator.next()) >> Int64.random(in: 0..<64, using: &generator)
        sink.emit(Wide(first: value))
        wides.append(value)
      } else {
        let integer = Int64(truncatingIfNeeded: generator.next()) >> Int64.random(in: 0..<64, using: &generator)
        let text = String(repeating: "é", count: Int.random(in: 0..<100, using: &generator))
        let blob = (0..<Int.random(in: 0..<100, using: &generator)).map { _ in
          UInt8.random(in: 0...255, using: &generator)
        }
        let id = sink.emit(Sample(integer: integer, text: text, blob: blob))
        samples.append([.integer(id), .integer(integer), .text(text), .blob(blob)])
      }
      if round % 300 == 299 {
        batch.records = sink.take(reusing: batch.records)
        try session.write(batch)
      }
    }
    batch.records = sink.take()
    try session.write(batch)
    #expect(try stored("sample") == samples)
    #expect(try stored("wide").map { $0[1] } == wides.map { .integer($0) })
  }
}
