import Bytes
import Foundation
import Testing

@testable import Store

@Suite("Opening databases")
struct DatabaseTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("a file that is not there is said to be missing")
  func missing() throws {
    let error = try storeError { _ = try Database(path: folder["no.sqlite"], mode: .readOnly) }
    #expect(error.reason == .missing)
    #expect(error.description == "\(folder["no.sqlite"]): no such file")
  }

  @Test(
    "a file that is no database is named for what it is",
    arguments: [
      ("hello\nworld\n" + String(repeating: "x", count: 200), "a text file"),
      ("short", "a text file"),
      ("\u{0}\u{1}" + String(repeating: "\u{2}", count: 200), "no SQLite file"),
      ("SQLite format 3\u{0}", "a damaged SQLite database"),
      ("", "the file is empty"),
    ])
  func foreignFile(text: String, what: String) throws {
    let path = try folder.write(text, to: "x.sqlite")
    for mode in [Database.Mode.readOnly, .readWrite] {
      let error = try storeError { _ = try Database(path: path, mode: mode) }
      #expect(error.reason == .foreign)
      #expect(error.detail.contains("is not a pcapindex database"))
      #expect(error.detail.contains(what))
    }
    #expect(try folder.bytes(of: "x.sqlite") == Array(text.utf8))
  }

  @Test("a capture given as a database is called a capture")
  func capture() throws {
    let path = try folder.write([0xd4, 0xc3, 0xb2, 0xa1] + [UInt8](repeating: 0, count: 400), to: "a.pcap")
    #expect(try storeError { _ = try IngestSession(path: path) }.detail.contains("a packet capture"))
  }

  @Test("a folder is no database")
  func directory() throws {
    let error = try storeError { _ = try IngestSession(path: folder.path) }
    #expect(error.description == "\(folder.path): is not a pcapindex database (it is a folder)")
  }

  @Test("another program's database is told by its tables")
  func foreignDatabase() throws {
    try Database(path: folder["other.sqlite"], flags: 6).execute("CREATE TABLE songs (id); CREATE TABLE artists (id)")
    let before = try folder.bytes(of: "other.sqlite")
    let error = try storeError { _ = try IngestSession(path: folder["other.sqlite"]) }
    #expect(error.reason == .foreign)
    #expect(
      error.detail == "is not a pcapindex database (it is an SQLite database with the tables artists, songs)")
    #expect(try folder.bytes(of: "other.sqlite") == before)
  }

  @Test("a database of another version of the schema is refused", arguments: [(1, "newer"), (-1, "older")])
  func version(step: Int64, word: String) throws {
    try makeDatabase(at: folder["a.sqlite"])
    try Database(path: folder["a.sqlite"], mode: .readWrite).execute("PRAGMA user_version = \(Schema.version + step)")
    let error = try storeError { _ = try Database(path: folder["a.sqlite"], mode: .readOnly) }
    #expect(error.reason == .version)
    #expect(error.detail.contains(word))
  }

  @Test("a lock of another connection is an error that says so")
  func locked() throws {
    try makeDatabase(at: folder["a.sqlite"])
    let holder = try Database(path: folder["a.sqlite"], mode: .readWrite)
    try holder.execute("BEGIN IMMEDIATE")
    let other = try Database(path: folder["a.sqlite"], mode: .readWrite)
    try other.execute("PRAGMA busy_timeout = 0")
    let error = try storeError { try other.execute("BEGIN IMMEDIATE") }
    #expect(error.reason == .locked)
    #expect(error.detail.hasPrefix("another program is using the database"))
  }

  @Test("looking at a database that this process has open leaves its locks alone")
  func keepsLocks() throws {
    try makeDatabase(at: folder["a.sqlite"])
    let holder = try Database(path: folder["a.sqlite"], mode: .readWrite)
    try holder.execute("BEGIN IMMEDIATE")
    _ = try Database(path: folder["a.sqlite"], mode: .readOnly)
    let shell = Process()
    shell.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    shell.arguments = ["sqlite3", folder["a.sqlite"], "BEGIN IMMEDIATE"]
    shell.standardError = FileHandle.nullDevice
    try shell.run()
    shell.waitUntilExit()
    #expect(shell.terminationStatus != 0)
  }

  @Test("a read-only connection can't write")
  func readOnly() throws {
    try makeDatabase(at: folder["a.sqlite"])
    let database = try Database(path: folder["a.sqlite"], mode: .readOnly)
    #expect(try storeError { try database.execute("DELETE FROM frames") }.reason == .readOnly)
  }

  @Test("a reader finds the database as it was before a write that was cut off")
  func hotJournal() throws {
    try makeDatabase(at: folder["a.sqlite"], frames: 3_000)
    let before = try folder.bytes(of: "a.sqlite")
    let writer = try Database(path: folder["a.sqlite"], mode: .readWrite)
    try writer.execute("PRAGMA cache_size = 10; BEGIN; UPDATE frames SET length = 1; DELETE FROM arp_messages")
    for suffix in ["", "-journal"] {
      try folder.write(try folder.bytes(of: "a.sqlite" + suffix), to: "b.sqlite" + suffix)
    }
    // A journal of a writer that was cut off before it could be synchronized counts by its own length.
    let reader = try Database(path: folder["b.sqlite"], mode: .readOnly)
    #expect(try reader.text("PRAGMA integrity_check") == "ok")
    #expect(try reader.integer("SELECT count(*) FROM frames WHERE length = 60") == 3_000)
    #expect(try reader.integer("SELECT count(*) FROM arp_messages") == 3_000)
    try writer.execute("ROLLBACK")
    #expect(try folder.bytes(of: "a.sqlite") == before)
  }

  @Test("a name with a colon is a file's name")
  func colon() throws {
    let here = FileManager.default.currentDirectoryPath
    #expect(try storeError { _ = try Database(path: ":memory:", mode: .readOnly) }.reason == .missing)
    #expect(!FileManager.default.fileExists(atPath: here + "/:memory:"))
    #expect(try storeError { _ = try IngestSession(path: "") }.reason != .other)
  }

  @Test("values of every kind come back as they were bound")
  func values() throws {
    let database = try Database(path: folder["v.sqlite"], flags: 6)
    let statement = try database.prepare("SELECT ?, ?, ?, ?, ?, ?, ?")
    statement.bind(nil as Int64?, at: 1)
    statement.bind(Int64.min, at: 2)
    statement.bind(0.5, at: 3)
    statement.bind("", at: 4)
    statement.bind("käse", at: 5)
    statement.bind(blob: [], at: 6)
    statement.bind(blob: [0, 255], at: 7)
    #expect(try statement.step())
    #expect(
      (0..<7).map { statement.value($0) } == [
        .null, .integer(.min), .real(0.5), .text(""), .text("käse"), .blob([]), .blob([0, 255]),
      ])
  }

  @Test("the schema's statements are split where they end")
  func split() {
    let sql = "-- a; b\nCREATE TABLE a (x /* ; */, y); CREATE\n UNIQUE INDEX i ON a (x);\n-- end; of it\n"
    let statements = Schema.statements(of: sql)
    #expect(statements.map(Schema.createsIndex) == [false, true])
    #expect(Schema.statements(of: "SELECT ';'; SELECT 2").count == 2)
  }

  @Test("tables and views come first, indexes later, and every view can be read")
  func schema() throws {
    try makeDatabase(at: folder["a.sqlite"])
    let database = try Database(path: folder["a.sqlite"], mode: .readOnly)
    #expect(try database.integer("PRAGMA application_id") == 0x5043_4958)
    #expect(try database.integer("SELECT count(*) > 20 FROM sqlite_schema WHERE type = 'index'") == 1)
    let views = try database.prepare("SELECT name FROM sqlite_schema WHERE type = 'view'")
    var count = 0
    while try views.step() {
      _ = try database.integer("SELECT count(*) FROM \"\(views.text(0))\"")
      count += 1
    }
    #expect(count > 2)
  }
}
