import Foundation
import Indexer
import Store
import Testing

/// What `notes.pcapng` says beside its packets.
@Suite struct CaptureNotesTests {
  let notes: Case

  init() throws { notes = try Case("notes.pcapng") }

  @Test("comments on the file and on frames are rows, and the answer of a query")
  func comments() throws {
    #expect(
      try notes.rows("SELECT subject, text, number FROM comments c LEFT JOIN frames f ON f.id = c.frame_id") == [
        "file|Notes of a case: who rang at noon?|", "frame|first of two|3", "frame|the gateway answers|4",
      ])
    let rows = try notes.query("comments", ["contains": "GATEWAY"])
    #expect(rows.map { [$0["about"], $0["frame"], $0["capture"]] } == [["frame", "4", "1"]])
    // Only of frames that are stored.
    let tcp = try Case("notes.pcapng", filter: "tcp")
    #expect(try tcp.rows("SELECT subject FROM comments") == ["file"])
    #expect(try tcp.rows("SELECT number FROM frame_flags JOIN frames ON id = frame_id") == ["5"])
  }

  @Test("names are those of the capture file, without a frame, and explain nothing")
  func names() throws {
    #expect(
      try notes.rows("SELECT ip, name, first_frame, capture_id FROM host_names WHERE source = 'capture'") == [
        "198.51.100.30|noted.example.com||1", "198.51.100.30|www.noted.example.com||1",
        "203.0.113.9|never.example.net||1",
      ])
    #expect(try notes.query("host_names", ["address": "203.0.113.9"]).map { $0["first_frame"] } == ["NULL"])
    let folder = try Folder()
    let list = try folder.write("allow.yaml", Array("oksuffixes:\n  - .example.com\n".utf8))
    let allowed = try Case("notes.pcapng", allow: [list])
    let verdict = """
      SELECT explained, reason FROM address_verdicts v JOIN addresses a ON a.id = v.address_id WHERE ip = '198.51.100.30'
      """
    // SNI names it as well, and that counts.
    #expect(try allowed.rows(verdict) == ["1|"])
    let ping = try Case("notes.pcapng", filter: "icmp", allow: [list])
    #expect(try ping.rows(verdict) == ["0|no name"])
    // An address that only the capture file names is none that the capture holds.
    #expect(
      try allowed.rows(
        "SELECT count(*) FROM address_verdicts v JOIN addresses a ON a.id = v.address_id WHERE ip = '203.0.113.9'") == [
          "0"
        ])
  }

  @Test("drops are those of the last statistics, told by the summary and a query")
  func drops() throws {
    #expect(notes.summaries.map(\.dropped) == [15])
    #expect(
      try notes.rows(
        """
        SELECT received, dropped, dropped_by_system, accepted, lost_between, start_ts = first_ts, end_ts = last_ts
        FROM interface_statistics CROSS JOIN captures
        """) == ["1000|12|3|||1|1"])
    let rows = try notes.query("capture_drops", ["drops": "1"])
    #expect(
      rows.map { [$0["interface"], $0["dropped"], $0["dropped_by_system"], $0["lost_percent"]] } == [
        ["eth0", "12", "3", "1.5"]
      ])
    #expect(try Case("sll.pcap").query("capture_drops").isEmpty)
  }

  @Test("flags say which way a frame went")
  func flags() throws {
    #expect(
      try notes.rows(
        "SELECT number, direction, reception, fcs_length, g.errors FROM frame_flags g JOIN frames f ON f.id = g.frame_id"
      )
        == ["3|in|unicast||0", "4|out|||0", "5|||4|1"])
  }

  @Test("secrets are kept as they are, and hidden where they shall not be shown")
  func secrets() throws {
    #expect(try notes.rows("SELECT type, capture_id FROM decryption_secrets") == ["TLS|1"])
    let log = try #require(try notes.value("SELECT CAST(secret AS TEXT) FROM decryption_secrets"))
    let line = try #require(log.split(separator: "\n").first { $0.hasPrefix("CLIENT_TRAFFIC_SECRET_0 ") })
    let key = try #require(line.split(separator: " ").last.map(String.init))
    #expect(key.count == 96 || key.count == 64)
    let redaction = try Redaction(database: notes.database)
    let hidden = redaction.hide(
      in: [.text("with \(key)."), .blob(Array(log.utf8)), .text(log)], columns: ["a", "b", "secret"])
    #expect(hidden == [.text("with ********."), .text("********"), .text("********")])
  }

  @Test("compression is told, and the same rows come out of it")
  func compression() throws {
    let folder = try Folder()
    let packed = try Program.gzip(Repository.capture("notes.pcapng"))
    let path = try folder.write("notes.pcapng.gz", packed)
    let gzip = try Case(path)
    #expect(try gzip.rows("SELECT compression, format, size_bytes FROM captures") == ["gzip|pcapng|\(packed.count)"])
    #expect(try notes.rows("SELECT compression FROM captures") == [""])
    #expect(try gzip.rows("SELECT * FROM frames") == notes.rows("SELECT * FROM frames"))
  }

  private enum Program {
    static func gzip(_ path: String) throws -> [UInt8] {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/bin/gzip")
      process.arguments = ["-c", path]
      let pipe = Pipe()
      process.standardOutput = pipe
      try process.run()
      let data = pipe.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      return [UInt8](data)
    }
  }
}
