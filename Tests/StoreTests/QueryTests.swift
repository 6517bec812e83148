import Foundation
import Testing

@testable import Store

@Suite("Canned queries")
struct QueryTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static let text = """
    -- Addresses that nobody explains
    -- Question: which addresses did this capture talk to
    -- that nobody can explain?
    -- Some note: with a colon.
    -- Columns:
    --   ip: the address
    --   names: what is known,
    --     comma separated
    -- Parameters:
    --   cutoff: least IP bytes exchanged; default 0
    SELECT ip, :cutoff AS names FROM addresses; -- Columns: none of this
    """

  @Test("the header's parts are read")
  func header() {
    let query = CannedQuery(name: "unknown", text: QueryTests.text)
    #expect(query.title == "Addresses that nobody explains")
    #expect(query.question == "which addresses did this capture talk to that nobody can explain?")
    #expect(query.notes == ["Some note: with a colon."])
    #expect(
      query.columns == [
        .init(name: "ip", meaning: "the address"),
        .init(name: "names", meaning: "what is known, comma separated"),
      ])
    #expect(query.parameters == [.init(name: "cutoff", meaning: "least IP bytes exchanged; default 0")])
    #expect(query.sql == QueryTests.text)
  }

  @Test("a query without a header has its name for a title", arguments: ["SELECT 1", "", "-- \n\n--\nSELECT 1"])
  func headless(text: String) {
    let query = CannedQuery(name: "mine", text: text)
    #expect(query.title == "mine")
    #expect(query.question == "")
    #expect(query.parameters.isEmpty)
  }

  @Test("the registry lists exactly the files of the folder")
  func registry() throws {
    var folder = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { folder.deleteLastPathComponent() }
    folder.appendPathComponent("queries")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".sql") }.map { String($0.dropLast(4)) }
    #expect(QueryCatalog.embedded.map(\.name) == files.sorted())
    for (name, bytes) in QueryCatalog.embedded {
      #expect(try bytes == [UInt8](Data(contentsOf: folder.appendingPathComponent(name + ".sql"))), "\(name)")
    }
  }

  @Test("every built-in query has a header that matches its statement, and runs", arguments: QueryCatalog().queries)
  func builtIn(query: CannedQuery) throws {
    try makeDatabase(at: folder["a.sqlite"])
    let database = try Database(path: folder["a.sqlite"], mode: .readOnly)
    let run = try QueryRun(query, on: database)
    #expect(run.columns == query.columns.map(\.name))
    #expect(try QueryRun.parameters(of: query, on: database).sorted() == query.parameters.map(\.name).sorted())
    #expect(query.title != query.name)
    #expect(query.question.hasSuffix("?"))
    #expect(query.columns.allSatisfy { !$0.meaning.isEmpty } && query.parameters.allSatisfy { !$0.meaning.isEmpty })
    while let row = try run.next() { #expect(row.count == run.columns.count) }
  }

  @Test("a user's folder adds queries and replaces built-in ones")
  func ownFolder() throws {
    try folder.write("-- Mine\nSELECT 1", to: "zz_mine.sql")
    try folder.write("-- Other\nSELECT 2", to: "unknown_ips.sql")
    try folder.write("hidden", to: ".no.sql")
    try folder.write("no query", to: "notes.txt")
    var catalog = QueryCatalog()
    let builtIn = catalog.queries.count
    try catalog.add(directory: folder.path)
    #expect(catalog.queries.count == builtIn + 1)
    #expect(try catalog.query(named: "zz_mine").title == "Mine")
    #expect(try catalog.query(named: "unknown_ips").title == "Other")
    #expect(catalog.queries.map(\.name) == catalog.queries.map(\.name).sorted())
    #expect(try storeError { try catalog.add(directory: folder["no"]) }.reason == .missing)
    try folder.write([0xff, 0xfe], to: "bad.sql")
    #expect(try storeError { try catalog.add(directory: folder.path) }.detail == "is no text in UTF-8")
  }

  @Test("an unknown query is an error that names those like it")
  func unknown() throws {
    let catalog = QueryCatalog()
    let near = try storeError { _ = try catalog.query(named: "unknown_ip") }
    #expect(near.description == "unknown_ip: no such query; did you mean unknown_ips?")
    let far = try storeError { _ = try catalog.query(named: "quite_something_else") }
    #expect(far.description == "quite_something_else: no such query; 'pcapindex query' lists them")
    #expect(far.reason == .usage)
  }

  private func database() throws -> Database {
    try makeDatabase(at: folder["a.sqlite"])
    return try Database(path: folder["a.sqlite"], mode: .readOnly)
  }

  @Test("values bind as what they look like")
  func values() {
    #expect(QueryRun.value(of: "100") == .integer(100))
    #expect(QueryRun.value(of: "-7") == .integer(-7))
    #expect(QueryRun.value(of: "1.5") == .real(1.5))
    #expect(QueryRun.value(of: "1e3") == .real(1000))
    for text in ["", "0x10", "1.2.3.4", "nan", "inf", "e", "-", "1 ", "99999999999999999999", "1e999", "١"] {
      #expect(QueryRun.value(of: text) == .text(text))
    }
  }

  @Test("parameters that are not given are NULL")
  func parameters() throws {
    let query = CannedQuery(name: "q", text: "SELECT typeof(:a), :b, coalesce(:c, 'default'), :a")
    let run = try QueryRun(query, on: database(), arguments: ["a": "5", "b": "x'; DROP TABLE frames"])
    #expect(try run.next() == [.text("integer"), .text("x'; DROP TABLE frames"), .text("default"), .integer(5)])
    #expect(try run.next() == nil)
  }

  @Test("a parameter that has to be a number and is none is an error of usage, not of the database")
  func wrongParameter() throws {
    let run = try QueryRun(
      CannedQuery(name: "q", text: "SELECT 1 LIMIT :limit"), on: try database(), arguments: ["limit": "abc"])
    let error = try storeError { _ = try run.next() }
    #expect(error.description == "q: a parameter that has to be a number is none")
    #expect(error.reason == .usage)
  }

  @Test("an unknown parameter is an error that lists the known ones")
  func unknownParameter() throws {
    let database = try database()
    let query = CannedQuery(name: "q", text: "SELECT :cutoff, :limit")
    let error = try storeError { _ = try QueryRun(query, on: database, arguments: ["cutof": "1"]) }
    #expect(error.description == "q: no parameter 'cutof'; its parameters are cutoff, limit")
    let none = try storeError {
      _ = try QueryRun(CannedQuery(name: "q", text: "SELECT 1"), on: database, arguments: ["a": "1"])
    }
    #expect(none.detail == "no parameter 'a'; it has no parameters")
  }

  @Test(
    "what is not one reading statement is refused",
    arguments: [
      "DELETE FROM frames", "SELECT 1; SELECT 2", "", "-- nothing", "ATTACH 'x' AS y", "BEGIN", "SELEC 1",
      "CREATE TABLE x (y)", "SELECT 1; garbage", "INSERT INTO frames DEFAULT VALUES RETURNING id",
    ])
  func refused(sql: String) throws {
    let database = try database()
    let error = try storeError { _ = try QueryRun(CannedQuery(name: "q", text: sql), on: database) }
    #expect(error.subject == "q")
  }

  @Test("comments behind the statement are no second one")
  func trailingComment() throws {
    let query = CannedQuery(name: "q", text: "SELECT 1;\n-- the end\n/* really */ ")
    #expect(try QueryRun(query, on: database()).next() == [.integer(1)])
  }
}

@Suite("Finding the database")
struct DatabaseFinderTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("the variable wins, unless it is empty")
  func variable() throws {
    try makeDatabase(at: folder["a.sqlite"])
    #expect(try DatabaseFinder.find(named: "x.sqlite", in: folder.path) == "x.sqlite")
    #expect(try DatabaseFinder.find(named: "", in: folder.path) == folder["a.sqlite"])
  }

  @Test("the only pcapindex database is found among other files, whatever its name")
  func only() throws {
    try folder.write("text", to: "a.txt")
    try folder.write("", to: "empty.sqlite")
    try FileManager.default.createDirectory(atPath: folder["dir.sqlite"], withIntermediateDirectories: true)
    try Database(path: folder["other.sqlite"], flags: 6).execute("CREATE TABLE x (y)")
    try makeDatabase(at: folder["case 7"])
    try folder.write(folder.bytes(of: "case 7"), to: ".case.ingest-1")
    #expect(try DatabaseFinder.find(named: nil, in: folder.path) == folder["case 7"])
  }

  @Test("none and several are errors that say what was seen")
  func noneOrSeveral() throws {
    #expect(
      try storeError { _ = try DatabaseFinder.find(named: nil, in: folder.path) }.detail.contains("no SQLite database"))
    try Database(path: folder["other.sqlite"], flags: 6).execute("CREATE TABLE x (y)")
    #expect(
      try storeError { _ = try DatabaseFinder.find(named: nil, in: folder.path) }.detail.contains(
        "only databases of other programs: other.sqlite"))
    try makeDatabase(at: folder["b.sqlite"])
    try makeDatabase(at: folder["a.sqlite"])
    #expect(
      try storeError { _ = try DatabaseFinder.find(named: nil, in: folder.path) }.detail.hasPrefix(
        "holds 2 pcapindex databases (a.sqlite, b.sqlite)"))
  }
}
