import Foundation
import Testing

/// A Datasette that runs for the tests.
private final class DatasetteServer {
  /// The program: $PCAPINDEX_DATASETTE, or the one on the path.
  static let program: String? = {
    let environment = ProcessInfo.processInfo.environment
    if let named = environment["PCAPINDEX_DATASETTE"] { return named }
    return (environment["PATH"] ?? "").split(separator: ":").map { "\($0)/datasette" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }()
  static let curl = "/usr/bin/curl"
  static var isPresent: Bool { program != nil && FileManager.default.isExecutableFile(atPath: curl) }
  /// Whether it is a 1.0 alpha, to which the queries are configuration.
  static let isNext: Bool = {
    guard let program, let outcome = try? Program.run(program, ["--version"]) else { return false }
    return outcome.out.contains("version 1.")
  }()

  private let child: Child
  private let base: String

  init(database: String, metadata: String, folder: Folder) throws {
    let port = try DatasetteServer.freePort()
    base = "http://127.0.0.1:\(port)/"
    var arguments = ["serve", "--immutable", database, "--metadata", metadata]
    if DatasetteServer.isNext { arguments += ["--config", metadata] }
    arguments += ["--host", "127.0.0.1", "--port", String(port)]
    arguments += ["--setting", "max_returned_rows", "100000", "--setting", "sql_time_limit_ms", "60000"]
    child = try Child(
      try #require(DatasetteServer.program), arguments, input: "/dev/null", output: folder.file("out"),
      error: folder.file("err"), folder: nil, [:])
    for _ in 0..<300 {
      if try Program.run(DatasetteServer.curl, ["-s", "-f", base + "-/versions.json"]).status == 0 { return }
      usleep(100_000)
    }
    let log = try String(contentsOfFile: folder.file("err"), encoding: .utf8)
    throw Program.Missing(description: "Datasette does not answer: \(log)")
  }

  deinit {
    kill(child.id, SIGTERM)
    _ = child.wait(seconds: 10)
  }

  /// A page's status and text.
  func page(_ path: String) throws -> (status: String, text: String) {
    let outcome = try Program.run(DatasetteServer.curl, ["-s", "-w", "\n%{http_code}", base + path])
    let lines = outcome.out.split(separator: "\n", omittingEmptySubsequences: false)
    return (String(lines.last ?? ""), lines.dropLast().joined(separator: "\n"))
  }

  private static func freePort() throws -> UInt16 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let number = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
        bind(descriptor, name, length) == 0 && getsockname(descriptor, name, &length) == 0
      }
    }
    guard number else { throw Program.Missing(description: "there is no free port") }
    return UInt16(bigEndian: address.sin_port)
  }
}

@Suite(
  "Datasette itself",
  .enabled(if: DatasetteServer.isPresent, "no datasette on the path (pip install datasette), or no curl"))
struct DatasetteServerTests {
  /// Whether two values are the same, as JSON has them.
  private func isEqual(_ left: [String: Any], _ right: [String: Any]) -> Bool {
    NSDictionary(dictionary: left).isEqual(to: right)
  }

  @Test("every query's page answers, and its rows are the program's own, with and without parameters")
  func rows() throws {
    let folder = try Folder()
    let database = try Samples.copy("office_monday.pcap.gz+office_friday.pcap.gz", into: folder, as: "case.sqlite")
    let metadata = folder.file("metadata.json")
    try #require(Program.run("datasette", database, "-o", metadata).status == 0)
    let server = try DatasetteServer(database: database, metadata: metadata, folder: folder)
    let tables = Set(try sqlite(database, "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')"))
    for query in QueryTests.names {
      let path = "case/" + (tables.contains(query) ? query + "_query" : query)
      let html = try server.page(path)
      #expect(html.status == "200" && html.text.contains("?</strong></p>"), "\(query)")
      for parameters in [["capture": "2"], ["capture": "", "limit": ""], [:], ["capture": "99"], ["limit": "2"]] {
        let words = parameters.filter { !$0.value.isEmpty }.flatMap { ["--\($0.key)", $0.value] }
        let own = try Program.run(["query", query, database, "--format", "json"] + words)
        // A few queries have no limit.
        guard own.status == 0 else { continue }
        let asked = parameters.map { "&\($0.key)=\($0.value)" }.joined()
        let page = try server.page("\(path).json?_shape=array\(asked)")
        #expect(page.status == "200", "\(query) \(parameters) \(page.text.prefix(200))")
        let rows = try #require(JSONSerialization.jsonObject(with: Data(page.text.utf8)) as? [[String: Any]])
        let expected = try #require(JSONSerialization.jsonObject(with: own.output) as? [[String: Any]])
        #expect(rows.count == expected.count && zip(rows, expected).allSatisfy(isEqual), "\(query) \(parameters)")
      }
    }
    // A number that is compared with a sum, and text that looks like no number.
    for (query, parameter, value) in [
      ("uploads", "bytes", "100000"), ("unknown_ips", "cutoff", "5000"), ("new_since", "baseline", "2"),
      ("new_since", "baseline", "*monday*"), ("long_flows", "seconds", "0.01"), ("first_seen", "value", "45.77"),
      ("conversations_query", "address", "45.77.12.34"),
    ] {
      let name = query.replacingOccurrences(of: "_query", with: "")
      let own = try Program.run("query", name, database, "--format", "json", "--\(parameter)", value)
      let page = try server.page("case/\(query).json?_shape=array&\(parameter)=\(value)")
      let rows = try #require(JSONSerialization.jsonObject(with: Data(page.text.utf8)) as? [[String: Any]])
      let expected = try #require(JSONSerialization.jsonObject(with: own.output) as? [[String: Any]])
      #expect(rows.count == expected.count && zip(rows, expected).allSatisfy(isEqual), "\(query) \(parameter)")
    }
    let conversations = try server.page("case/conversations")
    #expect(conversations.status == "200" && conversations.text.contains("One flow, readable."))
    let flows = try server.page("case/flows")
    #expect(flows.status == "200" && flows.text.contains("One conversation of the innermost IP packets"))
  }
}
