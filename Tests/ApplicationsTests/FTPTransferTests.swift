import Bytes
import Records
import TestSupport
import Testing

@testable import Applications

/// Control connections and their data connections, in any order.
private final class Transfers {
  let context = ApplicationContext(sink: RecordSink(captureID: 1))
  private var controls: [FTPParser] = []
  private var frame: Int64 = 0

  init(controls count: Int = 1) {
    controls = (0..<count).map { number in
      FTPParser(
        flow: FlowIdentity(
          id: Int64(number + 1), client: Endpoint(IPAddress(v4: 0xc000_0201), 40000),
          server: Endpoint(IPAddress(v4: 0xc633_6407 + UInt32(number)), 21)))
    }
    for number in 0..<count {
      say(.server, "220 x", number)
      ask("USER a", "230 in", number)
    }
  }

  func say(_ side: Side, _ text: String, _ number: Int = 0) {
    frame += 1
    let bytes = Array("\(text)\r\n".utf8)
    controls[number].consume(bytes.bytes, from: side, in: stamp(), context: context)
  }

  func ask(_ command: String, _ reply: String, _ number: Int = 0) {
    say(.client, command, number)
    say(.server, reply, number)
  }

  private func stamp() -> FrameStamp { FrameStamp(id: frame, time: nil) }

  /// A new connection to `address`, as the indexer makes it.
  func connect(_ address: String, _ port: UInt16, flow: Int64, fromStart: Bool = true) -> StreamAnalyzer? {
    guard let ip = IPAddress(address), let expected = context.expected.claim(server: Endpoint(ip, port), flowID: flow)
    else { return nil }
    let identity = FlowIdentity(
      id: flow, client: Endpoint(IPAddress(v4: 9), 5000), server: Endpoint(ip, port))
    return StreamAnalyzer(flow: identity, fromStart: fromStart, negotiated: expected)
  }

  func send(_ text: String, on data: StreamAnalyzer?, fromClient: Bool = false) {
    frame += 1
    data?.consume(Array(text.utf8).bytes, fromClient: fromClient, in: stamp(), context: context)
  }

  func lose(_ count: Int, on data: StreamAnalyzer?) {
    frame += 1
    data?.lose(count, fromClient: false, in: stamp(), context: context)
  }

  func close(_ data: StreamAnalyzer?) {
    data?.close(fromClient: false, context: context)
    data?.close(fromClient: true, context: context)
    data?.finish(context: context)
  }

  func finish() -> [EmittedRow] {
    for control in controls { control.finish(context: context) }
    return context.sink.emittedRows()
  }

  static func files(_ rows: [EmittedRow]) -> [[EmittedValue]] {
    rows.of("files").map { row in ["flow_id", "source", "name", "size", "complete"].map { row[$0] } }
  }
}

@Suite("Files over FTP")
struct FTPTransferTests {
  /// SHA-256 of `abc` (FIPS 180-4's example) and of nothing.
  static let abc: EmittedValue = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
  static let nothing: EmittedValue = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

  @Test("a file has its row when both connections have ended, whichever is first", arguments: [true, false])
  func eitherOrder(dataFirst: Bool) {
    let ftp = Transfers()
    ftp.ask("EPSV", "229 (|||6446|)")
    let data = ftp.connect("198.51.100.7", 6446, flow: 9)
    ftp.ask("RETR dir/a.bin", "150 go")
    ftp.send("ab", on: data)
    ftp.send("c", on: data)
    if dataFirst { ftp.close(data) }
    ftp.say(.server, "226 done")
    if !dataFirst { ftp.close(data) }
    let rows = ftp.finish()
    #expect(Transfers.files(rows) == [[9, "ftp", "a.bin", 3, 1]])
    #expect(rows.of("files").map { $0["sha256"] } == [FTPTransferTests.abc])
    #expect(rows.of("files").map { $0["frame_id"] } == [8])
  }

  @Test("the bytes may come before the command is known, and the connection before PORT is answered")
  func early() {
    let ftp = Transfers()
    ftp.say(.client, "PORT 192,0,2,1,7,138")
    let data = ftp.connect("192.0.2.1", 1930, flow: 9)
    #expect(data?.service == "ftp-data" && data?.isNegotiated == true)
    ftp.send("abc", on: data)
    ftp.say(.server, "200 ok")
    ftp.say(.client, "RETR a")
    ftp.close(data)
    ftp.say(.server, "226 done")
    let rows = ftp.finish()
    #expect(Transfers.files(rows) == [[9, "ftp", "a", 3, 1]])
    #expect(rows.of("ftp_data_channels").map { $0["data_flow_id"] } == [9])
    let refused = Transfers()
    refused.say(.client, "PORT 192,0,2,1,7,138")
    refused.say(.server, "500 no")
    #expect(refused.connect("192.0.2.1", 1930, flow: 9) == nil)
  }

  /// How a transfer may end, and whether it was whole.
  @Test(
    "is complete only where the server says so and nothing is missing",
    arguments: [
      ("226 done", "", true), ("250 done", "", true), ("426 broken", "", false), ("", "", false),
      ("226 done", "lose", false),
      ("226 done", "open", false), ("226 done", "late", false), ("226 done", "ABOR", false),
      ("226 done", "REST", false),
    ])
  func completeness(_ reply: String, _ trouble: String, _ isComplete: Bool) {
    let ftp = Transfers()
    if trouble == "REST" { ftp.ask("REST 4", "350 ok") }
    ftp.ask("PASV", "227 (198,51,100,7,4,1)")
    let data = ftp.connect("198.51.100.7", 1025, flow: 9, fromStart: trouble != "late")
    ftp.say(.client, "RETR a")
    ftp.send("ab", on: data)
    if trouble == "lose" { ftp.lose(5, on: data) }
    if trouble == "ABOR" { ftp.say(.client, "ABOR") }
    ftp.send("c", on: data)
    if trouble == "open" { data?.finish(context: ftp.context) } else { ftp.close(data) }
    if !reply.isEmpty { ftp.say(.server, reply) }
    let rows = ftp.finish()
    #expect(Transfers.files(rows) == [[9, "ftp", "a", 3, isComplete ? 1 : 0]])
    #expect(rows.of("files").map { $0["sha256"] } == [isComplete ? FTPTransferTests.abc : nil])
    let offset = rows.of("ftp_commands").last { $0["command"] == "RETR" }?["restart_offset"]
    #expect(offset == (trouble == "REST" ? 4 : EmittedValue.null))
  }

  @Test("an empty file is one; a listing and a refused transfer are none")
  func noBytes() {
    let ftp = Transfers()
    for (port, command, reply) in [(1, "RETR empty", "226 done"), (2, "LIST", "226 done"), (3, "RETR no", "550 no")] {
      ftp.ask("EPSV", "229 (|||\(port)|)")
      let data = ftp.connect("198.51.100.7", UInt16(port), flow: Int64(port + 10))
      ftp.say(.client, command)
      if command == "LIST" { ftp.send("a\r\n", on: data) }
      ftp.close(data)
      ftp.say(.server, reply)
    }
    let rows = ftp.finish()
    #expect(Transfers.files(rows) == [[11, "ftp", "empty", 0, 1]])
    #expect(rows.of("files").map { $0["sha256"] } == [FTPTransferTests.nothing])
    #expect(
      rows.of("files").map { $0["frame_id"] }
        == rows.of("ftp_commands").filter { $0["command"] == "RETR" && $0["reply_code"] == 226 }.map { $0["frame_id"] })
  }

  @Test("what one server sends another is one file of both control connections")
  func betweenServers() {
    let ftp = Transfers(controls: 2)
    ftp.ask("PASV", "227 (198,51,100,8,4,1)", 1)
    ftp.ask("PORT 198,51,100,8,4,1", "200 ok", 0)
    ftp.say(.client, "STOR copy", 1)
    ftp.say(.client, "RETR a", 0)
    let data = ftp.connect("198.51.100.8", 1025, flow: 9)
    ftp.send("abc", on: data, fromClient: true)
    ftp.close(data)
    ftp.say(.server, "226 done", 0)
    #expect(ftp.context.sink.emittedRows().of("files").isEmpty)
    ftp.say(.server, "226 done", 1)
    let rows = ftp.finish()
    #expect(Transfers.files(rows) == [[9, "ftp", "a", 3, 1]])
  }

  @Test("paths are told from the root, or from the login's directory while nobody has asked where that is")
  func workingDirectory() {
    let ftp = Transfers()
    let dialogue = [
      ("CWD in", "250 ok", "~/in"), ("SIZE x", "213 1", "~/in/x"), ("CDUP", "250 ok", "~"), ("SIZE x", "213 1", "~/x"),
      ("CWD ..", "250 ok", nil), ("SIZE x", "213 1", nil), ("SIZE /a//b/./c", "213 1", "/a/b/c"),
      ("PWD", "257 \"/home/a \"\"b\"\"\" is it", nil), ("SIZE x", "213 1", "/home/a \"b\"/x"),
      ("CWD no", "550 no", "/home/a \"b\"/no"), ("SIZE ../y", "213 1", "/home/y"),
      ("CWD link", "250 \"/srv/real\" is the current directory", "/home/a \"b\"/link"),
      ("LIST -la", "226 ok", "/srv/real"),
      ("NLST sub", "226 ok", "/srv/real/sub"), ("SIZE ../../../../z", "213 1", "/z"),
      ("RNFR q", "350 go", "/srv/real/q"),
      ("MFMT 20200101000000 q", "213 ok", "/srv/real/q"), ("CWD ~", "250 ok", "~"), ("REIN", "220 ok", nil),
      ("SIZE x", "213 1", nil),
    ]
    for (command, reply, _) in dialogue { ftp.ask(command, reply) }
    let paths = ftp.finish().of("ftp_commands").dropFirst(2).map { $0["path"] }
    for (path, step) in zip(paths, dialogue) {
      #expect(path == (step.2.map(EmittedValue.text) ?? nil), "\(step)")
    }
  }

  @Test("behind a gap the directory is not known until the server names it")
  func gap() {
    let rows = ParserDriver.rows(
      FTPParser.self,
      [
        .server("220 x\r\n"), .client("USER a\r\n"), .server("230 in\r\n"), .client("CWD /a\r\n"),
        .server("250 ok\r\n"),
        .client("SIZE x\r\n"), .server("213 1\r\n"), .gap(.client, 20), .client("\r\nSIZE y\r\n"), .server("213 1\r\n"),
        .client("PWD\r\n"), .server("257 \"/b\"\r\n"), .client("SIZE z\r\n"), .server("213 1\r\n"),
      ], port: 21)
    #expect(rows.of("ftp_commands").filter { $0["command"] == "SIZE" }.map { $0["path"] } == ["/a/x", nil, "/b/z"])
  }

  @Test("a path of a sender's choice does not grow without end")
  func limits() {
    let ftp = Transfers()
    for _ in 0..<100 { ftp.ask("CWD \(String(repeating: "d/", count: 1000))", "250 ok") }
    let paths = ftp.finish().of("ftp_commands").map { $0["path"].text?.utf8.count ?? 0 }
    #expect((paths.max() ?? 0) <= 4200)
  }
}
