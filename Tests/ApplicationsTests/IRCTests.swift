import Bytes
import TestSupport
import Testing

@testable import Applications

@Suite("IRC logins")
struct IRCTests {
  private static func logins(_ steps: [Step], sourceLocation: SourceLocation = #_sourceLocation) -> [String] {
    LoginDialogue.lines(IRCParser.self, steps, sourceLocation: sourceLocation)
  }

  @Test("a server's password, accepted by the welcome, refused by 464 or by a closed link")
  func pass() {
    let register: [Step] = [.client("PASS s3cret\r\n"), .client("NICK till\r\nUSER frieda 0 * :Frieda\r\n")]
    #expect(
      IRCTests.logins(register + [.server(":irc.example.com 001 till :Welcome\r\n")]) == ["PASS|frieda|s3cret|1|1|3"])
    #expect(
      IRCTests.logins(register + [.server(":irc.example.com 464 till :Password incorrect\r\n")])
        == ["PASS|frieda|s3cret|0|1|3"])
    #expect(
      IRCTests.logins(register + [.server("ERROR :Closing link: Bad password?\r\n")]) == ["PASS|frieda|s3cret|0|1|3"])
    #expect(IRCTests.logins(register + [.server("ERROR :Closing link: full\r\n")]) == ["PASS|frieda|s3cret||1|"])
    #expect(
      IRCTests.logins([.client("PASS :a b\n"), .client("PASS c\nNICK n\n"), .server(":x 001 n :hi\n")])
        == ["PASS||a b||1|", "PASS|n|c|1|2|3"])
  }

  @Test("an operator's password, refused, wrong host, accepted, pipelined")
  func oper() {
    #expect(
      IRCTests.logins([
        .server(":x 001 n :hi\r\n"), .client("OPER root a\r\nOPER root b\r\noper root c\r\n"),
        .server(":x 464 n :Password incorrect\r\n:x 491 n :No O-lines\r\n"),
        .server(":x 381 n :You are now an operator\r\n"),
      ]) == ["OPER|root|a|0|2|3", "OPER|root|b|0|2|3", "OPER|root|c|1|2|4"])
  }

  /// PASS, OPER, SASL and a service, refused and accepted.
  static let session: [Step] = [
    .client("PASS s3rver\r\nNICK till\r\n"), .client("CAP REQ :sasl\r\nAUTHENTICATE PLAIN\r\n"),
    .server("AUTHENTICATE +\r\n"), .client("AUTHENTICATE \(base64("\0frieda\0guess"))\r\n"),
    .server(":irc.example 904 till :failed\r\n"), .client("AUTHENTICATE PLAIN\r\n"), .server("AUTHENTICATE +\r\n"),
    .client("AUTHENTICATE \(base64("\0frieda\0s3cret"))\r\n"),
    .server(":irc.example 900 till t!u@h frieda :in\r\n:irc.example 903 till :ok\r\n"),
    .client("USER frieda 0 * :F\r\nCAP END\r\n"), .server(":irc.example 001 till :Welcome\r\n"),
    .client("OPER root a\r\n"), .server(":irc.example 464 till :Password incorrect\r\n"),
    .client("OPER root b\r\n"), .server(":irc.example 381 till :operator\r\n"),
    .client("PRIVMSG NickServ :IDENTIFY c\r\n"), .server(":NickServ!s@s NOTICE till :Invalid password\r\n"),
    .client("PRIVMSG NickServ :IDENTIFY d\r\n"), .server(":NickServ!s@s NOTICE till :You are now identified\r\n"),
    .client("QUIT\r\n"), .server("ERROR :Closing link\r\n"),
  ]

  @Test("each attempt of a session stands with its answer")
  func attempts() {
    #expect(
      IRCTests.logins(IRCTests.session) == [
        "PLAIN|frieda|guess|0|4|5", "PLAIN|frieda|s3cret|1|8|9", "PASS|frieda|s3rver|1|1|11", "OPER|root|a|0|12|13",
        "OPER|root|b|1|14|15", "NickServ IDENTIFY|till|c|0|16|17", "NickServ IDENTIFY|till|d|1|18|19",
      ])
  }

  @Test("nothing that is missing gives a login that was not there, and no mutation or cut traps")
  func damage() {
    LoginDialogue.checkGaps(IRCParser.self, IRCTests.session)
    LoginDialogue.mutate(IRCParser.self, IRCTests.session)
    LoginDialogue.checkNoise(IRCParser.self, ports: [6667, 4000])
  }

  @Test("SASL's other mechanisms: SCRAM's proof, a token")
  func mechanisms() {
    let proof = base64("c=biws,r=abc,p=\(base64([1, 0xab]))")
    #expect(
      IRCTests.logins([
        .client("AUTHENTICATE SCRAM-SHA-256\r\n"), .server("AUTHENTICATE +\r\n"),
        .client("AUTHENTICATE \(base64("n,,n=frieda,r=ab"))\r\n"), .server("AUTHENTICATE \(base64("r=abc"))\r\n"),
        .client("AUTHENTICATE \(proof)\r\n"), .server("AUTHENTICATE \(base64("v=x"))\r\n"),
        .client("AUTHENTICATE +\r\n"), .server(":x 903 n :ok\r\n"), .client("AUTHENTICATE OAUTHBEARER\r\n"),
        .client("AUTHENTICATE \(base64("n,a=till,\u{1}auth=Bearer t0k\u{1}\u{1}"))\r\n"),
        .server(":x 904 n :no\r\n"),
      ]) == ["SCRAM-SHA-256|frieda|01ab|1|5|8", "OAUTHBEARER|till|t0k|0|10|11"])
  }

  @Test("services by message, by command, with and without an account")
  func services() {
    let nick = ":NickServ!s@services.example.com NOTICE n :"
    #expect(
      IRCTests.logins([
        .client("NICK n\r\n"), .client("PRIVMSG NickServ :IDENTIFY wrong\r\n"),
        .server(nick + "Password incorrect.\r\n"),
        .client("@label=1 PRIVMSG nickserv@services.example.com :identify frieda pw\r\n"),
        .server(":other!u@h NOTICE n :Password incorrect\r\n"),
        .server(nick + "Password accepted - you are now identified.\r\n"), .client("NS ID x\r\n"),
        .server(":x 900 n n!u@h n :You are now logged in as n\r\n"), .client("NICKSERV :IDENTIFY y\r\n"),
        .client("PRIVMSG Q@CServe.quakenet.org :AUTH frieda q1\r\n"),
        .client("PRIVMSG NickServ :REGISTER pw a@b\r\nPRIVMSG bob :IDENTIFY z\r\nPRIVMSG Q :AUTH a b\r\n"),
      ]) == [
        "NickServ IDENTIFY|n|wrong|0|2|3", "NickServ IDENTIFY|frieda|pw|1|4|6", "NickServ IDENTIFY|n|x|1|7|8",
        "NickServ IDENTIFY|n|y||9|", "Q AUTH|frieda|q1||10|",
      ])
  }

  @Test("SASL PLAIN in one part and in several, refused and accepted; EXTERNAL and one given up give no row")
  func sasl() {
    // NUL frieda NUL s3cret
    #expect(
      IRCTests.logins([
        .client("CAP REQ :sasl\r\nAUTHENTICATE PLAIN\r\n"), .server("AUTHENTICATE +\r\n"),
        .client("AUTHENTICATE AGZyaWVkYQBzM2NyZXQ=\r\n"), .server(":x 904 n :SASL authentication failed\r\n"),
        .client("AUTHENTICATE PLAIN\r\n"), .client("AUTHENTICATE AGZyaWVkYQBzM2NyZXQ=\r\n"),
        .server(":x 900 n n!u@h frieda :You are now logged in\r\n:x 903 n :SASL authentication successful\r\n"),
        .client("AUTHENTICATE EXTERNAL\r\nAUTHENTICATE +\r\n"), .server(":x 903 n :ok\r\n"),
        .client("AUTHENTICATE PLAIN\r\nAUTHENTICATE *\r\nAUTHENTICATE !!!\r\n"), .server(":x 906 n :aborted\r\n"),
      ]) == ["PLAIN|frieda|s3cret|0|3|4", "PLAIN|frieda|s3cret|1|6|7"])
    // 300 bytes: NUL, u, NUL and 297 letters a are 400 characters, which an empty part ends.
    let part = "AHUAYWFh" + String(repeating: "YWFh", count: 98)
    let found = IRCTests.logins([
      .client("AUTHENTICATE PLAIN\r\n"), .client("AUTHENTICATE \(part)\r\n"), .client("AUTHENTICATE +\r\n"),
      .server(":x 903 n :ok\r\n"),
    ])
    #expect(found == ["PLAIN|u|\(String(repeating: "a", count: 297))|1|2|4"])
  }

  @Test("STARTTLS hands over, another server's messages are left alone")
  func leaves() {
    let parser = IRCParser(flow: ParserDriver.flow(port: 6667))
    let context = ApplicationContext(sink: .init(captureID: 1))
    parser.consume(
      Array(":x 670 n :STARTTLS successful\r\n".utf8).bytes, from: .server, in: FrameStamp(id: 1, time: nil),
      context: context)
    #expect(parser.handsOver)
    #expect(
      IRCTests.logins([
        .client("PASS link 0210-IRC+ ngIRCd\r\nSERVER hub.example.com 1 :x\r\n"),
        .client(":n PRIVMSG NickServ :IDENTIFY a\r\n"),
      ]) == ["PASS||link||1|"])
  }

  @Test("a gap takes the line that it is in")
  func gaps() {
    #expect(
      IRCTests.logins([
        .client("OPER a secr"), .gap(.client, 5), .client("et\r\nOPER b c\r\n"), .server(":x 3"), .gap(.server, 9),
        .server("81 n :y\r\n:x 381 n :y\r\n"),
      ]) == ["OPER|b|c|1|3|6"])
  }

  @Test("endless lines, endless responses, many logins and noise give nothing and keep little")
  func hostile() {
    let endless = String(repeating: "a", count: 20_000)
    #expect(IRCTests.logins([.client("PASS \(endless)\r\n"), .server(endless)]) == [])
    let parser = IRCParser(flow: ParserDriver.flow())
    let context = ApplicationContext(sink: .init(captureID: 1))
    let part = Array(("AUTHENTICATE " + String(repeating: "A", count: 400) + "\r\n").utf8)
    let start = Array("AUTHENTICATE PLAIN\r\n".utf8)
    for bytes in [start] + Array(repeating: part, count: 1000) {
      parser.consume(bytes.bytes, from: .client, in: FrameStamp(id: 1, time: nil), context: context)
      #expect(parser.heldBytes < 4000)
    }
    #expect(IRCTests.logins([.client(String(repeating: "OPER a b\r\n", count: 50))]).count == 50)
    var noise = Noise(5)
    for _ in 0..<20 { #expect(IRCTests.logins([.bytes(.client, noise.bytes(3000))]) == []) }
  }

  @Test("registering tells it; POP3, FTP and HTTP do not register")
  func probe() {
    func probe(_ client: String, _ server: String = "", fromStart: Bool = true) -> Probe {
      LoginDialogue.probe(IRCParser.self, client, server, fromStart: fromStart)
    }
    #expect(probe("CAP LS 302\r\n") == .match)
    #expect(probe("NICK n\r\n") == .match)
    #expect(probe("PASS x\r\nNICK n\r\n") == .match)
    #expect(probe("USER a 0 * :b\r\n", ":x NOTICE * :*** Looking up\r\n") == .match)
    #expect(probe("PASS x\r\n") == .more)
    #expect(probe("NI") == .more)
    #expect(probe("", "NOTICE AUTH :*** Looking up\r\n") == .more)
    #expect(probe("USER a\r\nPASS b\r\n") == .no)
    #expect(probe("PASS b\r\nSTAT\r\n") == .no)
    #expect(probe("", "+OK\r\n") == .no)
    #expect(probe("", "220 x\r\n") == .no)
    #expect(probe("CONNECT a:443 HTTP/1.1\r\n") == .no)
    #expect(probe("", ":irc.example.com 353 n = #c :n\r\n", fromStart: false) == .match)
    #expect(probe(":n!u@h PRIVMSG #c :hi\r\n", "", fromStart: false) == .reversed)
    #expect(probe(":1!2", "", fromStart: false) == .no)
  }
}
