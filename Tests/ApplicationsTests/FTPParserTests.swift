import Applications
import Bytes
import Records
import TestSupport
import Testing

/// What a command's row shows, for comparing many at once.
private func shown(_ rows: [EmittedRow]) -> [[EmittedValue]] {
  rows.of("ftp_commands").map { row in
    ["command", "argument", "reply_code", "reply_text", "frame_id", "reply_frame_id"].map { row[$0] }
  }
}

@Suite("FTP control connections")
struct FTPParserTests {
  static let session: [Step] = [
    .server("220-Welcome\r\n220 FTP ready\r\n"),
    .client("USER salesxfer\r\n"), .server("331 Password required\r\n"),
    .client("PASS p@ssw0rd\r\n"), .server("230 Logged in\r\n"),
    .client("opts utf8 on\r\n"), .server("200 UTF8 on\r\n"),
    .client("TYPE A\r\n"), .server("200 Type A\r\n"),
    .client("PASV\r\n"), .server("227 Entering Passive Mode (172,16,16,121,192,11).\r\n"),
    .client("LIST\r\n"), .server("150 Opening\r\n"), .server("226 Transfer complete\r\n"),
    .client("QUIT\r\n"), .server("221 Bye\r\n"),
    .close(.client), .close(.server),
  ]

  @Test("a session's commands stand with their replies, whatever the pieces", arguments: [nil, 1, 2, 3, 7])
  func dialogue(_ size: Int?) {
    let rows = ParserDriver.rows(FTPParser.self, FTPParserTests.session, cutInto: size, port: 21)
    #expect(
      shown(rows) == [
        [nil, nil, 220, "Welcome\nFTP ready", 1, 1],
        ["USER", "salesxfer", 331, "Password required", 2, 3],
        ["PASS", "p@ssw0rd", 230, "Logged in", 4, 5],
        ["OPTS", "utf8 on", 200, "UTF8 on", 6, 7],
        ["TYPE", "A", 200, "Type A", 8, 9],
        ["PASV", nil, 227, "Entering Passive Mode (172,16,16,121,192,11).", 10, 11],
        ["LIST", nil, 226, "Transfer complete", 12, 14],
        ["QUIT", nil, 221, "Bye", 15, 16],
      ])
    let replies = rows.of("ftp_replies")
    #expect(replies.map { $0["code"] } == [220, 331, 230, 200, 200, 227, 150, 226, 221])
    #expect(replies.map { $0["command_id"] } == [1, 2, 3, 4, 5, 6, 7, 7, 8])
    #expect(replies.map { $0["frame_id"] } == [1, 3, 5, 7, 9, 11, 13, 14, 16])
    #expect(rows.of("diagnostics").isEmpty)
    #expect(rows == ParserDriver.rows(FTPParser.self, FTPParserTests.session, port: 21))
  }

  @Test("a reply of several lines ends at its code and a blank, whatever its lines begin with")
  func multilineReply() {
    let rows = ParserDriver.rows(
      FTPParser.self,
      [
        .server("220 x\r\n"), .client("FEAT\r\n"),
        .server("211-Features:\r\n UTF8\r\n226 not yet\r\n211-again\n211 End\r\n"), .client("SYST\n"),
        .server("215\r\n"),
      ], port: 21)
    #expect(
      shown(rows).dropFirst() == [
        ["FEAT", nil, 211, "Features:\n UTF8\n226 not yet\nagain\nEnd", 2, 3], ["SYST", nil, 215, "", 4, 5],
      ])
  }

  @Test("pipelined commands get their replies in order")
  func pipelining() {
    let rows = ParserDriver.rows(
      FTPParser.self,
      [
        .server("220 x\r\n"), .client("USER a\r\nPASS b\r\nSYST\r\n"),
        .server("331 p\r\n230 in\r\n215 UNIX\r\n"),
      ], port: 21)
    #expect(rows.of("ftp_commands").map { $0["reply_code"] } == [220, 331, 230, 215])
  }

  @Test("a command that speaks before the greeting comes leaves the greeting its own row")
  func earlyCommand() {
    let rows = ParserDriver.rows(
      FTPParser.self, [.client("USER a\r\n"), .server("120 wait\r\n220 x\r\n331 p\r\n")], port: 21)
    #expect(shown(rows) == [["USER", "a", 331, "p", 1, 2], [nil, nil, 220, "x", 2, 2]])
    #expect(rows.of("ftp_replies").map { $0["command_id"] } == [2, 2, 1])
  }

  @Test("replies that nothing asked for are rows without a command")
  func unsolicitedReply() {
    let rows = ParserDriver.rows(
      FTPParser.self, [.server("220 x\r\n"), .client("NOOP\r\n"), .server("200 ok\r\n"), .server("421 Timeout\r\n")])
    #expect(shown(rows).last == [nil, nil, 421, "Timeout", 4, 4])
  }

  @Test("a command without a final reply keeps the preliminary one, and one without any has none")
  func unansweredCommands() {
    let rows = ParserDriver.rows(
      FTPParser.self, [.server("220 x\r\n"), .client("RETR a\r\n"), .server("150 go\r\n"), .client("STAT\r\nQU")])
    #expect(
      shown(rows).dropFirst() == [
        ["RETR", "a", 150, "go", 2, 3], ["STAT", nil, nil, nil, 4, nil], ["QU", nil, nil, nil, 4, nil],
      ])
  }

  @Test("Telnet commands are taken out, and a doubled 255 is one", arguments: [nil, 1, 3])
  func telnet(_ size: Int?) {
    let rows = ParserDriver.rows(
      FTPParser.self,
      [
        .server("220 x\r\n"), .bytes(.client, [0xff, 0xf4, 0xff, 0xf2] + Array("ABOR\r\n".utf8)),
        .server("226 done\r\n"),
        .bytes(
          .client,
          [0xff, 0xfb, 0x01, 0xff, 0xfa, 0x18, 0xff, 0xff, 0xff, 0xf0] + Array("CWD ".utf8) + [0xff, 0xff, 0x0d, 0x0a]),
        .bytes(.client, Array("CWD ".utf8) + [0xff, 0x61, 0x0d, 0x0a]),
      ], cutInto: size)
    #expect(rows.of("ftp_commands").map { $0["command"] } == [nil, "ABOR", "CWD", "CWD"])
    #expect(rows.of("ftp_commands").map { $0["argument"] } == [nil, nil, "\u{efff}", "\u{efff}a"])
  }

  @Test("arguments are as sent: blanks, bytes that are no UTF-8")
  func arguments() {
    let rows = ParserDriver.rows(
      FTPParser.self,
      [.bytes(.client, Array("retr  a b \r\nSTOR ".utf8) + [0xe9, 0x0d, 0x0a] + Array("LIST \r\n".utf8))])
    #expect(rows.of("ftp_commands").map { $0["command"] } == ["RETR", "STOR", "LIST"])
    #expect(rows.of("ftp_commands").map { $0["argument"] } == [" a b ", "\u{efe9}", nil])
  }

  @Test("lines over the limit are cut with a diagnostic", arguments: [nil, 7])
  func longLine(_ size: Int?) {
    let path = String(repeating: "a", count: 4091)
    let rows = ParserDriver.rows(
      FTPParser.self, [.client("RETR \(path)\r\n"), .client("RETR \(path)b\r\nNOOP\r\n")], cutInto: size)
    #expect(rows.of("ftp_commands").map { $0["argument"] } == [.text(path), .text(path), nil])
    #expect(rows.of("diagnostics").map { $0["code"] } == ["ftp-line-limit"])
    #expect(rows.of("diagnostics").map { $0["frame_id"] } == [2])
  }

  @Test("more unanswered commands than the limit are given up from the oldest, with one diagnostic")
  func pendingLimit() {
    let rows = ParserDriver.rows(
      FTPParser.self, [.client(String(repeating: "NOOP\r\n", count: 1500)), .server("200 x\r\n")])
    #expect(rows.of("ftp_commands").count == 1500)
    #expect(rows.of("ftp_commands").firstIndex { $0["reply_code"] == 200 } == 500)
    #expect(rows.of("diagnostics").map { $0["code"] } == ["ftp-pending-limit"])
  }

  @Test("behind a gap the next whole line is read, and a command whose reply was lost is not given the next one")
  func gaps() {
    let rows = ParserDriver.rows(
      FTPParser.self,
      [
        .server("220 x\r\n"), .client("USER a\r\n"), .server("331"), .gap(.server, 10), .server("er\r\n"),
        .client("PASS b\r\n"), .server("230 in\r\n"), .client("CW"), .gap(.client, 5), .client("rest\r\nPWD\r\n"),
        .server("257 /\r\n"),
      ])
    #expect(
      shown(rows).dropFirst() == [
        ["USER", "a", nil, nil, 2, nil], ["PASS", "b", 230, "in", 6, 7], ["PWD", nil, 257, "/", 10, 11],
      ])
    #expect(rows.of("credentials").map { $0["accepted"] } == [1])
  }

  @Test("a reply that stands whole behind a gap is read")
  func replyBehindGap() {
    let rows = ParserDriver.rows(
      FTPParser.self,
      [
        .server("220 x\r\n"), .client("CWD /\r\n"), .server("25"), .gap(.server, 40), .server("250 moved\r\n"),
      ])
    #expect(shown(rows).dropFirst() == [["CWD", "/", 250, "moved", 2, 5]])
  }

  @Test("after AUTH TLS was accepted the stream is not looked at")
  func encryption() {
    let rows = ParserDriver.rows(
      FTPParser.self,
      [
        .server("220 x\r\n"), .client("AUTH TLS\r\n"), .server("234 go\r\n"),
        .bytes(.client, [0x16, 0x03, 0x01, 0x0a, 0x41, 0x0a]), .bytes(.server, [0x16, 0x03, 0x03, 0x0a]),
      ])
    #expect(rows.of("ftp_commands").map { $0["command"] } == [nil, "AUTH"])
    #expect(rows.of("diagnostics").isEmpty)
    let refused = ParserDriver.rows(
      FTPParser.self, [.client("AUTH TLS\r\n"), .server("530 no\r\n"), .client("USER a\r\n")])
    #expect(refused.of("ftp_commands").map { $0["command"] } == ["AUTH", "USER"])
  }

  @Test("a reply of more lines than the limit is cut with a diagnostic")
  func longReply() {
    let help = "214-help\r\n" + String(repeating: " x\r\n", count: 12_000) + "214 end\r\n"
    let rows = ParserDriver.rows(FTPParser.self, [.client("HELP\r\nNOOP\r\n"), .server(help + "200 ok\r\n")])
    #expect(rows.of("ftp_commands").map { $0["reply_code"] } == [214, 200])
    #expect(rows.of("diagnostics").map { $0["code"] } == ["ftp-reply-limit"])
  }

  @Test("lines of a server that are no replies are told once")
  func strayLines() {
    let rows = ParserDriver.rows(FTPParser.self, [.server("hello\r\nthere\r\n\r\n220 x\r\n")])
    #expect(rows.of("diagnostics").map { $0["code"] } == ["malformed-ftp"])
    #expect(rows.of("ftp_commands").map { $0["reply_code"] } == [220])
  }

  @Test("no mutation, cut or gap traps")
  func mutations() {
    var seed: UInt64 = 7
    func random(_ bound: Int) -> Int {
      seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(seed >> 33) % bound
    }
    for _ in 0..<1500 {
      let steps = FTPParserTests.session.map { step -> Step in
        guard case .bytes(let side, var bytes) = step else { return step }
        if random(8) == 0 { return .gap(side, random(100)) }
        for _ in 0..<random(4) { bytes[random(bytes.count)] = UInt8(random(256)) }
        return .bytes(side, bytes)
      }
      let whole = ParserDriver.rows(FTPParser.self, steps)
      #expect(whole == ParserDriver.rows(FTPParser.self, steps, cutInto: 1 + random(5)))
    }
  }
}
