import Foundation
import Testing

/// The metadata that makes Datasette show a database's queries.
@Suite("Datasette's metadata") struct DatasetteTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  /// The metadata as an object, and the part of the database `browse.pcapng`.
  private func metadata(_ arguments: String...) throws -> (whole: [String: Any], database: [String: Any]) {
    let path = try Samples.copy("browse.pcapng", into: folder, as: "the case.v2.sqlite")
    let outcome = try Program.run(["datasette", path] + arguments)
    try #require(outcome.status == 0, "\(outcome.err)")
    #expect(outcome.err.isEmpty)
    let whole = try #require(JSONSerialization.jsonObject(with: outcome.output) as? [String: Any])
    let databases = try #require(whole["databases"] as? [String: Any])
    #expect(Array(databases.keys) == ["the case.v2"])
    return (whole, try #require(databases["the case.v2"] as? [String: Any]))
  }

  @Test("every query is a page with title, question, parameters and SQL")
  func queries() throws {
    let queries = try #require(try metadata().database["queries"] as? [String: [String: Any]])
    let tables: Set = [
      "comments", "conversations", "host_names", "http_requests", "diagnostics", "owners", "tunnels", "tls_alerts",
      "tls_certificates", "quic_connections", "ssh_handshakes", "mail_messages", "files",
    ]
    #expect(Set(queries.keys) == Set(QueryTests.names.map { tables.contains($0) ? $0 + "_query" : $0 }))
    for (name, page) in queries {
      #expect((page["title"] as? String)?.isEmpty == false && (page["sql"] as? String)?.isEmpty == false, "\(name)")
      #expect((page["description_html"] as? String)?.contains("?</strong>") == true, "\(name)")
      #expect((page["params"] as? [String])?.contains("capture") == true, "\(name)")
    }
    #expect(queries["unknown_ips"]?["params"] as? [String] == ["any_name", "cutoff", "capture", "limit"])
    let page = try #require(queries["unknown_ips"]?["description_html"] as? String)
    #expect(page.contains("<li><code>cutoff</code>: leave out addresses with fewer bytes than this; default 0</li>"))
  }

  @Test("tables and columns have the schema's words, units, facets and labels")
  func tables() throws {
    let tables = try #require(try metadata().database["tables"] as? [String: [String: Any]])
    let there = try sqlite(
      Samples.database("browse.pcapng"),
      "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite%'")
    #expect(Set(tables.keys) == Set(there))
    let captures = try #require(tables["captures"])
    #expect(captures["description"] as? String == "One ingested capture file.")
    let columns = try #require(captures["columns"] as? [String: String])
    #expect(columns["path"] == "as it was given; '-' for standard input")
    #expect(columns["status"]?.hasSuffix("part-way), 'interrupted' (by the user)") == true)
    #expect(captures["label_column"] as? String == "path")
    #expect(tables["flows"]?["facets"] as? [String] == ["transport", "service", "state"])
    #expect((tables["flows"]?["units"] as? [String: String])?["irtt_ns"] == "ns")
    #expect(
      (tables["conversations"]?["columns"] as? [String: String])?["duration_s"]
        == "seconds from the first to the last frame")
    #expect((tables["address_verdicts"]?["description"] as? String)?.hasPrefix("One address") == true)
    #expect(tables.values.allSatisfy { ($0["description"] as? String)?.isEmpty == false })
    for (name, table) in tables {
      let known = try sqlite(Samples.database("browse.pcapng"), "SELECT name FROM pragma_table_info('\(name)')")
      let named =
        (table["facets"] as? [String] ?? [])
        + ["sort", "sort_desc", "label_column"].compactMap { table[$0] as? String }
      #expect(Set(named).isSubset(of: known), "\(name)")
    }
  }

  @Test("an empty parameter is none, a number is a number; text in literals, names and comments stays")
  func parameters() throws {
    let own = folder.file("own")
    try FileManager.default.createDirectory(atPath: own, withIntermediateDirectories: true)
    try Data(
      """
      -- Odd <b>text</b> & quotes
      -- Question: is ':no' a parameter?
      SELECT typeof(:a), ':no' AS "x:no", typeof(:b) /* :no ' */, [n:o] FROM (SELECT 1 AS [n:o]) -- :no "
      WHERE 'it''s :no' <> coalesce(:a, '');

      """.utf8
    ).write(to: URL(fileURLWithPath: own + "/odd.sql"))
    let queries = try #require(try metadata("--queries", own).database["queries"] as? [String: [String: Any]])
    let page = try #require(queries["odd"])
    #expect(page["params"] as? [String] == ["a", "b"])
    #expect(page["title"] as? String == "Odd <b>text</b> & quotes")
    #expect(
      (page["description_html"] as? String)?.hasPrefix("<p><strong>is &#39;:no&#39; a parameter?</strong></p>") == true)
    let sql = try #require(page["sql"] as? String)
    #expect(
      !sql.hasPrefix("--")
        && sql.hasSuffix(
          "<> coalesce(iif(CAST(CAST(:a AS NUMERIC) AS TEXT) = :a, CAST(:a AS NUMERIC), nullif(:a, '')), '')")
    )
    let script = try folder.write(
      "types.sql", text: ".parameter init\n.parameter set :a \"'12'\"\n.parameter set :b \"''\"\n\(sql);\n")
    let outcome = try Program.run("/usr/bin/sqlite3", [":memory:"], input: script)
    #expect(outcome.out == "integer|:no|null|1\n")
    let other = try folder.write(
      "other.sql", text: ".parameter init\n.parameter set :a \"'1.2.3.4'\"\n.parameter set :b \"'1.5'\"\n\(sql);\n")
    #expect(try Program.run("/usr/bin/sqlite3", [":memory:"], input: other).out == "text|:no|real|1\n")
  }

  @Test("a query that Datasette cannot run is left out with a message")
  func leftOut() throws {
    let own = folder.file("own")
    try FileManager.default.createDirectory(atPath: own, withIntermediateDirectories: true)
    try Data("SELECT ?1".utf8).write(to: URL(fileURLWithPath: own + "/numbered.sql"))
    try Data("SELECT what FROM nowhere".utf8).write(to: URL(fileURLWithPath: own + "/wrong.sql"))
    let outcome = try Program.run("datasette", try Samples.database("browse.pcapng"), "--queries", own)
    #expect(outcome.status == 1)
    #expect(outcome.err.contains("pcapindex: numbered: left out: Datasette knows parameters of the form :name only\n"))
    #expect(outcome.err.contains("pcapindex: wrong: left out: no such table: nowhere"))
    let whole = try #require(JSONSerialization.jsonObject(with: outcome.output) as? [String: Any])
    let databases = try #require(whole["databases"] as? [String: [String: Any]])
    let queries = try #require(databases.values.first?["queries"] as? [String: Any])
    #expect(queries["numbered"] == nil && queries["wrong"] == nil && queries["unknown_ips"] != nil)
  }

  @Test("-o writes the file, again too, and nothing in place of what is no JSON")
  func outputFile() throws {
    let database = try Samples.copy("browse.pcapng", into: folder)
    let path = folder.file("metadata.json")
    for _ in 0..<2 {
      let outcome = try Program.run("datasette", database, "-o", path)
      #expect(outcome.status == 0 && outcome.output.isEmpty && outcome.err.isEmpty, "\(outcome.err)")
      #expect(try bytes(path) == Program.run("datasette", database).output)
    }
    let before = try bytes(database)
    let refused = try Program.run("datasette", database, "-o", database)
    #expect(refused.status == 1)
    #expect(refused.err == "pcapindex: \(database): exists and is not JSON\n")
    #expect(try bytes(database) == before)
    let nowhere = try Program.run("datasette", database, "-o", folder.file("no/metadata.json"))
    #expect(nowhere.status == 1)
    #expect(nowhere.err.contains("no such file or folder") && nowhere.complaints.count == 1)
    #expect(try folder.names() == ["case.sqlite", "metadata.json"])
    let missing = try Program.run("datasette", folder.file("no.sqlite"))
    #expect(missing.status == 1 && missing.err.contains("no.sqlite: no such file"))
  }
}
