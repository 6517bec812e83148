import Bytes
import TestSupport
import Testing

@testable import Applications

@Suite("Telnet logins")
struct TelnetTests {
  private static func logins(_ steps: [Step], sourceLocation: SourceLocation = #_sourceLocation) -> [String] {
    LoginDialogue.lines(TelnetParser.self, steps, sourceLocation: sourceLocation)
  }

  private static let greeting: [Step] = [
    .bytes(.server, [255, 253, 24, 255, 251, 1, 255, 251, 3]),
    .bytes(.client, [255, 251, 24, 255, 253, 1, 255, 253, 3]),
    .bytes(.server, [255, 250, 24, 1, 255, 240]),
    .bytes(.client, [255, 250, 24, 0] + Array("XTERM".utf8) + [255, 240]),
    .server("Debian GNU/Linux 12\r\nhost login: "),
  ]

  @Test("typed letter by letter with echo, corrections applied, the answer after it")
  func byLetter() {
    var steps = TelnetTests.greeting
    for letter in ["f", "r", "e", "x", "\u{7f}", "d"] { steps += [.client(letter), .server(letter)] }
    steps += [.client("\r\0"), .server("\r\nPassword: ")]
    for letter in ["w", "x", "\u{15}", "s", "3", "c"] { steps += [.client(letter)] }
    steps += [.client("\r\0"), .server("\r\n"), .server("Last login: Tue Nov  3\r\n"), .server("fred@host:~$ ")]
    #expect(TelnetTests.logins(steps) == ["login|fred|s3c|1|20|28"])
  }

  @Test("refused, then accepted: each attempt with its own answer")
  func attempts() {
    let found = TelnetTests.logins([
      .server("\r\nlogin: "), .client("frieda\r\n"), .server("frieda\r\nPassword: "), .client("wrong\r\n"),
      .server("\r\n"), .server("Login incorrect\r\nhost login: "), .client("frieda\r\n"), .server("Password: "),
      .client("p@ss word\r\n"), .server("\r\n"), .server("\r\n\u{1b}[32mhost\u{1b}[0m:~$ "), .client("exit\r\n"),
    ])
    #expect(found == ["login|frieda|wrong|0|4|6", "login|frieda|p@ss word|1|9|11"])
  }

  @Test(
    "what a host may say to a password",
    arguments: [
      ("Login incorrect\r\n", "0"), ("% Authentication failed\r\n", "0"), ("% Bad passwords\r\n", "0"),
      ("% Access denied\r\n", "0"), ("Username: ", "0"), ("Password: ", "0"), ("Welcome!\r\nRouter>", "1"),
      ("Last login: Tue\r\n", "1"), ("[admin@MikroTik] > ", "1"), ("# ", "1"), ("Verification code: ", ""),
      ("", ""), ("su: Sorry\r\n", "0"), ("*** Access granted ***\r\n", "1"),
      ("Your account: 17\r\n", ""), ("See 50% more\r\n", ""),
    ])
  func answers(_ text: String, _ accepted: String) {
    let found = TelnetTests.logins([
      .server("Username: "), .client("a\r"), .server("Password: "), .client("b\r"), .server("\r\n"), .server(text),
    ])
    #expect(found == ["login|a|b|\(accepted)|4|\(accepted.isEmpty ? "" : "6")"])
  }

  @Test("a password alone, as of Cisco's lines and of enable; sudo and ssh name their user")
  func passwordsAlone() {
    let found = TelnetTests.logins([
      .server("User Access Verification\r\n\r\nPassword: "), .client("cisco\r\n"), .server("\r\nRouter>"),
      .client("enable\r\n"), .server("enable\r\nPassword: "), .client("secret\r\n"), .server("\r\nRouter#"),
      .client("x\r\n"), .server("x\r\n[sudo] password for Fred: "), .client("a\r\n"),
      .server("\r\nSorry, try again.\r\n"),
      .server("fred@b's password: "), .client("b\r\n"), .server("\r\n"),
    ])
    #expect(
      found == [
        "password||cisco|1|2|3", "password||secret|1|6|7", "login|Fred|a|0|10|11", "login|fred@b|b||13|",
      ])
  }

  @Test("another language: behind an echoed answer the line that an echoing host does not echo")
  func unechoed() {
    let opening: [Step] = [.bytes(.server, [255, 251, 1]), .server("Nutzer:")]
    let found = TelnetTests.logins(
      opening + [
        .client("fred\r\n"), .server("fred\r\nGeheimnis: "), .client("geheim\r\n"), .server("\r\n"), .server("host> "),
      ])
    #expect(found == ["login|fred|geheim|1|5|7"])
    // A key pressed behind something else.
    let keys: [Step] = [
      .client("fred\r\n"), .server("fred\r\n> "), .client("x\r\n"), .server("x\r\nTaste: "), .client("q\r\n"),
      .server("\r\nhost> "),
    ]
    #expect(TelnetTests.logins(opening + keys) == [])
    #expect(
      TelnetTests.logins(
        opening + [.client("fred\r\n"), .server("fred\r\nOrt: "), .client("Bonn\r\n"), .server("Bonn\r\nhost> ")]) == []
    )
  }

  @Test("typed before it was asked for")
  func ahead() {
    let found = TelnetTests.logins([
      .client("fred\r\nsecret\r\n"), .server("Debian\r\nlogin: "), .server("fred\r\nPassword: "), .server("\r\n$ "),
      .client("ls\r\n"),
    ])
    #expect(found == ["login|fred|secret|1|1|4"])
    let later = TelnetTests.logins([
      .server("login: "), .client("fred\r\n"), .client("secret\r\n"), .server("fred\r\nPassword: "),
      .server("\r\nLogin incorrect\r\n"),
    ])
    #expect(later == ["login|fred|secret|0|3|5"])
  }

  @Test("the name may come with the environment")
  func environment() {
    let name: [UInt8] = [255, 250, 39, 0, 0] + Array("USER".utf8) + [1] + Array("frieda".utf8) + [255, 240]
    let found = TelnetTests.logins([
      .bytes(.client, name), .server("Password: "), .client("x\r\0"), .server("\r\nLogin incorrect\r\n"),
    ])
    #expect(found == ["login|frieda|x|0|3|4"])
  }

  @Test("no login where none was asked for: commands, prompts within output, changed passwords")
  func none() {
    #expect(
      TelnetTests.logins([
        .server("Login: disabled\r\nmenu> "), .client("echo password:\r\n"),
        .server("echo password:\r\npassword:\r\n$ "),
        .client("ls\r\n"), .server("New password: "), .client("abc\r\n"), .server("Retype new password: "),
        .client("abc\r\n"), .server("password: "),
      ]) == [])
    var steps: [Step] = [.server("$ ")]
    for letter in "echo password:" { steps += [.client(String(letter)), .server(String(letter))] }
    #expect(TelnetTests.logins(steps + [.client("\r\n"), .server("\r\npassword:\r\n$ ")]) == [])
  }

  /// A login refused and one accepted.
  static let session: [Step] = [
    .server("Debian\r\nlogin: "), .client("eve\r\n"), .server("eve\r\nPassword: "), .client("guess\r\n"),
    .server("\r\n"), .server("Login incorrect\r\nlogin: "), .client("frieda\r\n"), .server("frieda\r\nPassword: "),
    .client("s3cret\r\n"), .server("\r\nLast login: Tue\r\n"), .server("host:~$ "), .client("ls\r\n"),
    .server("ls\r\nfile\r\nhost:~$ "), .client("su\r\n"), .server("su\r\nPassword: "), .client("r00t\r\n"),
    .server("\r\n"), .server("host:~# "), .client("exit\r\n"),
  ]

  @Test("nothing that is missing gives a login that was not there, and no mutation or cut traps")
  func damage() {
    LoginDialogue.checkGaps(TelnetParser.self, TelnetTests.session)
    LoginDialogue.mutate(TelnetParser.self, TelnetTests.session)
    LoginDialogue.checkNoise(TelnetParser.self, ports: [23, 4000])
  }

  @Test("a gap takes the line that it is in, who logs in, and the answer that may be in it")
  func gaps() {
    let lost = TelnetTests.logins([
      .server("login: "), .client("fred\r\n"), .server("Password: "), .client("se"), .gap(.client, 2),
      .client("t\r\n"), .server("\r\nLogin incorrect\r\nlogin: "), .client("a\r\n"), .server("Password: "),
      .client("b\r\n"), .gap(.server, 100), .server("login: nobody\r\n$ "),
    ])
    #expect(lost == ["login|a|b||10|"])
    #expect(TelnetTests.logins([.gap(.server, 3), .server("Password: "), .client("b\r\n")]) == [])
  }

  @Test("what is encrypted is left alone, and TLS is handed over")
  func encrypted() {
    #expect(
      TelnetTests.logins([
        .bytes(.client, [255, 250, 38, 3, 1, 255, 240]), .server("Password: "), .client("b\r\n"),
      ]) == [])
    let follows: [UInt8] = [255, 250, 46, 1, 255, 240]
    let parser = TelnetParser(flow: ParserDriver.flow(port: 23))
    let context = ApplicationContext(sink: .init(captureID: 1))
    let frame = FrameStamp(id: 1, time: nil)
    parser.consume(follows.bytes, from: .server, in: frame, context: context)
    #expect(parser.outlook == .open)
    parser.consume(follows.bytes, from: .client, in: frame, context: context)
    #expect(parser.outlook == .handedOver)
  }

  @Test("an answer is looked for up to a limit")
  func lateAnswer() {
    let text = String(repeating: "Welcome to the show\r\n", count: 4000)
    let asked: [Step] = [.server("login: "), .client("a\r\n"), .server("Password: "), .client("b\r\n")]
    let short = String(text.utf8.prefix(60_000)) ?? ""
    #expect(TelnetTests.logins(asked + [.server(short + "\r\n$ "), .client("x\r\n")]) == ["login|a|b|1|4|5"])
    #expect(TelnetTests.logins(asked + [.server(text + "$ "), .client("x\r\n")]) == ["login|a|b||4|"])
  }

  @Test("endless lines, endless subnegotiations and noise give nothing and keep little")
  func hostile() {
    let parser = TelnetParser(flow: ParserDriver.flow(port: 23))
    let context = ApplicationContext(sink: .init(captureID: 1))
    let frame = FrameStamp(id: 1, time: nil)
    var noise = Noise(7)
    for _ in 0..<40 {
      let pieces = [
        noise.bytes(5000), [255, 250] + noise.bytes(3000).map { $0 & 0x7f }, Array(repeating: 0x61, count: 9000),
      ]
      for piece in pieces {
        parser.consume(piece.bytes, from: .client, in: frame, context: context)
        parser.consume(piece.bytes, from: .server, in: frame, context: context)
        #expect(parser.heldBytes < 6000)
      }
    }
    parser.finish(context: context)
    #expect(context.sink.emittedRows().of("credentials").isEmpty)
  }

  @Test("options tell it on any port, a prompt on port 23")
  func probe() {
    func probe(_ client: [UInt8], _ server: [UInt8], port: UInt16 = 4444, fromStart: Bool = true) -> Probe {
      LoginDialogue.probe(TelnetParser.self, bytes: client, server, fromStart: fromStart, server: port)
    }
    #expect(probe([], [255, 251, 1, 255, 253, 31]) == .match)
    #expect(probe([255, 251, 31], [255, 251, 1]) == .match)
    #expect(probe([], [255, 251, 1]) == .more)
    #expect(probe([], [255, 251, 1, 0x6c]) == .more)
    #expect(probe([], [255, 251, 1], port: 23) == .match)
    #expect(probe([], Array("Welcome\r\n\r\nUsername: ".utf8), port: 23) == .match)
    #expect(probe([], Array("Welcome\r\n".utf8), port: 23) == .more)
    #expect(probe([], Array("Username: ".utf8)) == .more)
    let asked = Array("Welcome\r\nUsername: fred\r\nPassword: ".utf8)
    #expect(probe(Array("fred\r\0".utf8), asked) == .match)
    #expect(probe([], asked) == .more)
    #expect(probe(Array("fred\r\n".utf8), asked, fromStart: false) == .no)
    #expect(probe(Array("fred\r\n".utf8), Array("Password: ".utf8)) == .more)
    #expect(probe([1, 0, 2], asked) == .no)
    #expect(probe([], [0x4a, 0, 0, 0, 10]) == .no)
    #expect(probe([], [255, 251, 0x90, 0x64]) == .no)
    #expect(probe([], [255, 254, 0x31, 0]) == .no)
    #expect(probe([], [255, 216, 255, 224]) == .no)
    #expect(probe(Array("GET /".utf8), []) == .no)
  }
}
