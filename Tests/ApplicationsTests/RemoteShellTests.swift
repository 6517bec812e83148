import Bytes
import TestSupport
import Testing

@testable import Applications

@Suite("Logins of rlogin, rsh and rexec")
struct RemoteShellTests {
  private static let rlogin = "\0otto\0frieda\0xterm/38400\0"

  private static func rlogin(_ steps: [Step]) -> [String] {
    LoginDialogue.lines(RloginParser.self, steps)
  }

  @Test("rlogin asks for a password, refuses it, asks for a name, and lets in")
  func password() {
    let found = RemoteShellTests.rlogin([
      .client(RemoteShellTests.rlogin), .server("\0"), .bytes(.server, [0x80]),
      .bytes(.client, [0xff, 0xff, 0x73, 0x73, 0, 24, 0, 80, 0, 0, 0, 0]), .server("Password: "), .client("wrong\r"),
      .server("\r\nLogin incorrect\r\nhost login: "), .client("fritz\r"), .server("fritz\r\nPassword: "),
      .client("s3cret\r"), .server("\r\nhost:~$ "),
    ])
    #expect(found == ["login|frieda|wrong|0|6|7", "login|fritz|s3cret|1|10|11"])
  }

  @Test("rlogin trusts, or does not")
  func trust() {
    let start: [Step] = [.client(RemoteShellTests.rlogin)]
    #expect(
      RemoteShellTests.rlogin(start + [.server("\0Last login: Tue\r\n$ "), .client("ls\r")])
        == ["rhosts|frieda||1|1|2"])
    #expect(RemoteShellTests.rlogin(start + [.server("\0host:~$ ")]) == ["rhosts|frieda||1|1|2"])
    #expect(RemoteShellTests.rlogin(start + [.server("\u{1}Permission denied.\r\n")]) == ["rhosts|frieda||0|1|2"])
    #expect(RemoteShellTests.rlogin(start) == [])
    #expect(
      RemoteShellTests.rlogin([.client("\0ot"), .gap(.client, 3), .client("\0x\0vt/9\0"), .server("\0$ ")]) == [])
  }

  @Test("rsh and rexec are answered by one byte")
  func commands() {
    let command = "1022\0frieda\0s3cret\0cat /etc/motd\0"
    func rsh(_ steps: [Step]) -> [String] { LoginDialogue.lines(RshParser.self, steps) }
    func rexec(_ steps: [Step]) -> [String] { LoginDialogue.lines(RexecParser.self, steps) }
    #expect(rexec([.client(command), .server("\0hello\n")]) == ["USER/PASS|frieda|s3cret|1|1|2"])
    #expect(rexec([.client(command), .server("\u{1}Login incorrect.\n")]) == ["USER/PASS|frieda|s3cret|0|1|2"])
    #expect(rexec([.client("0\0frieda\0"), .client("s3cret\0ls\0")]) == ["USER/PASS|frieda|s3cret||2|"])
    #expect(rexec([.client(command), .gap(.server, 1), .server("\0")]) == ["USER/PASS|frieda|s3cret||1|"])
    #expect(rexec([.client("0\0frieda\0s3"), .gap(.client, 4), .client("\0ls\0")]) == [])
    #expect(rsh([.client("1022\0otto\0frieda\0ls\0"), .server("\0")]) == ["rhosts|frieda||1|1|2"])
    #expect(
      rsh([.client("1022\0otto\0frieda\0ls\0"), .server("\u{1}Permission denied.\n")]) == ["rhosts|frieda||0|1|2"])
  }

  @Test("nothing that is missing gives a login that was not there, and no mutation or cut traps")
  func damage() {
    let dialogue: [Step] = [
      .client(RemoteShellTests.rlogin), .server("\0"), .server("Password: "), .client("wrong\r"),
      .server("\r\nLogin incorrect\r\nhost login: "), .client("fritz\r"), .server("fritz\r\nPassword: "),
      .client("s3cret\r"), .server("\r\nhost:~$ "), .client("ls\r"),
    ]
    LoginDialogue.checkGaps(RloginParser.self, dialogue)
    LoginDialogue.mutate(RloginParser.self, dialogue)
    LoginDialogue.checkNoise(RloginParser.self, ports: [513, 4000])
    let command: [Step] = [.client("1022\0frieda\0"), .client("s3cret\0cat x\0"), .server("\0"), .server("hello\n")]
    LoginDialogue.checkGaps(RshParser.self, command)
    LoginDialogue.mutate(RshParser.self, command)
    LoginDialogue.checkNoise(RshParser.self, ports: [514, 4000])
    LoginDialogue.checkGaps(RexecParser.self, command)
    LoginDialogue.mutate(RexecParser.self, command)
    LoginDialogue.checkNoise(RexecParser.self, ports: [512, 4000])
  }

  @Test("endless texts and noise keep little")
  func hostile() {
    let context = ApplicationContext(sink: .init(captureID: 1))
    let frame = FrameStamp(id: 1, time: nil)
    let flood = Array(repeating: UInt8(0x61), count: 100_000)
    let parsers: [any StreamParser] = [
      RloginParser(flow: ParserDriver.flow()), RshParser(flow: ParserDriver.flow()),
      RexecParser(flow: ParserDriver.flow()),
    ]
    var noise = Noise(11)
    for parser in parsers {
      parser.consume(flood.bytes, from: .client, in: frame, context: context)
      #expect(parser.heldBytes <= 256)
      for _ in 0..<20 {
        parser.consume(noise.bytes(5000).bytes, from: .client, in: frame, context: context)
        parser.consume(noise.bytes(5000).bytes, from: .server, in: frame, context: context)
      }
      parser.finish(context: context)
      #expect(parser.heldBytes <= 5 * 512)
    }
  }

  @Test("their first texts tell them, rsh from rexec by the ports")
  func probe() {
    func rlogin(_ client: String, _ server: String = "\0") -> Probe {
      LoginDialogue.probe(RloginParser.self, client, server)
    }
    #expect(rlogin(RemoteShellTests.rlogin) == .match)
    #expect(rlogin("\0otto\0fri", "") == .more)
    #expect(rlogin(RemoteShellTests.rlogin, "x") == .no)
    #expect(rlogin("\0otto\0frieda\0xterm\0") == .no)
    #expect(rlogin("\0\0\0\0") == .no)
    #expect(rlogin("\0\u{1}\u{2}", "") == .no)
    let command = "1022\0otto\0frieda\0ls\0"
    func rsh(_ client: String, port: UInt16 = 4444, from clientPort: UInt16 = 1023) -> Probe {
      LoginDialogue.probe(RshParser.self, client, "\0", client: clientPort, server: port)
    }
    func rexec(_ client: String, port: UInt16 = 4444, from clientPort: UInt16 = 40000) -> Probe {
      LoginDialogue.probe(RexecParser.self, client, "\0", client: clientPort, server: port)
    }
    #expect(rsh(command) == .match)
    #expect(rsh(command, port: 512) == .no)
    #expect(rsh(command, from: 40000) == .no)
    #expect(rsh("\0otto\0frieda\0ls\0", port: 514) == .match)
    #expect(rsh("\0otto\0frieda\0ls\0") == .no)
    #expect(rexec(command) == .match)
    #expect(rexec(command, port: 512, from: 1023) == .match)
    #expect(rexec(command, from: 1023) == .no)
    #expect(rexec("\0a\0b\0c\0", port: 512) == .match)
    #expect(rexec("\0a\0b\0c\0") == .no)
    #expect(rexec("1022 otto") == .no)
    #expect(rexec("123456\0a\0b\0c\0") == .no)
    #expect(rexec("1\0a\0b\0\0") == .no)
  }
}
