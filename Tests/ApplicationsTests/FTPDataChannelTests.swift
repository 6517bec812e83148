import Applications
import Bytes
import Records
import TestSupport
import Testing

/// Drives a parser with its context at hand, so that data connections can appear between its lines.
private final class Control {
  let context = ApplicationContext(sink: RecordSink(captureID: 1))
  let parser = FTPParser(flow: ParserDriver.flow(port: 21))
  private var frame: Int64 = 0

  init() {
    say(.server, "220 x")
  }

  func say(_ side: Side, _ text: String) {
    frame += 1
    let bytes = Array("\(text)\r\n".utf8)
    parser.consume(bytes.bytes, from: side, in: FrameStamp(id: frame, time: nil), context: context)
  }

  func ask(_ command: String, _ reply: String) {
    say(.client, command)
    say(.server, reply)
  }

  func connect(_ address: String, _ port: UInt16, flow: Int64) -> String? {
    guard let address = IPAddress(address) else { return nil }
    return context.expected.claim(server: Endpoint(address, port), flowID: flow)?.service
  }

  func finish() -> [EmittedRow] {
    parser.finish(context: context)
    return context.sink.emittedRows()
  }
}

private func channels(_ rows: [EmittedRow]) -> [[EmittedValue]] {
  let addresses = Dictionary(
    rows.of("addresses").map { ($0.id, $0["ip"]) }, uniquingKeysWith: { first, _ in first })
  return rows.of("ftp_data_channels").map { row in
    [
      row["command_id"], row["mode"], addresses[row["address_id"].integer ?? 0] ?? nil, row["port"],
      row["data_flow_id"],
      row["transfer_command_id"],
    ]
  }
}

@Suite("FTP data channels")
struct FTPDataChannelTests {
  @Test("a passive channel is joined to the connection that comes and to its transfer")
  func passive() {
    let control = Control()
    control.ask("PASV", "227 Entering Passive Mode (172,16,16,121,192,11).")
    #expect(control.connect("172.16.16.121", 49163, flow: 9) == "ftp-data")
    control.ask("LIST", "150 go")
    control.say(.server, "226 done")
    #expect(!control.context.expected.isWaiting)
    #expect(channels(control.finish()) == [[2, "passive", "172.16.16.121", 49163, 9, 3]])
  }

  @Test("behind address translation the connection goes to the server's own address, and may come after the command")
  func translatedAddress() {
    let control = Control()
    control.ask("PASV", "227 =10,0,0,1,4,1")
    control.ask("RETR a", "150 go")
    #expect(control.connect("198.51.100.7", 1025, flow: 5) == "ftp-data")
    control.say(.server, "226 done")
    #expect(channels(control.finish()) == [[2, "passive", "10.0.0.1", 1025, 5, 3]])
  }

  @Test("EPSV is for the server's own address, EPRT and PORT for the client's")
  func otherForms() {
    let control = Control()
    control.ask("EPSV", "229 Entering Extended Passive Mode (|||6446|)")
    control.ask("PORT 192,0,2,1,7,138", "200 ok")
    #expect(control.connect("192.0.2.1", 1930, flow: 7) == "ftp-data")
    control.ask("STOR x", "226 done")
    control.ask("EPRT |2|2001:db8::1|5282|", "200 ok")
    control.ask("EPRT !1!192.0.2.1!5283!", "200 ok")
    control.ask("LPRT 4,4,192,0,2,1,2,20,164", "200 ok")
    control.ask("LPSV", "228 x (6,16,32,1,13,184,0,0,0,0,0,0,0,0,0,0,0,1,2,20,165)")
    #expect(
      channels(control.finish()) == [
        [2, "passive", "198.51.100.7", 6446, nil, nil], [3, "active", "192.0.2.1", 1930, 7, 4],
        [5, "active", "2001:db8::1", 5282, nil, nil], [6, "active", "192.0.2.1", 5283, nil, nil],
        [7, "active", "192.0.2.1", 5284, nil, nil], [8, "passive", "2001:db8::1", 5285, nil, nil],
      ])
  }

  @Test("a refused command settles nothing")
  func refused() {
    let control = Control()
    control.ask("PORT 192,0,2,1,7,138", "500 no")
    control.ask("PASV", "530 log in")
    let rows = control.finish()
    #expect(rows.of("ftp_data_channels").isEmpty)
    #expect(rows.of("diagnostics").isEmpty)
  }

  @Test("a refused transfer leaves the channel to the next one")
  func refusedTransfer() {
    let control = Control()
    control.ask("PORT 192,0,2,1,7,138", "200 ok")
    control.ask("RETR a", "550 no such file")
    control.say(.client, "RETR b")
    #expect(control.connect("192.0.2.1", 1930, flow: 7) == "ftp-data")
    control.say(.server, "226 done")
    #expect(channels(control.finish()) == [[2, "active", "192.0.2.1", 1930, 7, 4]])
  }

  @Test("pipelined, the transfer behind PASV is the channel's")
  func pipelined() {
    let control = Control()
    control.say(.client, "PASV\r\nLIST\r\nPASV\r\nRETR a")
    control.say(.server, "227 (10,0,0,1,4,1)\r\n226 done\r\n227 (10,0,0,1,4,2)\r\n226 done")
    #expect(
      channels(control.finish()) == [
        [2, "passive", "10.0.0.1", 1025, nil, 3], [4, "passive", "10.0.0.1", 1026, nil, 5],
      ])
  }

  @Test("a transfer without a final reply has its channel at the end")
  func unfinishedTransfer() {
    let control = Control()
    control.ask("EPSV", "229 (|||6446|)")
    control.say(.client, "RETR a")
    #expect(control.connect("198.51.100.7", 6446, flow: 3) == "ftp-data")
    #expect(channels(control.finish()) == [[2, "passive", "198.51.100.7", 6446, 3, 3]])
  }

  @Test(
    "numbers that are no endpoint are told and not believed",
    arguments: [
      "227 (256,0,0,1,4,1)", "227 (10,0,0,1,0,0)", "227 (10,0,0,1,4)", "227 (1,2,3,4,5,6,7)", "227 none",
      "227 (99999999999999999999,0,0,1,4,1)", "227 (10,,0,0,1,4,1)", "227",
    ])
  func impossiblePassive(_ reply: String) {
    let control = Control()
    control.ask("PASV", reply)
    let rows = control.finish()
    #expect(rows.of("ftp_data_channels").isEmpty)
    #expect(rows.of("diagnostics").map { $0["code"] } == ["malformed-ftp-endpoint"])
  }

  @Test(
    "nor are those of extended forms",
    arguments: [
      ("EPSV", "229 (|||70000|)"), ("EPSV", "229 (|||0|)"), ("EPSV", "229 (||6446|)"), ("EPSV", "229 (|||6446"),
      ("EPRT |1|2001:db8::1|5282|", "200"), ("EPRT |3|192.0.2.1|1|", "200"), ("EPRT |1|192.0.2.1|99999|", "200"),
      ("EPRT", "200"), ("EPRT |", "200"), ("PORT 1,2,3,4,5", "200"), ("LPRT 4,4,1,2,3,4,1,5", "200"),
    ])
  func impossibleExtended(_ command: String, _ reply: String) {
    let control = Control()
    control.ask(command, reply)
    let rows = control.finish()
    #expect(rows.of("ftp_data_channels").isEmpty)
    #expect(rows.of("diagnostics").map { $0["code"] } == ["malformed-ftp-endpoint"])
  }
}
