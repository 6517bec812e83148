import TestSupport
import Testing

@testable import Applications

@Suite("POP3 logins")
struct POP3ParserTests {
  private static func logins(_ steps: [Step], sourceLocation: SourceLocation = #_sourceLocation) -> [[EmittedValue]] {
    LoginDialogue.logins(POP3Parser.self, steps, sourceLocation: sourceLocation)
  }

  static let digest = "c4c9334bac560ecc979e58001b3e22fb"

  static let session: [Step] = [
    .server("+OK ready <1896.697170952@mail.example>\r\n"), .client("CAPA\r\n"),
    .server("+OK\r\nUSER\r\nSASL PLAIN LOGIN CRAM-MD5\r\n.\r\n"), .client("USER eve\r\n"), .server("+OK\r\n"),
    .client("PASS gue ss\r\n"), .server("-ERR [AUTH] no\r\n"), .client("APOP eve \(digest.uppercased())\r\n"),
    .server("-ERR no\r\n"), .client("AUTH PLAIN\r\n"), .server("+ \r\n"), .client("\(base64("\0eve\0guess"))\r\n"),
    .server("-ERR no\r\n"), .client("AUTH LOGIN\r\n"), .server("+ VXNlcm5hbWU6\r\n"), .client("\(base64("eve"))\r\n"),
    .server("+ UGFzc3dvcmQ6\r\n"), .client("\(base64("guess2"))\r\n"), .server("-ERR no\r\n"),
    .client("AUTH CRAM-MD5\r\n"), .server("+ PDEyMz5AbWFpbA==\r\n"), .client("\(base64("frieda \(digest)"))\r\n"),
    .server("+OK in\r\n"), .client("RETR 1\r\n"),
    .server("+OK 99 octets\r\nSubject: x\r\n\r\n+OK not\r\n-ERR not\r\n..\r\n.\r\n"), .client("QUIT\r\n"),
    .server("+OK bye\r\n"), .close(.client), .close(.server),
  ]

  @Test("each attempt stands with the server's answer")
  func session() {
    #expect(
      POP3ParserTests.logins(POP3ParserTests.session) == [
        ["USER/PASS", nil, "eve", "gue ss", "password", 0, 6, 7],
        ["APOP", nil, "eve", .text(POP3ParserTests.digest), "hash", 0, 8, 9],
        ["PLAIN", nil, "eve", "guess", "password", 0, 12, 13],
        ["LOGIN", nil, "eve", "guess2", "password", 0, 18, 19],
        ["CRAM-MD5", nil, "frieda", .text(POP3ParserTests.digest), "hash", 1, 22, 23],
      ])
    #expect(ParserDriver.rows(POP3Parser.self, POP3ParserTests.session).of("diagnostics").isEmpty)
  }

  @Test("nothing that is missing gives a login that was not there")
  func gaps() {
    LoginDialogue.checkGaps(POP3Parser.self, POP3ParserTests.session)
  }

  @Test("no mutation, cut or gap traps")
  func mutations() {
    LoginDialogue.mutate(POP3Parser.self, POP3ParserTests.session)
  }

  @Test(
    "each reply says whether it was accepted",
    arguments: [
      ("+OK", 1), ("-ERR", 0), ("-ERR [AUTH] x", 0), ("-ERR [IN-USE] x", 1), ("-ERR [SYS/TEMP] x", nil), ("hello", nil),
    ] as [(String, EmittedValue)])
  func acceptance(_ reply: String, _ accepted: EmittedValue) {
    let found = POP3ParserTests.logins([
      .server("+OK x\r\n"), .client("USER a\r\n"), .server("+OK\r\n"), .client("pass b\r\n"), .server("\(reply)\r\n"),
    ])
    #expect(found == [["USER/PASS", nil, "a", "b", "password", accepted, 4, reply == "hello" ? nil : 5]])
  }

  @Test("pipelined attempts, one without a user, one without an answer")
  func oddLogins() {
    #expect(
      POP3ParserTests.logins([
        .server("+OK x\r\n"), .client("USER a\r\nPASS b\r\nUSER c\r\nPASS d\r\n"),
        .server("+OK\r\n-ERR no\r\n+OK\r\n+OK in\r\n"),
      ]).map { [$0[2], $0[3], $0[5]] } == [["a", "b", 0], ["c", "d", 1]])
    #expect(
      POP3ParserTests.logins([.client("USER a\r\nPASS b\r\n"), .server("+OK x\r\n+OK\r\n-ERR no\r\n")])
        == [["USER/PASS", nil, "a", "b", "password", 0, 1, 2]])
    #expect(
      POP3ParserTests.logins([.server("+OK x\r\n"), .client("PASS b\r\n")])
        == [["USER/PASS", nil, nil, "b", "password", nil, 2, nil]])
    #expect(POP3ParserTests.logins([.server("+OK x\r\n"), .client("USER a\r\n"), .server("-ERR no\r\n")]).isEmpty)
    #expect(POP3ParserTests.logins([.server("+OK x\r\n"), .client("APOP a b\r\nAPOP\r\nAUTH\r\nPASS b")]).isEmpty)
    #expect(
      POP3ParserTests.logins([
        .server("+OK x\r\n"), .client("AUTH PLAIN \(base64("\0a\0b"))\r\n"), .server("+OK in\r\n"),
      ]) == [["PLAIN", nil, "a", "b", "password", 1, 2, 3]])
  }

  @Test("lines of a message are no replies, and one whose end is missing ends with the next command")
  func messages() {
    let tail: [Step] = [.client("USER a\r\nPASS b\r\n"), .server("+OK\r\n-ERR no\r\n")]
    #expect(
      POP3ParserTests.logins(
        [.server("+OK x\r\n"), .client("RETR 1\r\n"), .server("+OK\r\n+OK\r\n"), .gap(.server, 100)] + tail
      )
      .map { $0[5] } == [0])
    for list in ["LIST", "UIDL", "AUTH", "TOP 1 0"] {
      #expect(
        POP3ParserTests.logins(
          [.server("+OK x\r\n"), .client("\(list)\r\n"), .server("+OK\n+OK\n.\n")] + tail
        ).map { $0[5] } == [0])
    }
    #expect(
      POP3ParserTests.logins([.server("+OK x\r\n"), .client("LIST 1\r\n"), .server("+OK 1 9\r\n")] + tail)
        .map { $0[5] } == [0])
  }

  @Test("after STLS was accepted it hands over")
  func startTLS() {
    for (reply, wanted) in [("+OK go\r\n", true), ("-ERR no\r\n", false)] {
      let parser = POP3Parser(flow: ParserDriver.flow())
      LoginDialogue.feed(parser, [.server("+OK x\r\n"), .client("stls\r\n"), .server(reply)])
      #expect(parser.handsOver == wanted)
    }
  }

  @Test("endless lines are held up to a limit, and told once; a flow of something else is left alone")
  func limits() {
    let endless = [UInt8](repeating: 0x41, count: 1_000_000)
    #expect(LoginDialogue.held(POP3Parser.self, after: endless, from: .client) < 20_000)
    #expect(LoginDialogue.held(POP3Parser.self, after: endless, from: .server) < 20_000)
    let long = Array("PASS ".utf8) + endless + [10]
    let rows = ParserDriver.rows(POP3Parser.self, [.bytes(.client, long + long)])
    #expect(rows.of("diagnostics").map { $0["code"] } == ["pop3-line-limit"])
    #expect(rows.of("credentials").isEmpty)
    let noise = Step.client(String(repeating: "x\r\n", count: 60))
    #expect(POP3ParserTests.logins([noise, .client("USER a\r\nPASS b\r\n")]).isEmpty)
    #expect(POP3ParserTests.logins([.client(String(repeating: "PASS b\r\n", count: 300))]).count == 300)
  }

  @Test("is told by its greeting, and not taken for Redis")
  func probe() {
    func probe(_ client: String, _ server: String, fromStart: Bool = true, server port: UInt16 = 4000) -> Probe {
      LoginDialogue.probe(POP3Parser.self, client, server, fromStart: fromStart, server: port)
    }
    for server in ["+", "+OK", "+OK ", "+OK Dovecot", "+OK\r\n"] { #expect(probe("", server) == .more) }
    #expect(probe("", "+OK Dovecot ready.\r\n") == .match)
    for command in ["USER a\r\n", "capa\r\n", "STLS\r\n", "APOP a b\r\n", "AUTH PLAIN\r\n"] {
      #expect(probe(command, "+OK\r\n") == .match)
    }
    for command in ["AUTH secret\r\n", "AUTH\r\n", "PING\r\n", "QUIT\r\n", "*2\r\n$4\r\n", "SET a b\r\n"] {
      #expect(probe(command, "+OK\r\n") == .no)
    }
    for command in ["AUTH\r\n", "QUIT\r\n"] { #expect(probe(command, "+OK ready\r\n") == .match) }
    for server in ["-ERR x\r\n", "* OK x\r\n", "220 x\r\n", "+OKAY\r\n", "+PONG\r\n"] {
      #expect(probe("USER a\r\n", server) == .no)
    }
    #expect(probe("USER a\r\n", "") == .more)
    #expect(probe("USER a\r\n", "", server: 110) == .match)
    #expect(probe("GET / HTTP/1.1\r\n", "", server: 110) == .no)
    #expect(probe("PASS b\r\n", "-ERR no\r\n", fromStart: false) == .match)
    #expect(probe("+OK\r\n", "RETR 1\r\n", fromStart: false) == .reversed)
    #expect(probe("AUTH secret\r\n", "+OK\r\n", fromStart: false) == .no)
    #expect(probe("SET a b\r\n", "+OK\r\n", fromStart: false) == .no)
  }

  @Test("noise is not taken for it")
  func noise() {
    LoginDialogue.checkNoise(POP3Parser.self, ports: [110, 4000])
  }
}
