import TestSupport
import Testing

@testable import Applications

@Suite("NNTP logins")
struct NNTPParserTests {
  private static func logins(_ steps: [Step], sourceLocation: SourceLocation = #_sourceLocation) -> [[EmittedValue]] {
    LoginDialogue.logins(NNTPParser.self, steps, sourceLocation: sourceLocation)
  }

  static let session: [Step] = [
    .server("200 news.example InterNetNews NNRP server ready\r\n"), .client("MODE READER\r\n"), .server("200 ok\r\n"),
    .client("AUTHINFO USER eve\r\n"), .server("381 more\r\n"), .client("AUTHINFO PASS gue ss\r\n"),
    .server("481 no\r\n"), .client("AUTHINFO SASL PLAIN \(base64("\0eve\0guess"))\r\n"), .server("481 no\r\n"),
    .client("AUTHINFO SASL LOGIN\r\n"), .server("383 VXNlcm5hbWU6\r\n"), .client("\(base64("eve"))\r\n"),
    .server("383 UGFzc3dvcmQ6\r\n"), .client("\(base64("guess2"))\r\n"), .server("481 no\r\n"),
    .client("authinfo user frieda\r\n"), .server("381 more\r\n"), .client("authinfo pass secret\r\n"),
    .server("281 in\r\n"), .client("GROUP misc.test\r\n"), .server("211 1 1 1 misc.test\r\n"), .client("ARTICLE 1\r\n"),
    .server("220 1 <a@b>\r\nSubject: x\r\n\r\n281 not\r\n481 not\r\n.\r\n"), .client("POST\r\n"), .server("340 go\r\n"),
    .client("Subject: y\r\n\r\nAUTHINFO USER not\r\nAUTHINFO PASS alogin\r\n.\r\n"), .server("240 posted\r\n"),
    .client("QUIT\r\n"), .server("205 bye\r\n"), .close(.client), .close(.server),
  ]

  @Test("each attempt stands with the server's answer")
  func session() {
    #expect(
      NNTPParserTests.logins(NNTPParserTests.session) == [
        ["USER/PASS", nil, "eve", "gue ss", "password", 0, 6, 7],
        ["PLAIN", nil, "eve", "guess", "password", 0, 8, 9],
        ["LOGIN", nil, "eve", "guess2", "password", 0, 14, 15],
        ["USER/PASS", nil, "frieda", "secret", "password", 1, 18, 19],
      ])
    #expect(ParserDriver.rows(NNTPParser.self, NNTPParserTests.session).of("diagnostics").isEmpty)
  }

  @Test("nothing that is missing gives a login that was not there")
  func gaps() {
    LoginDialogue.checkGaps(NNTPParser.self, NNTPParserTests.session)
  }

  @Test("no mutation, cut or gap traps")
  func mutations() {
    LoginDialogue.mutate(NNTPParser.self, NNTPParserTests.session)
  }

  @Test(
    "each reply says whether it was accepted",
    arguments: [("281 in", 1), ("481 no", 0), ("482 order", 0), ("502 never", 0), ("400 bye", nil)]
      as [(String, EmittedValue)])
  func acceptance(_ reply: String, _ accepted: EmittedValue) {
    let found = NNTPParserTests.logins([
      .server("201 x\r\n"), .client("AUTHINFO USER a\r\nAUTHINFO PASS b\r\n"), .server("381 x\r\n\(reply)\r\n"),
    ])
    #expect(found == [["USER/PASS", nil, "a", "b", "password", accepted, 2, 3]])
  }

  @Test("a user who needs no password has none; what is no login is none")
  func oddLogins() {
    #expect(
      NNTPParserTests.logins([.server("200 x\r\n"), .client("AUTHINFO USER a\r\n"), .server("281 in\r\n")])
        == [["USER/PASS", nil, "a", nil, "password", 1, 2, 3]])
    #expect(
      NNTPParserTests.logins([
        .server("200 x\r\n"), .client("AUTHINFO USER a\r\n"), .server("482 no\r\n"), .client("AUTHINFO\r\n"),
        .server("501 no\r\n"), .client("AUTHINFO SASL\r\n"), .server("501 no\r\n"), .client("AUTHINFO GENERIC x\r\n"),
      ]).isEmpty)
    #expect(
      NNTPParserTests.logins([.client("AUTHINFO PASS b\r\n"), .server("200 hello\r\n482 no\r\n")])
        == [["USER/PASS", nil, nil, "b", "password", 0, 1, 2]])
  }

  @Test("lines of lists and articles are no replies or commands, and those whose end is missing end with what follows")
  func texts() {
    let tail: [Step] = [.client("AUTHINFO PASS b\r\n"), .server("481 no\r\n")]
    for command in ["LISTGROUP a": "211", "LIST": "215", "XOVER 1": "224", "CAPABILITIES": "101", "HELP": "100"] {
      #expect(
        NNTPParserTests.logins(
          [.server("200 x\r\n"), .client("\(command.key)\r\n"), .server("\(command.value) x\r\n281 no\r\n.\r\n")] + tail
        )
        .map { $0[5] } == [0])
    }
    #expect(
      NNTPParserTests.logins(
        [.server("200 x\r\n"), .client("BODY 1\r\n"), .server("222 x\r\n281 no\r\n"), .gap(.server, 9)] + tail
      )
      .map { $0[5] } == [0])
    #expect(
      NNTPParserTests.logins(
        [.server("200 x\r\n"), .client("TAKETHIS <a>\r\nAUTHINFO PASS not\r\n.\r\n"), .server("239 <a>\r\n")] + tail
      )
      .map { $0[3] } == ["b"])
    #expect(
      NNTPParserTests.logins(
        [.server("200 x\r\n"), .client("IHAVE <a>\r\n"), .server("335 go\r\n"), .client("x\r\n"), .gap(.client, 9)]
          + [.server("235 ok\r\n")] + tail
      ).map { $0[3] } == ["b"])
  }

  @Test("after STARTTLS was accepted it hands over, after COMPRESS it looks at nothing more")
  func changes() {
    for (reply, wanted) in [("382 go\r\n", true), ("580 no\r\n", false)] {
      let parser = NNTPParser(flow: ParserDriver.flow())
      LoginDialogue.feed(parser, [.server("200 x\r\n"), .client("STARTTLS\r\n"), .server(reply)])
      #expect(parser.handsOver == wanted)
    }
    #expect(
      NNTPParserTests.logins([
        .server("200 x\r\n"), .client("COMPRESS DEFLATE\r\n"), .server("206 on\r\n"), .client("AUTHINFO PASS b\r\n"),
      ]).isEmpty)
  }

  @Test("endless lines are held up to a limit, and told once; a flow of something else is left alone")
  func limits() {
    let endless = [UInt8](repeating: 0x41, count: 1_000_000)
    #expect(LoginDialogue.held(NNTPParser.self, after: endless, from: .client) < 20_000)
    #expect(LoginDialogue.held(NNTPParser.self, after: endless, from: .server) < 20_000)
    let long = Array("AUTHINFO PASS ".utf8) + endless + [10]
    let rows = ParserDriver.rows(NNTPParser.self, [.bytes(.client, long + long)])
    #expect(rows.of("diagnostics").map { $0["code"] } == ["nntp-line-limit"])
    #expect(rows.of("credentials").isEmpty)
    let noise = Step.client(String(repeating: "x\r\n", count: 60))
    #expect(NNTPParserTests.logins([noise, .client("AUTHINFO PASS b\r\n")]).isEmpty)
    #expect(NNTPParserTests.logins([.client(String(repeating: "AUTHINFO PASS b\r\n", count: 300))]).count == 300)
  }

  @Test("is told by the greeting and the first command")
  func probe() {
    func probe(_ client: String, _ server: String, fromStart: Bool = true, server port: UInt16 = 4000) -> Probe {
      LoginDialogue.probe(NNTPParser.self, client, server, fromStart: fromStart, server: port)
    }
    #expect(probe("", "200 news.example InterNetNews NNRP server ready\r\n") == .match)
    #expect(probe("", "201 nntp only for reading\r\n") == .match)
    for server in ["2", "200", "200 hello\r\n"] { #expect(probe("", server) == .more) }
    #expect(probe("", "200 hello\r\n", server: 119) == .match)
    for client in ["MODE READER\r\n", "authinfo user a\r\n", "CAPABILITIES\r\n", "GROUP a\r\n"] {
      #expect(probe(client, "200 hello\r\n") == .match)
      #expect(probe(client, "") == .more)
      #expect(probe(client, "", server: 119) == .match)
    }
    for client in ["USER a\r\n", "HELP\r\n", "LIST\r\n", "QUIT\r\n", "MODE x\r\n"] {
      #expect(probe(client, "200 hello\r\n") == .no)
    }
    for server in ["220 ftp\r\n", "+OK\r\n", "200-x\r\n", "HTTP/1.1 200 OK\r\n"] {
      #expect(probe("GROUP a\r\n", server) == .no)
    }
    #expect(probe("AUTHINFO PASS b\r\n", "481 no\r\n", fromStart: false) == .match)
    #expect(probe("281 ok\r\n", "GROUP a\r\n", fromStart: false) == .reversed)
    #expect(probe("hello\r\n", "200 ok\r\n", fromStart: false) == .no)
  }

  @Test("noise is not taken for it")
  func noise() {
    LoginDialogue.checkNoise(NNTPParser.self, ports: [119, 4000])
  }
}
