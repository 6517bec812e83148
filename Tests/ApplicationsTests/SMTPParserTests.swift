import TestSupport
import Testing

@testable import Applications

@Suite("SMTP logins")
struct SMTPParserTests {
  private static func logins(_ steps: [Step], sourceLocation: SourceLocation = #_sourceLocation) -> [[EmittedValue]] {
    LoginDialogue.logins(SMTPParser.self, steps, sourceLocation: sourceLocation)
  }

  static let session: [Step] = [
    .server("220 mail.example ESMTP\r\n"), .client("EHLO client\r\n"),
    .server("250-mail.example\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN CRAM-MD5\r\n"),
    .client("AUTH PLAIN \(base64("\0eve\0guess"))\r\n"), .server("535 5.7.8 no\r\n"),
    .client("AUTH LOGIN\r\n"), .server("334 VXNlcm5hbWU6\r\n"), .client("\(base64("eve"))\r\n"),
    .server("334 UGFzc3dvcmQ6\r\n"), .client("\(base64("gue ss"))\r\n"), .server("535 5.7.8 no\r\n"),
    .client("auth cram-md5\r\n"), .server("334 PDEyMz5AbWFpbA==\r\n"),
    .client("\(base64("frieda B913A602C7EDA7A495B4E6E7334D3890"))\r\n"), .server("235 2.7.0 in\r\n"),
    .client("MAIL FROM:<frieda@example.com>\r\n"), .server("250 ok\r\n"),
    .client("RCPT TO:<planner@example.com>\r\n"), .server("250 ok\r\n"), .client("DATA\r\n"), .server("354 go\r\n"),
    .client("Subject: x\r\n\r\nAUTH PLAIN \(base64("\0not\0alogin"))\r\n..\r\n.\r\n"), .server("250 queued\r\n"),
    .client("QUIT\r\n"), .server("221 bye\r\n"), .close(.client), .close(.server),
  ]

  @Test("each attempt stands with the server's answer")
  func session() {
    #expect(
      SMTPParserTests.logins(SMTPParserTests.session) == [
        ["PLAIN", nil, "eve", "guess", "password", 0, 4, 5],
        ["LOGIN", nil, "eve", "gue ss", "password", 0, 10, 11],
        ["CRAM-MD5", nil, "frieda", "b913a602c7eda7a495b4e6e7334d3890", "hash", 1, 14, 15],
      ])
    #expect(ParserDriver.rows(SMTPParser.self, SMTPParserTests.session).of("diagnostics").isEmpty)
  }

  @Test("nothing that is missing gives a login that was not there")
  func gaps() {
    LoginDialogue.checkGaps(SMTPParser.self, SMTPParserTests.session)
  }

  @Test("no mutation, cut or gap traps")
  func mutations() {
    LoginDialogue.mutate(SMTPParser.self, SMTPParserTests.session)
  }

  @Test(
    "each reply says whether it was accepted",
    arguments: [("235 in", 1), ("535 no", 0), ("504 what", 0), ("432 change", 0), ("454 later", nil), ("421 bye", nil)]
      as [(String, EmittedValue)])
  func acceptance(_ reply: String, _ accepted: EmittedValue) {
    let found = SMTPParserTests.logins([
      .server("220 x\r\n"), .client("AUTH PLAIN \(base64("\0a\0b"))\r\n"), .server("\(reply)\r\n"),
    ])
    #expect(found == [["PLAIN", nil, "a", "b", "password", accepted, 2, 3]])
  }

  @Test("an initial response of LOGIN, a token, an empty password, no answer")
  func forms() {
    #expect(
      SMTPParserTests.logins([
        .server("220 x\r\n"), .client("AUTH LOGIN \(base64("a"))\r\n"), .server("334 UGFzc3dvcmQ6\r\n"),
        .client("\(base64("b"))\r\n"), .server("235 in\r\n"),
      ]) == [["LOGIN", nil, "a", "b", "password", 1, 4, 5]])
    #expect(
      SMTPParserTests.logins([
        .server("220 x\r\n"),
        .client("AUTH XOAUTH2 \(base64("user=a@example.com\u{1}auth=Bearer ya29.x\u{1}\u{1}"))\r\n"),
        .server("334 eyJ9\r\n"), .client("\r\n"), .server("535 no\r\n"), .client("RSET\r\n"), .server("250 ok\r\n"),
      ]) == [["XOAUTH2", nil, "a@example.com", "ya29.x", "token", 0, 2, 5]])
    #expect(
      SMTPParserTests.logins([.server("220 x\r\n"), .client("AUTH PLAIN \(base64("z\0a\0"))\r\n")])
        == [["PLAIN", nil, "a", "", "password", nil, 2, nil]])
  }

  @Test("attempts that were given up, refused at once or are no base64 are none")
  func noAttempts() {
    #expect(
      SMTPParserTests.logins([
        .server("220 x\r\n"), .client("AUTH LOGIN\r\n"), .server("334 VXNlcm5hbWU6\r\n"), .client("*\r\n"),
        .server("501 ok\r\n"), .client("AUTH PLAIN\r\n"), .server("504 no\r\n"), .client("AUTH PLAIN !!\r\n"),
        .server("501 no\r\n"), .client("AUTH\r\n"), .server("501 no\r\n"), .client("AUTH PLAIN \(base64("ab"))\r\n"),
        .server("501 no\r\n"), .client("AUTH LOGIN \(base64("ab"))\r\n"), .server("535 no\r\n"),
      ]).isEmpty)
  }

  @Test("a client that does not wait, in a capture of either or one side")
  func pipelined() {
    let client = Step.client(
      "EHLO a\r\nAUTH LOGIN\r\n\(base64("u1"))\r\n\(base64("p1"))\r\nMAIL FROM:<a@b>\r\nQUIT\r\n")
    #expect(
      SMTPParserTests.logins([
        .server("220 x\r\n"), client, .server("250 x\r\n334 VXNlcm5hbWU6\r\n334 UGFzc3dvcmQ6\r\n535 no\r\n530 no\r\n"),
      ]) == [["LOGIN", nil, "u1", "p1", "password", 0, 2, 3]])
    #expect(SMTPParserTests.logins([client]) == [["LOGIN", nil, "u1", "p1", "password", nil, 1, nil]])
  }

  @Test("an early client's greeting is not taken for its answer")
  func earlyClient() {
    #expect(
      SMTPParserTests.logins([
        .client("AUTH PLAIN \(base64("\0a\0b"))\r\n"), .server("220 x\r\n"), .server("535 no\r\n"),
      ]) == [["PLAIN", nil, "a", "b", "password", 0, 1, 3]])
  }

  @Test("lines of a message are no commands, also where its end is missing or only looks like one")
  func messages() {
    let login = "AUTH PLAIN \(base64("\0not\0alogin"))\r\n"
    let start: [Step] = [.server("220 x\r\n"), .client("DATA\r\n"), .server("354 go\r\n")]
    for end in ["\n.\n", "\n.\r\n", "\r\n.\n", "\r\n..\r\n", "\r.\r"] {
      #expect(
        SMTPParserTests.logins(
          start + [.client("text\(end)\(login)"), .client("\r\n.\r\n"), .server("250 ok\r\n"), .client("QUIT\r\n")]
        ).isEmpty)
    }
    let next: [Step] = [.client("AUTH PLAIN \(base64("\0a\0b"))\r\n"), .server("235 in\r\n")]
    let nextLogins: [[EmittedValue]] = [["PLAIN", nil, "a", "b", "password", 1, 7, 8]]
    #expect(
      SMTPParserTests.logins(start + [.client("x\r\n"), .gap(.client, 99), .server("250 ok\r\n")] + next) == nextLogins)
    #expect(
      SMTPParserTests.logins(
        [.server("220 x\r\n"), .client("DATA\r\n"), .server("503 no\r\n"), .client("RSET\r\n"), .server("250 x\r\n")]
          + [.close(.client)] + next
      ).map { $0[5] } == [1])
    #expect(SMTPParserTests.logins(start + [.client(".\r\n\(login)")]).map { $0[3] } == ["alogin"])
  }

  @Test("the bytes that BDAT announces are no commands")
  func chunks() {
    let login = "AUTH PLAIN \(base64("\0not\0alogin"))\r\n"
    #expect(
      SMTPParserTests.logins([
        .server("220 x\r\n"), .client("BDAT \(login.utf8.count)\r\n\(login)BDAT \(login.utf8.count) LAST\r\n\(login)"),
        .server("250 x\r\n250 x\r\n"), .client("BDAT 10\r\n12345"), .gap(.client, 5), .server("250 ok\r\n"),
        .client("AUTH PLAIN \(base64("\0a\0b"))\r\n"), .server("235 x\r\n"),
      ]) == [["PLAIN", nil, "a", "b", "password", 1, 7, 8]])
    #expect(
      SMTPParserTests.logins([
        .client("BDAT 99999999999999999999999999\r\nBDAT -1\r\nBDAT\r\nBDAT 9223372036854775807\r\n"), .gap(.client, 5),
        .client("x"),
      ]).isEmpty)
  }

  @Test("NTLM's third message names the domain and tells the version")
  func ntlm() {
    let found = SMTPParserTests.logins([
      .server("220 x\r\n"), .client("AUTH NTLM\r\n"), .server("334 \r\n"),
      .client("\(base64(Array("NTLMSSP\0\u{1}\0\0\0".utf8)))\r\n"), .server("334 TlRMTVNTUAAC\r\n"),
      .client("\(base64(NTLMTests.message(nt: Array(repeating: 0xab, count: 52))))\r\n"), .server("235 in\r\n"),
    ])
    #expect(
      found == [["NTLMv2", "CORP", "frieda", .text(String(repeating: "ab", count: 52)), "hash", 1, 6, 7]])
  }

  @Test("after STARTTLS was accepted it hands over, also where one side is missing")
  func startTLS() {
    func handsOver(_ steps: [Step]) -> Bool {
      let parser = SMTPParser(flow: ParserDriver.flow())
      LoginDialogue.feed(parser, steps)
      return parser.handsOver
    }
    #expect(handsOver([.server("220 x\r\n"), .client("STARTTLS\r\n"), .server("220 go\r\n")]))
    #expect(!handsOver([.server("220 x\r\n"), .client("STARTTLS\r\n"), .server("454 no\r\n")]))
    #expect(!handsOver([.server("220 x\r\n"), .client("STARTTLS\r\n")]))
    #expect(handsOver([.client("EHLO a\r\nSTARTTLS\r\n")]))
    #expect(handsOver([.server("220 x\r\n250-a\r\n250 STARTTLS\r\n220 go\r\n")]))
    #expect(!handsOver([.server("220-x\r\n220-y\r\n220 z\r\n250 b\r\n")]))
  }

  @Test("endless lines are held up to a limit, and told once; a flow of something else is left alone")
  func limits() {
    let endless = [UInt8](repeating: 0x41, count: 1_000_000)
    #expect(LoginDialogue.held(SMTPParser.self, after: endless, from: .client) < 20_000)
    #expect(LoginDialogue.held(SMTPParser.self, after: endless, from: .server) < 20_000)
    let rows = ParserDriver.rows(
      SMTPParser.self,
      [.bytes(.client, Array("AUTH PLAIN ".utf8) + endless + [10] + Array("AUTH PLAIN ".utf8) + endless + [10])])
    #expect(rows.of("diagnostics").map { $0["code"] } == ["smtp-line-limit"])
    #expect(rows.of("credentials").isEmpty)
    let noise = Step.client(String(repeating: "x\r\n", count: 60))
    #expect(SMTPParserTests.logins([noise, .client("AUTH PLAIN \(base64("\0a\0b"))\r\n")]).isEmpty)
    let logins = Step.client(String(repeating: "AUTH PLAIN \(base64("\0a\0b"))\r\n", count: 300))
    #expect(SMTPParserTests.logins([logins]).count == 300)
  }

  @Test("is told by the greeting and the client's, on any port")
  func probe() {
    func probe(_ client: String, _ server: String, fromStart: Bool = true, server port: UInt16 = 4000) -> Probe {
      LoginDialogue.probe(SMTPParser.self, client, server, fromStart: fromStart, server: port)
    }
    for server in ["2", "22", "220", "220 mail"] { #expect(probe("", server) == .more) }
    #expect(probe("", "220 mail.example ESMTP Postfix\r\n") == .match)
    #expect(probe("", "554 no Smtp service\r\n") == .match)
    #expect(probe("EH", "220 mail\r\n") == .more)
    for hello in ["EHLO a\r\n", "helo a\r\n", "LHLO a\r\n"] { #expect(probe(hello, "220 mail\r\n") == .match) }
    #expect(probe("EHLO client\r\n", "") == .match)
    for client in ["EHLO client", "EH"] { #expect(probe(client, "") == .more) }
    for client in [
      "EHLO\r\n", "EHLO \r\n", "EHLO \u{1}\r\n", "ECHO a\r\n", "USER a\r\n", "GET / HTTP/1.1\r\n", "\u{16}",
    ] {
      #expect(probe(client, "") == .no)
    }
    for client in ["USER a\r\n", "QUIT\r\n", "\u{3}"] { #expect(probe(client, "220 ftp\r\n") == .no) }
    for server in ["+OK\r\n", "* OK x\r\n", "200 x\r\n", "331 x\r\n", "\u{ff}"] { #expect(probe("", server) == .no) }
    #expect(probe("AUTH LOGIN\r\n", "334 x\r\n", fromStart: false) == .match)
    #expect(probe("MAIL FROM:<a@b>\r\n", "", fromStart: false, server: 25) == .match)
    #expect(probe("MAIL FROM:<a@b>\r\n", "", fromStart: false) == .more)
    #expect(probe("250 ok\r\n", "RCPT TO:<a@b>\r\n", fromStart: false) == .reversed)
    #expect(probe("", "220 mail.example ESMTP\r\n", fromStart: false) == .match)
    #expect(probe("hello\r\n", "250 ok\r\n", fromStart: false) == .no)
    #expect(probe("AUTH secret\r\n", "+OK\r\n", fromStart: false) == .no)
  }

  @Test("noise is not taken for it")
  func noise() {
    LoginDialogue.checkNoise(SMTPParser.self, ports: [25, 4000])
  }
}
