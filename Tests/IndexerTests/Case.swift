import Foundation
import Indexer
import Store

/// The repository's own captures and files.
enum Repository {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  static func capture(_ name: String) -> String {
    root.appendingPathComponent("Tests/Captures/\(name)").path
  }
}

/// A temporary folder that goes with its owner.
final class Folder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "pcapindex-tests-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { path + "/" + name }

  /// Writes a file and returns its path.
  func write(_ name: String, _ bytes: some Sequence<UInt8>) throws -> String {
    try Data(bytes).write(to: URL(fileURLWithPath: file(name)))
    return file(name)
  }
}

/// Captures ingested into a database of their own.
final class Case {
  let folder: Folder
  let path: String
  let summaries: [IngestSummary]
  let database: Database

  /// Ingests captures of the repository by name, or others by path.
  init(_ captures: String..., filter: String? = nil, allow: [String] = []) throws {
    folder = try Folder()
    path = folder.file("case.sqlite")
    var options = IngestOptions(
      captures: captures.map { $0.hasPrefix("/") ? $0 : Repository.capture($0) }, database: path, filter: filter,
      version: "test")
    if !allow.isEmpty { options.allowList = try AllowList.load(allow) }
    summaries = try Ingest(options).run()
    database = try Database(path: path, mode: .readOnly)
  }

  /// Opens a database that is there already, and outlives this.
  init(opening path: String) throws {
    folder = try Folder()
    self.path = path
    summaries = []
    database = try Database(path: path, mode: .readOnly)
  }

  /// The rows of a statement, values as text joined by `|` as the sqlite3 shell writes them.
  func rows(_ sql: String) throws -> [String] {
    let statement = try database.prepare(sql)
    var rows: [String] = []
    while try statement.step() {
      rows.append((0..<statement.columnCount).map { statement.text($0) }.joined(separator: "|"))
    }
    return rows
  }

  /// The rows of a canned query through the program's own catalog.
  func query(_ name: String, _ arguments: [String: String] = [:]) throws -> [[String: String]] {
    let run = try QueryRun(QueryCatalog().query(named: name), on: database, arguments: arguments)
    var rows: [[String: String]] = []
    while let values = try run.next() {
      let texts = values.map { value in
        switch value {
        case .null: "NULL"
        case .integer(let number): String(number)
        case .real(let number): String(number)
        case .text(let text): text
        case .blob(let bytes): "\(bytes)"
        }
      }
      rows.append(Dictionary(uniqueKeysWithValues: zip(run.columns, texts)))
    }
    return rows
  }

  /// What SQLite objects to; empty where all is well.
  func complaints() throws -> [String] {
    try rows("PRAGMA integrity_check").filter { $0 != "ok" } + rows("PRAGMA foreign_key_check")
  }
}
