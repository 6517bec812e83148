import Foundation
import Synchronization
import Testing

/// The repository's own captures and files.
enum Repository {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  static func capture(_ name: String) -> String {
    root.appendingPathComponent("Tests/Captures/\(name)").path
  }

  static func query(_ name: String) -> String {
    root.appendingPathComponent("queries/\(name).sql").path
  }
}

/// Databases that several tests read, each made once by the program.
enum Samples {
  /// What the analyst of `browse.pcapng` can explain.
  static let allowList = """
    dns:
      192.168.10.1: resolver
    allow:
      45.77.12.0/24: lab
    okhosts:
      - login.example.com
    oksuffixes:
      - .example.net
    su:
      66.22.0.0/16: hosting
    """

  private struct State {
    var folder: Folder?
    var made: [String: String] = [:]
  }

  /// Behind `lock`.
  private nonisolated(unsafe) static var state = State()
  private static let lock = Mutex(())

  /// The database of a capture of the repository, or of several joined by `+`; `allowed` with the allow list.
  static func database(_ capture: String, allowed: Bool = false) throws -> String {
    try lock.withLock { _ in
      let key = capture + (allowed ? "+allowed" : "")
      if let path = state.made[key] { return path }
      if state.folder == nil {
        state.folder = try Folder()
        atexit { Samples.state.folder = nil }
      }
      let folder = try #require(state.folder)
      let path = folder.file(key.replacingOccurrences(of: "/", with: "-") + ".sqlite")
      var arguments =
        ["ingest", "--quiet"] + capture.split(separator: "+").map { Repository.capture(String($0)) } + [path]
      if allowed {
        arguments.insert(contentsOf: ["--allow", try folder.write("list.yaml", text: allowList)], at: 1)
      }
      let outcome = try Program.run(arguments)
      try #require(outcome.status == 0, "\(outcome.err)")
      state.made[key] = path
      return path
    }
  }

  /// A copy of the database of a capture, to be changed.
  static func copy(_ capture: String, into folder: Folder, as name: String = "case.sqlite") throws -> String {
    try FileManager.default.copyItem(atPath: try database(capture), toPath: folder.file(name))
    return folder.file(name)
  }
}

/// What the stock shell says, values joined by `|`.
func sqlite(_ database: String, _ sql: String) throws -> [String] {
  let outcome = try Program.run("/usr/bin/sqlite3", [database, sql])
  try #require(outcome.status == 0, "\(outcome.err)")
  return outcome.out.split(separator: "\n").map(String.init)
}

/// Rows of comma-separated values (RFC 4180), the heading among them; a field without anything is nil, `""` is empty.
func fields(csv text: String) -> [[String?]] {
  var rows: [[String?]] = []
  var row: [String?] = []
  var field = ""
  var (isQuoted, wasQuoted) = (false, false)
  var rest = text.unicodeScalars.makeIterator()
  var next = rest.next()
  func value() -> String? { field.isEmpty && !wasQuoted ? nil : field }
  while let scalar = next {
    next = rest.next()
    if isQuoted {
      if scalar != "\"" {
        field.unicodeScalars.append(scalar)
      } else if next == "\"" {
        field += "\""
        next = rest.next()
      } else {
        isQuoted = false
      }
      continue
    }
    switch scalar {
    case "\"": (isQuoted, wasQuoted) = (true, true)
    case "\r" where next == "\n": break
    case ",", "\n":
      row.append(value())
      (field, wasQuoted) = ("", false)
      if scalar == "\n" {
        rows.append(row)
        row = []
      }
    default: field.unicodeScalars.append(scalar)
    }
  }
  return rows
}

/// The rows of a canned query, values by column; a NULL has none.
func answer(
  _ query: String, _ capture: String, allowed: Bool = false, _ arguments: String...
) throws -> [[String: String]] {
  let database = try Samples.database(capture, allowed: allowed)
  let outcome = try Program.run(["query", query, database, "--format", "csv"] + arguments)
  try #require(outcome.status == 0, "\(outcome.err)")
  #expect(outcome.err.isEmpty)
  let rows = fields(csv: outcome.out)
  let columns = try #require(rows.first).compactMap { $0 }
  return rows.dropFirst().map { row in
    Dictionary(uniqueKeysWithValues: zip(columns, row).compactMap { column, value in value.map { (column, $0) } })
  }
}

/// A file's bytes.
func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

/// Builds captures that no real program writes.
struct TinyCapture {
  private(set) var bytes: [UInt8] = []

  /// A pcap file header: little-endian, microseconds, Ethernet.
  init() {
    bytes = [0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0] + [UInt8](repeating: 0, count: 8) + [0, 0, 4, 0, 1, 0, 0, 0]
  }

  /// An FTP dialogue: lines of the client begin with `>`.
  init(ftp lines: [[UInt8]]) {
    self.init()
    var next: (client: UInt32, server: UInt32) = (1001, 5001)
    add(fromClient: true, flags: 0x02, sequence: 1000, acknowledgment: 0, [])
    add(fromClient: false, flags: 0x12, sequence: 5000, acknowledgment: 1001, [])
    add(fromClient: true, flags: 0x10, sequence: 1001, acknowledgment: 5001, [])
    for line in lines {
      let isClient = line.first == UInt8(ascii: ">")
      let text = (isClient ? Array(line.dropFirst()) : line) + [13, 10]
      if isClient {
        add(fromClient: true, flags: 0x18, sequence: next.client, acknowledgment: next.server, text)
        next.client += UInt32(text.count)
      } else {
        add(fromClient: false, flags: 0x18, sequence: next.server, acknowledgment: next.client, text)
        next.server += UInt32(text.count)
      }
    }
  }

  private var frames = 0

  /// One TCP segment between 192.0.2.10:40000 and 198.51.100.21:21.
  mutating func add(
    fromClient: Bool, flags: UInt8, sequence: UInt32, acknowledgment: UInt32, _ payload: [UInt8]
  ) {
    func big(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }
    func big(_ value: Int) -> [UInt8] { Array(big(UInt32(value)).suffix(2)) }
    let ends: [[UInt8]] = [[192, 0, 2, 10], [198, 51, 100, 21]]
    let ports = [40000, 21]
    let (from, to) = fromClient ? (0, 1) : (1, 0)
    var frame: [UInt8] = [2, 0, 0, 0, 0, UInt8(to), 2, 0, 0, 0, 0, UInt8(from), 8, 0]
    frame += [0x45, 0] + big(40 + payload.count) + [0, 0, 0x40, 0, 64, 6, 0, 0] + ends[from] + ends[to]
    frame += big(ports[from]) + big(ports[to]) + big(sequence) + big(acknowledgment) + [0x50, flags, 0xff, 0xff]
    frame += [0, 0, 0, 0] + payload
    frames += 1
    func little(_ value: Int) -> [UInt8] { big(UInt32(value)).reversed() }
    bytes += little(1_700_000_000) + little(frames) + little(frame.count) + little(frame.count) + frame
  }
}
