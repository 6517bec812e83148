import Foundation
import Indexer
import Store
import Testing

/// A capture filter, and several captures in one database.
@Suite("What is read into a database")
struct FilterTests {
  @Test("a filter keeps the frames that pass with the numbers they have in the capture")
  func numbers() throws {
    let filtered = try Case("ftp_session.pcap", filter: "tcp port 21")
    let whole = try Case("ftp_session.pcap")
    let wanted = "SELECT fr.number, fr.ts, fr.length, fr.tcp_seq FROM frames fr"
    #expect(
      try filtered.rows(wanted + " ORDER BY fr.id")
        == whole.rows(
          wanted + " JOIN flows f ON f.id = fr.flow_id WHERE 21 IN (f.client_port, f.server_port) ORDER BY fr.id"))
    #expect(try filtered.rows("SELECT DISTINCT server_port FROM flows") == ["21"])
    #expect(try filtered.rows("SELECT frame_count, filter, status FROM captures") == ["82|tcp port 21|complete"])
    #expect(filtered.summaries.map(\.frames) == [82])
  }

  @Test("a filter's rows point to the frames as Wireshark numbers them")
  func rowsOfFilteredFrames() throws {
    let filtered = try Case("ftp_session.pcap", filter: "tcp port 21")
    #expect(
      try filtered.rows(
        "SELECT f.number, c.secret FROM credentials c JOIN frames f ON f.id = c.frame_id ORDER BY c.id") == [
          "8|p@ssw0rd", "115|wrong",
        ])
    // The control connection still tells the endpoint; its data connections did not pass.
    #expect(
      try filtered.rows("SELECT DISTINCT port, data_flow_id FROM ftp_data_channels ORDER BY port") == [
        "49163|", "50021|",
      ])
    #expect(try filtered.complaints() == [])
  }

  @Test("a filter without an expression is none", arguments: ["", " \t"])
  func emptyFilter(expression: String) throws {
    let whole = try Case("ftp_session.pcap", filter: expression)
    #expect(try whole.rows("SELECT filter IS NULL, status FROM captures") == ["1|complete"])
  }

  @Test("the same capture given twice is refused as such, and nothing is made")
  func givenTwice() throws {
    let folder = try Folder()
    let path = Repository.capture("sll.pcap")
    let options = IngestOptions(captures: [path, path], database: folder.file("case.sqlite"), version: "test")
    var refusal = ""
    do throws(IngestError) { _ = try Ingest(options).run() } catch { refusal = error.description }
    #expect(refusal == "\(path): this capture is given twice")
    #expect(!FileManager.default.fileExists(atPath: folder.file("case.sqlite")))
  }

  @Test("a filter that nothing passes leaves a capture without frames")
  func nothingPasses() throws {
    let filtered = try Case("ftp_session.pcap", filter: "udp port 9")
    #expect(try filtered.rows("SELECT frame_count, first_ts, status FROM captures") == ["0||complete"])
    #expect(try filtered.rows("SELECT id FROM flows") == [])
    #expect(try filtered.complaints() == [])
  }

  @Test("a filter that libpcap does not understand is refused, and leaves no database")
  func wrongFilter() throws {
    let folder = try Folder()
    let options = IngestOptions(
      captures: [Repository.capture("sll.pcap")], database: folder.file("d.sqlite"), filter: "tcp prot 21",
      version: "test")
    let error = #expect(throws: IngestError.self) { try Ingest(options).run() }
    guard case .filter = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(!FileManager.default.fileExists(atPath: folder.file("d.sqlite")))
  }

  @Test("several captures share addresses, and their ids go on")
  func several() throws {
    let both = try Case("vlan_8021q.pcap", "ftp_session.pcap", "vlan_qinq.pcap")
    #expect(
      try both.rows(
        """
        SELECT c.id, c.frame_count, min(f.id), max(f.id), min(f.number), max(f.number) FROM captures c
        JOIN frames f ON f.capture_id = c.id GROUP BY c.id
        """
      )
        == ["1|16|1|16|1|16", "2|121|17|137|1|121", "3|16|138|153|1|16"])
    #expect(
      try both.rows(
        "SELECT count(*), count(DISTINCT ip), count(DISTINCT key) FROM addresses WHERE ip = '93.184.215.14'")
        == ["1|1|1"])
    #expect(
      try both.rows("SELECT capture_id, name, source FROM host_names WHERE ip = '93.184.215.14' ORDER BY 1, 3") == [
        "1|www.example.com|dns", "1|www.example.com|http", "3|www.example.com|dns", "3|www.example.com|http",
      ])
    #expect(
      try both.rows(
        "SELECT f.number, f.capture_id, c.secret FROM credentials c JOIN frames f ON f.id = c.frame_id ORDER BY c.id")
        == ["8|2|p@ssw0rd", "115|2|wrong"])
    #expect(try both.complaints() == [])
  }

  @Test("a capture added later gives the rows that it gives alone")
  func addedLater() throws {
    let folder = try Folder()
    let database = folder.file("d.sqlite")
    for capture in ["browse.pcapng", "http_session.pcap"] {
      let options = IngestOptions(captures: [Repository.capture(capture)], database: database, version: "test")
      #expect(try Ingest(options).run().count == 1)
    }
    let together = try Case("browse.pcapng", "http_session.pcap")
    let alone = try Case("http_session.pcap")
    let flows = FlowTests.flows
    let expected = try alone.rows(flows + " ORDER BY f.id")
    #expect(try together.rows(flows + " WHERE f.capture_id = 2 ORDER BY f.id") == expected)
    let added = try Case(opening: database)
    #expect(try added.rows(flows + " WHERE f.capture_id = 2 ORDER BY f.id") == expected)
    #expect(try added.dump() == together.dump())
    #expect(try added.complaints() == [])
  }

  @Test("the same capture twice is refused by name, and the database stays as it was to the byte")
  func twice() throws {
    let folder = try Folder()
    let database = folder.file("d.sqlite")
    let path = Repository.capture("ftp_session.pcap")
    _ = try Ingest(IngestOptions(captures: [path], database: database, version: "test")).run()
    let before = try Data(contentsOf: URL(fileURLWithPath: database))
    let copy = try folder.write("copy.pcap", try Data(contentsOf: URL(fileURLWithPath: path)))
    for captures in [[path], [copy], [Repository.capture("sll.pcap"), copy]] {
      let options = IngestOptions(captures: captures, database: database, version: "test")
      let error = #expect(throws: IngestError.self) { try Ingest(options).run() }
      guard case .duplicate(let refused, let first) = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
      #expect(refused == captures.last)
      #expect(first == path)
      #expect(try Data(contentsOf: URL(fileURLWithPath: database)) == before)
    }
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["copy.pcap", "d.sqlite"])
  }

  @Test("the same capture given twice at once is refused too, and leaves no database")
  func twiceAtOnce() throws {
    let folder = try Folder()
    let path = Repository.capture("sll.pcap")
    let options = IngestOptions(captures: [path, path], database: folder.file("d.sqlite"), version: "test")
    #expect(throws: IngestError.self) { try Ingest(options).run() }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
  }

  @Test("with another filter the same capture is another reading")
  func anotherFilter() throws {
    let folder = try Folder()
    let database = folder.file("d.sqlite")
    for filter in [nil, "tcp port 21", "udp"] {
      let options = IngestOptions(
        captures: [Repository.capture("ftp_session.pcap")], database: database, filter: filter, version: "test")
      #expect(try Ingest(options).run().map(\.status) == ["complete"])
    }
    let readings = try Case(opening: database)
    #expect(
      try readings.rows("SELECT id, filter, frame_count FROM captures ORDER BY id") == [
        "1||121", "2|tcp port 21|82", "3|udp|0",
      ])
    #expect(try readings.complaints() == [])
  }
}
