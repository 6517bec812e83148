import Foundation
import Indexer
import Store
import Testing

/// The rows of a new database are written past SQLite, those of an existing one through it.
@Suite("The same rows either way")
struct SameRowsTests {
  private let folder: Folder
  private static let captures = [
    "browse.pcapng", "ftp_session.pcap", "http_session.pcap", "fragments.pcap", "dns_lookups.pcap",
  ]

  init() throws { folder = try Folder() }

  private func ingest(_ names: [String], into database: String) throws {
    let options = IngestOptions(
      captures: names.map(Repository.capture), database: folder.file(database), version: "test")
    _ = try Ingest(options).run()
  }

  /// Every row of every table as text, apart from what the clock and the planner's samples say.
  private func rows(_ name: String) throws -> [String: [String]] {
    let database = try Database(path: folder.file(name), mode: .readOnly)
    #expect(try database.text("PRAGMA integrity_check") == "ok")
    #expect(try database.text("SELECT \"table\" FROM pragma_foreign_key_check") == nil)
    let tables = try database.prepare(
      "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite%'")
    var rows: [String: [String]] = [:]
    while try tables.step() {
      let table = tables.text(0)
      let columns = try database.text(
        "SELECT group_concat('quote(\"' || name || '\")', ' || '','' || ') FROM pragma_table_info('\(table)') WHERE name <> 'ingested_at'"
      )
      let lines = try database.prepare("SELECT \(columns ?? "NULL") FROM \"\(table)\" ORDER BY 1")
      while try lines.step() { rows[table, default: []].append(lines.text(0)) }
    }
    return rows
  }

  @Test("a database gets the same rows whether it is new or was there, without a row", arguments: captures)
  func newAndExisting(capture: String) throws {
    try ingest([capture], into: "new.sqlite")
    try IngestSession(path: folder.file("old.sqlite")).commit()
    try ingest([capture], into: "old.sqlite")
    let new = try rows("new.sqlite")
    #expect(try new == rows("old.sqlite"))
    #expect(new["flows"]?.isEmpty == false)
  }

  @Test("several captures give the same rows in one ingest and in one after the other")
  func together() throws {
    try ingest(SameRowsTests.captures, into: "together.sqlite")
    for capture in SameRowsTests.captures { try ingest([capture], into: "apart.sqlite") }
    let together = try rows("together.sqlite")
    #expect(try together == rows("apart.sqlite"))
    #expect(together["captures"]?.count == SameRowsTests.captures.count)
  }
}
