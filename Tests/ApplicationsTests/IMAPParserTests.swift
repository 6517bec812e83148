import TestSupport
import Testing

@testable import Applications

@Suite("IMAP logins")
struct IMAPParserTests {
  private static func logins(_ steps: [Step], sourceLocation: SourceLocation = #_sourceLocation) -> [[EmittedValue]] {
    LoginDialogue.logins(IMAPParser.self, steps, sourceLocation: sourceLocation)
  }

  static let digest = "b913a602c7eda7a495b4e6e7334d3890"

  static let session: [Step] = [
    .server("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready\r\n"), .client("a1 LOGIN eve guess\r\n"),
    .server("a1 NO [AUTHENTICATIONFAILED] no\r\n"), .client("a2 login \"eve\" \"g\\\"u\\\\e ss\"\r\n"),
    .server("a2 NO no\r\n"), .client("a3 LOGIN {3}\r\n"), .server("+ go\r\n"), .client("eve {6}\r\n"),
    .server("+ \r\n"),
    .client("gu\r\nes\r\n"), .server("a3 NO no\r\n"), .client("a4 AUTHENTICATE PLAIN \(base64("\0eve\0guess4"))\r\n"),
    .server("a4 NO no\r\n"), .client("a5 AUTHENTICATE LOGIN\r\n"), .server("+ VXNlcm5hbWU6\r\n"),
    .client("\(base64("eve"))\r\n"), .server("+ UGFzc3dvcmQ6\r\n"), .client("\(base64("guess5"))\r\n"),
    .server("a5 NO no\r\n"), .client("a6 AUTHENTICATE CRAM-MD5\r\n"), .server("+ PDEyMz5AbWFpbA==\r\n"),
    .client("\(base64("frieda \(digest)"))\r\n"), .server("* CAPABILITY IMAP4rev1\r\na6 OK in\r\n"),
    .client("a7 SELECT INBOX\r\n"), .server("* 1 EXISTS\r\na7 OK\r\n"), .client("a8 FETCH 1 BODY[]\r\n"),
    .server("* 1 FETCH (BODY[] {22}\r\na9 OK not\r\n\r\n+ not\r\n\r\n)\r\na8 OK done\r\n"),
    .client("a9 APPEND INBOX {25+}\r\nb1 LOGIN not a-login\r\nx\r\n\r\n"), .server("a9 OK done\r\n"),
    .client("c LOGOUT\r\n"), .server("* BYE\r\nc OK\r\n"), .close(.client), .close(.server),
  ]

  @Test("each attempt stands with the server's answer")
  func session() {
    #expect(
      IMAPParserTests.logins(IMAPParserTests.session) == [
        ["LOGIN", nil, "eve", "guess", "password", 0, 2, 3],
        ["LOGIN", nil, "eve", "g\"u\\e ss", "password", 0, 4, 5],
        ["LOGIN", nil, "eve", "gu\r\nes", "password", 0, 10, 11],
        ["PLAIN", nil, "eve", "guess4", "password", 0, 12, 13],
        ["LOGIN", nil, "eve", "guess5", "password", 0, 18, 19],
        ["CRAM-MD5", nil, "frieda", .text(IMAPParserTests.digest), "hash", 1, 22, 23],
      ])
    #expect(ParserDriver.rows(IMAPParser.self, IMAPParserTests.session).of("diagnostics").isEmpty)
  }

  @Test("nothing that is missing gives a login that was not there")
  func gaps() {
    LoginDialogue.checkGaps(IMAPParser.self, IMAPParserTests.session)
  }

  @Test("no mutation, cut or gap traps")
  func mutations() {
    LoginDialogue.mutate(IMAPParser.self, IMAPParserTests.session)
  }

  @Test(
    "each answer says whether it was accepted",
    arguments: [
      ("a OK in", 1), ("a NO no", 0), ("a BAD what", 0), ("a NO [UNAVAILABLE] later", nil), ("b OK in", nil),
    ] as [(String, EmittedValue)])
  func acceptance(_ answer: String, _ accepted: EmittedValue) {
    let found = IMAPParserTests.logins([
      .server("* OK x\r\n"), .client("a LOGIN u p\r\n"), .server("* NO x\r\n\(answer)\r\n"),
    ])
    #expect(found == [["LOGIN", nil, "u", "p", "password", accepted, 2, answer.hasPrefix("a") ? 3 : nil]])
  }

  @Test("attempts that were given up or are malformed are none")
  func noAttempts() {
    #expect(
      IMAPParserTests.logins([
        .server("* OK x\r\n"),
        .client("1 LOGIN a\r\n2 LOGIN \"a\" \"b\r\n3 LOGIN a b c\r\n4 LOGIN\r\n5\r\n\r\nLOGIN a b\r\n"),
        .client("6 AUTHENTICATE PLAIN\r\n"), .server("+ \r\n"), .client("*\r\n"), .server("6 BAD ok\r\n"),
        .client("7 AUTHENTICATE PLAIN =\r\n"), .server("7 NO no\r\n"), .client("8 LOGIN {9}\r\n"),
        .server("8 NO no\r\n"),
        .client("9 NOOP\r\n"),
      ]).isEmpty)
  }

  @Test("a literal that the server refused does not come, one that waits for nothing does")
  func literals() {
    #expect(
      IMAPParserTests.logins([
        .server("* OK x\r\n"), .client("1 LOGIN {99}\r\n"), .server("1 BAD no\r\n"),
        .client("2 LOGIN {1+}\r\nu {1-}\r\np\r\n"),
        .server("2 OK\r\n"),
      ]) == [["LOGIN", nil, "u", "p", "password", 1, 4, 5]])
    #expect(
      IMAPParserTests.logins([.client("2 LOGIN u {0}\r\n\r\n3 LOGIN ~{1}\r\nv \"\"\r\n")]).map { $0[2...3] }
        == [["u", ""], ["v", ""]])
    #expect(
      IMAPParserTests.logins([
        .client("2 LOGIN u {99999999999999999999}\r\n3 LOGIN u p\r\n4 LOGIN u {}\r\n5 LOGIN u p\r\n")
      ])
      .map { $0[3] } == ["{99999999999999999999}", "p", "{}", "p"])
  }

  @Test("pipelined commands get their answers by tag")
  func pipelined() {
    #expect(
      IMAPParserTests.logins([
        .server("* OK x\r\n"), .client("1 LOGIN a b\r\n2 LOGIN c d\r\n3 LOGIN e f\r\n"),
        .server("3 NO\r\n1 NO\r\n2 OK\r\n"),
      ]).map { [$0[2], $0[5]] } == [["e", 0], ["a", 0], ["c", 1]])
  }

  @Test("after STARTTLS was accepted it hands over")
  func startTLS() {
    func handsOver(_ steps: [Step]) -> Bool {
      let parser = IMAPParser(flow: ParserDriver.flow())
      LoginDialogue.feed(parser, steps)
      return parser.handsOver
    }
    #expect(handsOver([.server("* OK x\r\n"), .client("1 STARTTLS\r\n"), .server("1 OK go\r\n")]))
    #expect(!handsOver([.server("* OK x\r\n"), .client("1 STARTTLS\r\n"), .server("1 BAD no\r\n")]))
    #expect(handsOver([.client("1 STARTTLS\r\n")]))
  }

  @Test("long commands and endless lines are held up to a limit, and told once; other flows are left alone")
  func limits() {
    let endless = [UInt8](repeating: 0x41, count: 1_000_000)
    #expect(LoginDialogue.held(IMAPParser.self, after: endless, from: .client) < 20_000)
    #expect(LoginDialogue.held(IMAPParser.self, after: endless, from: .server) < 20_000)
    let literals = Array("1 LOGIN {900000}\r\n".utf8) + endless
    #expect(LoginDialogue.held(IMAPParser.self, after: literals, from: .client) < 60_000)
    let parts = Step.client("1 LOGIN " + String(repeating: "{1}\r\na ", count: 10_000))
    #expect(IMAPParserTests.logins([parts]).isEmpty)
    let long = Array("1 LOGIN a ".utf8) + endless + [10]
    let rows = ParserDriver.rows(IMAPParser.self, [.bytes(.client, long + long)])
    #expect(rows.of("diagnostics").map { $0["code"] } == ["imap-command-limit"])
    #expect(rows.of("credentials").isEmpty)
    let append = Step.client("1 APPEND a {90000}\r\n" + String(repeating: "x", count: 90_000) + "\r\n2 LOGIN a b\r\n")
    #expect(ParserDriver.rows(IMAPParser.self, [append]).map(\.table) == ["credentials"])
    let noise = Step.client(String(repeating: "x y\r\n", count: 60))
    #expect(IMAPParserTests.logins([noise, .client("1 LOGIN a b\r\n")]).isEmpty)
    #expect(IMAPParserTests.logins([.client(String(repeating: "1 LOGIN a b\r\n", count: 300))]).count == 300)
  }

  @Test("the tail of a long line of the server tells its literal")
  func longServerLine() {
    let line = "* 1 FETCH (" + String(repeating: "x", count: 40_000) + " {12}\r\n1 OK not\r\n\r\n)\r\n"
    #expect(
      IMAPParserTests.logins([.server("* OK x\r\n"), .client("1 LOGIN a b\r\n"), .server("\(line)1 NO no\r\n")])
        .map { $0[5] } == [0])
  }

  @Test("is told by its greeting")
  func probe() {
    func probe(_ client: String, _ server: String, fromStart: Bool = true, server port: UInt16 = 4000) -> Probe {
      LoginDialogue.probe(IMAPParser.self, client, server, fromStart: fromStart, server: port)
    }
    for server in ["*", "* O", "* OK", "* PREAUT"] { #expect(probe("", server) == .more) }
    for server in ["* OK ready", "* OK\r\n", "* PREAUTH hello\r\n", "* BYE full\r\n"] {
      #expect(probe("", server) == .match)
    }
    for server in ["* ACAP x\r\n", "*2\r\n$3\r\n", "+OK x\r\n", "220 x\r\n", "* OKAY\r\n", "*3\r\n"] {
      #expect(probe("", server) == .no)
    }
    #expect(probe("a CAPABILITY\r\n", "", server: 143) == .match)
    for client in ["a", "a ", "a CAPA", "a LOGIN b c\r\n"] { #expect(probe(client, "") == .more) }
    for client in ["GET / HTTP/1.1\r\n", "a b\r\n", "a  LOGIN\r\n", "*2\r\n", "\u{3}"] {
      #expect(probe(client, "", server: 143) == .no)
    }
    #expect(probe("a UID FETCH 1\r\n", "* 1 FETCH x\r\n", fromStart: false) == .match)
    #expect(probe("a OK done\r\n", "b NOOP\r\n", fromStart: false) == .reversed)
    #expect(probe("a NOOP\r\n", "", fromStart: false, server: 143) == .match)
    #expect(probe("x\r\n", "* 1 EXISTS\r\n", fromStart: false) == .no)
  }

  @Test("noise is not taken for it")
  func noise() {
    LoginDialogue.checkNoise(IMAPParser.self, ports: [143, 4000])
  }
}
