import Bytes
import Foundation
import Records
import Testing

@testable import Store

@Suite("Ingesting")
struct IngestTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("a new database appears whole, under its own name only")
  func new() throws {
    let session = try IngestSession(path: folder["a.sqlite"])
    #expect(session.isNew)
    #expect(folder.names == [".a.sqlite.ingest-\(getpid())"])
    try session.withDatabase { (database) throws(StoreError) in try database.insert(.sample(frames: 120)) }
    try session.write(sampleBatch(frames: 120))
    try session.commit()
    #expect(folder.names == ["a.sqlite"])
    try expectClean(folder["a.sqlite"])
    let database = try Database(path: folder["a.sqlite"], mode: .readOnly)
    #expect(try database.integer("SELECT sum(number) FROM frames WHERE id = number AND capture_id = 1") == 7_260)
    #expect(
      try database.integer("SELECT count(*) FROM arp_messages WHERE frame_id = id AND sender_ip = '192.0.2.1'") == 120)
    #expect(try database.text("PRAGMA journal_mode") == "delete")
  }

  @Test("every column of a frame is stored as it is, and what stands for NULL as NULL")
  func frameColumns() throws {
    let session = try IngestSession(path: folder["a.sqlite"])
    var full = FrameRow(
      id: 7, number: 2, time: -1, length: .max, capturedLength: 65_536, interfaceID: 3)
    full.flowID = 9
    full.fromClient = 0
    full.payloadLength = 0
    full.isTCP = true
    full.flags = 0xfff
    full.sequence = .max
    full.acknowledgment = 0x8000_0000
    full.window = .max
    let empty = FrameRow(id: 8, number: 3, time: FrameRow.noTime, length: 0, capturedLength: 0)
    var batch = IngestBatch(captureID: 4)
    batch.frames = [full, empty]
    batch.positions = [.init(number: 2, offset: 24)]
    try session.write(batch)
    // The statement for many rows binds by the same code: its first and last rows must be right too.
    var many = IngestBatch(captureID: 5)
    for id in Int64(100)..<Int64(200) {
      var row = id % 2 == 0 ? full : empty
      (row.id, row.number) = (id, id)
      many.frames.append(row)
    }
    try session.write(many)
    let rows = try session.withDatabase { (database) throws(StoreError) in
      let statement = try database.prepare("SELECT * FROM frames ORDER BY id")
      var rows: [[QueryValue]] = []
      while try statement.step() { rows.append((0..<statement.columnCount).map { statement.value($0) }) }
      return rows
    }
    let fullRow: [Int64] = [-1, 4_294_967_295, 65_536, 9, 0, 0, 0xfff, 4_294_967_295, 0x8000_0000, 65_535, 3]
    let emptyRow: [QueryValue] = [.null, .integer(0), .integer(0)] + [QueryValue](repeating: .null, count: 8)
    #expect(rows[0] == [.integer(7), .integer(4), .integer(2)] + fullRow.map { .integer($0) })
    #expect(rows[1] == [.integer(8), .integer(4), .integer(3)] + emptyRow)
    for id in Int64(100)..<Int64(200) {
      let expected = id % 2 == 0 ? fullRow.map { QueryValue.integer($0) } : emptyRow
      #expect(rows[Int(id) - 98] == [.integer(id), .integer(5), .integer(id)] + expected)
    }
    let place = try session.withDatabase { (database) throws(StoreError) in
      try database.integer("SELECT position FROM frame_positions WHERE capture_id = 4 AND number = 2")
    }
    #expect(place == 24)
    session.rollBack()
  }

  @Test("a session that is dropped or rolled back leaves nothing")
  func dropped() throws {
    do {
      let session = try IngestSession(path: folder["a.sqlite"])
      try session.write(sampleBatch(frames: 5_000))
    }
    #expect(folder.names.isEmpty)
    let session = try IngestSession(path: folder["a.sqlite"])
    session.rollBack()
    session.rollBack()
    #expect(folder.names.isEmpty)
    #expect(try storeError { try session.write(sampleBatch(frames: 1)) }.reason == .usage)
    #expect(try storeError { try session.commit() }.reason == .usage)
  }

  @Test("what a crashed ingest left is removed by the next, but not what a live one is making")
  func leftovers() throws {
    try folder.write("half made", to: ".a.sqlite.ingest-99999999")
    try folder.write("half made", to: ".a.sqlite.ingest-1")
    try folder.write("half made", to: ".b.sqlite.ingest-99999999")
    try folder.write("half made", to: ".a.sqlite.ingest-2")
    let old = [FileAttributeKey.modificationDate: Date(timeIntervalSinceNow: -3_600)]
    try FileManager.default.setAttributes(old, ofItemAtPath: folder[".a.sqlite.ingest-2"])
    try makeDatabase(at: folder["a.sqlite"])
    #expect(folder.names == [".a.sqlite.ingest-1", ".b.sqlite.ingest-99999999", "a.sqlite"])
  }

  @Test("a file that appears meanwhile is not replaced")
  func appears() throws {
    let session = try IngestSession(path: folder["a.sqlite"])
    try folder.write("precious", to: "a.sqlite")
    let error = try storeError { try session.commit() }
    #expect(error.reason == .exists)
    #expect(folder.names == ["a.sqlite"])
    #expect(try folder.bytes(of: "a.sqlite") == Array("precious".utf8))
  }

  @Test("an empty file counts as new, unless it is filled meanwhile")
  func emptyFile() throws {
    try folder.write("", to: "a.sqlite")
    #expect(try IngestSession(path: folder["a.sqlite"]).isNew)
    #expect(try folder.bytes(of: "a.sqlite").isEmpty)
    let session = try IngestSession(path: folder["a.sqlite"])
    try folder.write("", to: "b.sqlite")
    let handle = try #require(FileHandle(forWritingAtPath: folder["a.sqlite"]))
    handle.write(Data("precious".utf8))
    try handle.close()
    #expect(try storeError { try session.commit() }.reason == .exists)
    try makeDatabase(at: folder["b.sqlite"])
    try expectClean(folder["b.sqlite"])
    #expect(folder.names == ["a.sqlite", "b.sqlite"])
  }

  @Test("a link to nothing, a folder that is not there: each is an error with the database's name")
  func badPlaces() throws {
    try FileManager.default.createSymbolicLink(atPath: folder["link"], withDestinationPath: folder["nothing"])
    #expect(try storeError { _ = try IngestSession(path: folder["link"]) }.detail == "is a symbolic link to nothing")
    let error = try storeError { _ = try IngestSession(path: folder["no/a.sqlite"]) }
    #expect(error.description == "\(folder["no/a.sqlite"]): no such file or folder")
    #expect(folder.names == ["link"])
  }

  @Test("a second capture goes behind the first in one transaction")
  func existing() throws {
    try makeDatabase(at: folder["a.sqlite"], frames: 10)
    let session = try IngestSession(path: folder["a.sqlite"])
    #expect(!session.isNew)
    let ids = try session.withDatabase { (database) throws(StoreError) in try database.storedIDs() }
    #expect(ids["frames"] == 10)
    #expect(ids["arp_messages"] == 10)
    #expect(ids["captures"] == 1)
    #expect(ids["flows"] == nil)
    try session.withDatabase { (database) throws(StoreError) in
      try database.insert(.sample(id: 2, sha256: "bb", frames: 60))
    }
    try session.write(sampleBatch(from: 11, frames: 60))
    let outside = try Database(path: folder["a.sqlite"], mode: .readOnly)
    #expect(try outside.integer("SELECT count(*) FROM frames") == 10)
    try session.commit()
    #expect(try outside.integer("SELECT count(*) FROM frames") == 70)
    try expectClean(folder["a.sqlite"])
    #expect(folder.names == ["a.sqlite"])
  }

  @Test("rolling back leaves an existing database byte for byte as it was", arguments: [10, 20_000])
  func rollBack(frames: Int64) throws {
    try makeDatabase(at: folder["a.sqlite"], frames: 500)
    let before = try folder.bytes(of: "a.sqlite")
    let session = try IngestSession(path: folder["a.sqlite"])
    try session.withDatabase { (database) throws(StoreError) in
      try database.execute("PRAGMA cache_size = 20; UPDATE frames SET length = 1")
    }
    try session.write(sampleBatch(from: 501, frames: frames))
    session.rollBack()
    #expect(try folder.bytes(of: "a.sqlite") == before)
    #expect(folder.names == ["a.sqlite"])
  }

  @Test("a full disk is told as such, and nothing half made is left")
  func fullNew() throws {
    let session = try IngestSession(path: folder["a.sqlite"])
    try session.withDatabase { (database) throws(StoreError) in try database.execute("PRAGMA max_page_count = 200") }
    let error = try storeError { try session.write(sampleBatch(frames: 50_000)) }
    #expect(error.reason == .full)
    #expect(error.subject == folder["a.sqlite"])
    #expect(error.detail.hasPrefix("the disk is full"))
    session.rollBack()
    #expect(folder.names.isEmpty)
  }

  @Test("a full disk leaves an existing database as it was")
  func fullExisting() throws {
    try makeDatabase(at: folder["a.sqlite"], frames: 500)
    let before = try folder.bytes(of: "a.sqlite")
    let session = try IngestSession(path: folder["a.sqlite"])
    try session.withDatabase { (database) throws(StoreError) in try database.execute("PRAGMA max_page_count = 200") }
    #expect(try storeError { try session.write(sampleBatch(from: 501, frames: 50_000)) }.reason == .full)
    session.rollBack()
    #expect(try folder.bytes(of: "a.sqlite") == before)
  }

  @Test("a full disk at the end, when indexes are made, is an error of the commit")
  func fullAtCommit() throws {
    try makeDatabase(at: folder["whole.sqlite"], frames: 5_000)
    let pages = try Database(path: folder["whole.sqlite"], mode: .readOnly).integer("PRAGMA page_count") ?? 0
    let session = try IngestSession(path: folder["a.sqlite"])
    try session.withDatabase { (database) throws(StoreError) in
      try database.execute("PRAGMA max_page_count = \(pages - 10)")
    }
    try session.write(sampleBatch(frames: 5_000))
    #expect(try storeError { try session.commit() }.reason == .full)
    #expect(folder.names == ["whole.sqlite"])
  }

  @Test("the pipeline stores batches in their order and gives them back empty")
  func pipeline() throws {
    let session = try IngestSession(path: folder["a.sqlite"])
    let pipeline = IngestPipeline(session: session)
    var batch = IngestBatch(captureID: 1)
    for round in Int64(0)..<40 {
      let next = sampleBatch(from: round * 130 + 1, frames: 130)
      batch.frames += next.frames
      batch.records = next.records
      try pipeline.submit(&batch)
      #expect(batch.isEmpty)
      #expect(batch.captureID == 1)
    }
    try pipeline.finish()
    try pipeline.finish()
    try session.withDatabase { (database) throws(StoreError) in try database.insert(.sample(frames: 5_200)) }
    try session.commit()
    try expectClean(folder["a.sqlite"])
    let database = try Database(path: folder["a.sqlite"], mode: .readOnly)
    #expect(try database.integer("SELECT count(*) FROM frames JOIN arp_messages USING (id)") == 5_200)
  }

  @Test("an error of the storing thread reaches the decoding one, and finish")
  func pipelineError() throws {
    let session = try IngestSession(path: folder["a.sqlite"])
    try session.withDatabase { (database) throws(StoreError) in try database.execute("PRAGMA max_page_count = 200") }
    let pipeline = IngestPipeline(session: session)
    var failure: StoreError?
    for round in Int64(0)..<200 {
      do throws(StoreError) {
        var batch = sampleBatch(from: round * 4_096 + 1, frames: 4_096)
        try pipeline.submit(&batch)
      } catch {
        failure = error
        break
      }
    }
    #expect(failure?.reason == .full)
    var late = IngestBatch(captureID: 1)
    #expect(try storeError { try pipeline.submit(&late) }.reason == .full)
    #expect(try storeError { try pipeline.finish() }.reason == .full)
    session.rollBack()
    #expect(folder.names.isEmpty)
  }

  @Test("a pipeline that is dropped lets go of the session")
  func pipelineDropped() throws {
    do {
      let session = try IngestSession(path: folder["a.sqlite"])
      let pipeline = IngestPipeline(session: session)
      for round in Int64(0)..<8 {
        var batch = sampleBatch(from: round * 4_096 + 1, frames: 4_096)
        try pipeline.submit(&batch)
      }
    }
    #expect(folder.names.isEmpty)
  }

  @Test("a key that is there already is an error of the schema, not a second row")
  func duplicateKey() throws {
    let session = try IngestSession(path: folder["a.sqlite"])
    try session.write(sampleBatch(frames: 60))
    #expect(try storeError { try session.write(sampleBatch(frames: 60)) }.reason == .constraint)
  }

  @Test("a table that the schema lacks is an error")
  func unknownTable() throws {
    struct Odd: Record {
      static let table = Table("no such \"table", ["x"])
      func encode(into row: inout RowEncoder) { row.null() }
    }
    let sink = RecordSink(captureID: 1)
    sink.emit(Odd())
    var batch = IngestBatch(captureID: 1)
    batch.records = sink.take()
    let session = try IngestSession(path: folder["a.sqlite"])
    let filled = batch
    #expect(throws: StoreError.self) { try session.write(filled) }
  }

  @Test("addresses come back with their ids")
  func addresses() throws {
    let session = try IngestSession(path: folder["a.sqlite"])
    let sink = RecordSink(captureID: 1)
    let texts = ["192.0.2.1", "2001:db8::1", "::", "255.255.255.255"]
    for text in texts { _ = sink.addressID(try #require(IPAddress(text))) }
    var batch = IngestBatch(captureID: 1)
    batch.records = sink.take()
    try session.write(batch)
    let stored = try session.withDatabase { (database) throws(StoreError) in try database.addresses() }
    #expect(stored.count == 4)
    for (index, text) in texts.enumerated() {
      #expect(stored[try #require(IPAddress(text))] == Int64(index + 1))
    }
  }

  @Test("the same capture is found by its hash and filter")
  func sameCapture() throws {
    let session = try IngestSession(path: folder["a.sqlite"])
    let filtered = StoredCapture.sample(id: 2, sha256: "aa", filter: "tcp")
    try session.withDatabase { (database) throws(StoreError) in
      try database.insert(.sample())
      try database.insert(filtered)
    }
    try session.commit()
    let database = try Database(path: folder["a.sqlite"], mode: .readOnly)
    #expect(try database.capture(sha256: "aa", filter: nil) == .sample())
    #expect(try database.capture(sha256: "aa", filter: "tcp") == filtered)
    #expect(try database.capture(sha256: "aa", filter: "udp") == nil)
    #expect(try database.capture(sha256: "ab", filter: nil) == nil)
    #expect(try database.captureCandidates(size: 24).map(\.id) == [1, 2])
    #expect(try database.captureCandidates(size: 25).isEmpty)
    #expect(try database.captures().count == 2)
  }

  @Test("the frames of a reversed flow change sides, others and those without a side don't")
  func reversed() throws {
    let session = try IngestSession(path: folder["a.sqlite"])
    var batch = IngestBatch(captureID: 1)
    for (id, flow, side) in [(1, 5, 1), (2, 5, 0), (3, 6, 1), (4, 5, 255)] as [(Int64, Int64, UInt8)] {
      var row = FrameRow(id: id, number: id, time: 0, length: 0, capturedLength: 0)
      row.flowID = flow
      row.fromClient = side
      batch.frames.append(row)
    }
    try session.write(batch)
    let sides = try session.withDatabase { (database) throws(StoreError) in
      try database.reverseDirection(ofFlows: [])
      try database.reverseDirection(ofFlows: [5, 7])
      return try database.text("SELECT group_concat(ifnull(from_client, '-')) FROM (SELECT * FROM frames ORDER BY id)")
    }
    #expect(sides == "0,1,1,-")
  }
}
