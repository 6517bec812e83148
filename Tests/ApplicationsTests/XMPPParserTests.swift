import TestSupport
import Testing

@testable import Applications

@Suite("XMPP logins")
struct XMPPParserTests {
  private static func logins(_ steps: [Step], sourceLocation: SourceLocation = #_sourceLocation) -> [[EmittedValue]] {
    LoginDialogue.logins(XMPPParser.self, steps, sourceLocation: sourceLocation)
  }

  static let sasl = "xmlns='urn:ietf:params:xml:ns:xmpp-sasl'"
  static let tls = "xmlns='urn:ietf:params:xml:ns:xmpp-tls'"
  static let open =
    "<?xml version='1.0'?><stream:stream to='example.com' version=\"1.0\" xmlns='jabber:client' "
    + "xmlns:stream='http://etherx.jabber.org/streams'>"
  static let features =
    "<stream:features><mechanisms \(sasl)><mechanism>PLAIN</mechanism></mechanisms></stream:features>"

  static func auth(_ mechanism: String, _ message: String) -> Step {
    .client("<auth \(sasl) mechanism=\"\(mechanism)\">\(message)</auth>")
  }

  static func failure(_ condition: String) -> Step { .server("<failure \(sasl)><\(condition)/></failure>") }

  static let session: [Step] = [
    .client(open), .server(open + features), auth("PLAIN", base64("\0eve\0gue ss")), failure("not-authorized"),
    auth("DIGEST-MD5", ""), .server("<challenge \(sasl)>cmVhbG09</challenge>"),
    .client(
      "<response \(sasl)>"
        + base64("username=\"eve\",realm=\"r.example\",response=d388dad90d4bbd760a152321f2143af7") + "</response>"),
    failure("not-authorized"),
    .client("<auth \(sasl) mechanism='SCRAM-SHA-1'>\n\(base64("n,,n=frieda,r=abc"))\n</auth>"),
    .server("<challenge \(sasl)>cj1hYmM=</challenge>"),
    .client(
      "<response \(sasl)>\(base64("c=biws,r=abcdef,p=\(base64([UInt8](repeating: 0xab, count: 20)))"))</response>"),
    .server("<success \(sasl)>dj14</success>"), .client(open),
    .client("<message><auth \(sasl) mechanism='PLAIN'>\(base64("\0no\0no"))</auth></message>"), .close(.client),
    .close(.server),
  ]

  @Test("PLAIN, DIGEST-MD5 and SCRAM with the server's answers")
  func session() {
    #expect(
      XMPPParserTests.logins(XMPPParserTests.session) == [
        ["PLAIN", "example.com", "eve", "gue ss", "password", 0, 3, 4],
        ["DIGEST-MD5", "r.example", "eve", "d388dad90d4bbd760a152321f2143af7", "hash", 0, 7, 8],
        ["SCRAM-SHA-1", "example.com", "frieda", .text(String(repeating: "ab", count: 20)), "hash", 1, 11, 12],
      ])
  }

  static let old: [Step] = [
    .client(open), .server(open),
    .client(
      "<iq type='get' id='a1'><query xmlns='jabber:iq:auth'><username>eve</username></query></iq>"),
    .server("<iq type='result' id='a1'><query xmlns='jabber:iq:auth'><username/><password/></query></iq>"),
    .client(
      "<iq type='set' id='a2'><query xmlns='jabber:iq:auth'><username>eve</username><password>g&lt;&#x41;&amp;"
        + "</password><resource>x</resource></query></iq>"),
    .server("<iq type='error' id='a2'><error code='401'/></iq>"),
    .client(
      "<iq id='a3' type='set'><query xmlns='jabber:iq:auth'><username>frieda</username><digest>"
        + "48fc78be9ec8f86d8ce1c39c320c97c21d62334d</digest><resource>x</resource></query></iq>"),
    .server("<message><body>hi</body></message><iq type='result' id='a3'/>"),
  ]

  @Test("jabber:iq:auth: password and digest")
  func old() {
    #expect(
      XMPPParserTests.logins(XMPPParserTests.old) == [
        ["iq:auth", "example.com", "eve", "g<A&", "password", 0, 5, 6],
        ["iq:auth digest", "example.com", "frieda", "48fc78be9ec8f86d8ce1c39c320c97c21d62334d", "hash", 1, 7, 8],
      ])
  }

  @Test("nothing that is missing gives a login that was not there, and no mutation, cut or gap traps")
  func damage() {
    for steps in [XMPPParserTests.session, XMPPParserTests.old] {
      LoginDialogue.checkGaps(XMPPParser.self, steps)
      LoginDialogue.mutate(XMPPParser.self, steps, rounds: 200)
    }
  }

  @Test(
    "each condition says whether it was refused",
    arguments: [
      ("not-authorized", 0), ("account-disabled", 0), ("temporary-auth-failure", nil), ("encryption-required", nil),
      ("aborted", nil),
    ] as [(String, EmittedValue)])
  func conditions(_ condition: String, _ accepted: EmittedValue) {
    let found = XMPPParserTests.logins([
      .client(XMPPParserTests.open), XMPPParserTests.auth("PLAIN", base64("\0a\0b")),
      XMPPParserTests.failure(condition),
    ])
    #expect(found.map { [$0[5], $0[7]] } == [[accepted, 3]])
  }

  @Test("pipelined; without an answer; and what only looks like a login")
  func odd() {
    #expect(
      XMPPParserTests.logins([
        .client(XMPPParserTests.open + "<auth \(XMPPParserTests.sasl) mechanism='PLAIN'>\(base64("\0a\0b"))</auth>"),
        .server(XMPPParserTests.open + XMPPParserTests.features + "<success \(XMPPParserTests.sasl)/>"),
      ]).map { [$0[2], $0[5]] } == [["a", 1]])
    #expect(
      XMPPParserTests.logins([
        .client(XMPPParserTests.open), XMPPParserTests.auth("PLAIN", base64("\0a\0b")),
        XMPPParserTests.auth("PLAIN", base64("\0c\0d")), .server("<success \(XMPPParserTests.sasl)/>"),
      ]).map { [$0[2], $0[5]] } == [["a", nil], ["c", 1]])
    for text in [
      "<message><auth \(XMPPParserTests.sasl) mechanism='PLAIN'>\(base64("\0a\0b"))</auth></message>",
      "<message><![CDATA[</message><auth \(XMPPParserTests.sasl) mechanism='PLAIN'>\(base64("\0a\0b"))</auth>]]></message>",
      "<auth mechanism='PLAIN'>\(base64("\0a\0b"))</auth>",
      "<auth \(XMPPParserTests.sasl) mechanism='EXTERNAL'>=</auth>",
      "<auth \(XMPPParserTests.sasl) mechanism='PLAIN'>b*r</auth>",
      "<message x='><auth \(XMPPParserTests.sasl.replacingQuotes) mechanism=\"PLAIN\">AGEAYg==</auth>'/>",
    ] {
      #expect(XMPPParserTests.logins([.client(XMPPParserTests.open), .client(text)]).isEmpty)
    }
  }

  @Test("after STARTTLS was accepted it hands over")
  func startTLS() {
    for (answer, wanted) in [("proceed", true), ("failure", false)] {
      let parser = XMPPParser(flow: ParserDriver.flow())
      LoginDialogue.feed(
        parser,
        [
          .client(XMPPParserTests.open), .client("<starttls \(XMPPParserTests.tls)/>"),
          .server("<\(answer) \(XMPPParserTests.tls)/>"),
        ])
      #expect(parser.handsOver == wanted)
    }
  }

  @Test("nothing is kept beyond a limit, and a flow without a login is left alone")
  func limits() {
    for endless in ["<a ", "x", "<![CDATA[", "<iq type='set' id='"] {
      let bytes = Array((XMPPParserTests.open + endless).utf8) + [UInt8](repeating: 0x41, count: 500_000)
      #expect(LoginDialogue.held(XMPPParser.self, after: bytes, from: .client) < 25_000)
    }
    let nested = Array((XMPPParserTests.open + String(repeating: "<a b='c'>text", count: 20_000)).utf8)
    #expect(LoginDialogue.held(XMPPParser.self, after: nested, from: .client) < 25_000)
    let parser = XMPPParser(flow: ParserDriver.flow())
    LoginDialogue.feed(parser, [.bytes(.client, [UInt8](repeating: 0x41, count: XMPPParser.byteLimit))])
    #expect(parser.outlook == .done)
  }

  @Test("recognised by the stream's namespace")
  func probes() {
    func probe(_ client: String, _ server: String = "", fromStart: Bool = true) -> Probe {
      LoginDialogue.probe(XMPPParser.self, client, server, fromStart: fromStart)
    }
    let open = XMPPParserTests.open
    for size in 1..<open.utf8.count { #expect(probe(String(open.prefix(size))) == .more, "\(size)") }
    #expect(probe(open) == .match)
    #expect(probe("<stream:stream xmlns='jabber:client'>") == .no)
    #expect(probe("<?xml version='1.0'?><policy-file-request/>") == .no)
    #expect(probe("<?xml version='1.0'?><soap:Envelope xmlns:soap='x'>") == .no)
    #expect(probe("<html>") == .no)
    #expect(probe("<auth \(XMPPParserTests.sasl) mechanism='PLAIN'>", fromStart: false) == .match)
    #expect(probe("<success \(XMPPParserTests.sasl)/>", fromStart: false) == .reversed)
    #expect(probe("<success>", fromStart: false) == .no)
    LoginDialogue.checkNoise(XMPPParser.self, ports: [5222, 4000])
  }
}

extension String {
  fileprivate var replacingQuotes: String { String(map { $0 == "'" ? "\"" : $0 }) }
}
