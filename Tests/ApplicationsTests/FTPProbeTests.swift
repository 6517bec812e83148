import Applications
import Bytes
import TestSupport
import Testing

@Suite("Telling FTP")
struct FTPProbeTests {
  private static func probe(
    _ client: String, _ server: String, fromStart: Bool = true, client clientPort: UInt16 = 40000,
    server serverPort: UInt16 = 2121
  ) -> Probe {
    let (client, server) = (Array(client.utf8), Array(server.utf8))
    let flow = FlowIdentity(
      id: 1, client: Endpoint(IPAddress(v4: 1), clientPort), server: Endpoint(IPAddress(v4: 2), serverPort))
    return FTPParser.probe(Opening(client: client.bytes, server: server.bytes, fromStart: fromStart, flow: flow))
  }

  @Test("a greeting and a first command are FTP on any port")
  func content() {
    #expect(FTPProbeTests.probe("", "") == .more)
    for greeting in ["2", "22", "220", "220 ", "220-Welcome\r\n220 x\r\n"] {
      #expect(FTPProbeTests.probe("", greeting) == .more)
    }
    #expect(FTPProbeTests.probe("US", "220 x\r\n") == .more)
    for command in ["USER a\r\n", "user a", "AUTH TLS\r\n", "FEAT\r\n", "SYST\n", "HOST x", "QUIT\r\n"] {
      #expect(FTPProbeTests.probe(command, "220 x\r\n") == .match)
    }
  }

  @Test("mail, chat and other servers are not FTP")
  func others() {
    #expect(FTPProbeTests.probe("EHLO a\r\n", "220 mail\r\n") == .no)
    #expect(FTPProbeTests.probe("HELO a\r\n", "220 mail\r\n") == .no)
    #expect(FTPProbeTests.probe("QUIT\r\n", "220 mail ESMTP\r\n") == .no)
    #expect(FTPProbeTests.probe("", "220 mail ESMTP\r\n", server: 21) == .no)
    #expect(FTPProbeTests.probe("USER a\r\n", "+OK\r\n") == .no)
    #expect(FTPProbeTests.probe("NICK a\r\nUSER b\r\n", "") == .no)
    #expect(FTPProbeTests.probe("USER a\r\nPASS b\r\nSTAT\r\nLIST\r\n", "", server: 110) == .more)
    #expect(FTPProbeTests.probe("GET / HTTP/1.1\r\n", "") == .no)
    #expect(FTPProbeTests.probe("", "SSH-2.0-x\r\n") == .no)
    #expect(FTPProbeTests.probe("", "200 news\r\n") == .no)
  }

  @Test("on port 21 one side is enough")
  func port21() {
    #expect(FTPProbeTests.probe("", "220 x\r\n", server: 21) == .match)
    #expect(FTPProbeTests.probe("", "421 full\r\n", server: 21) == .match)
    #expect(FTPProbeTests.probe("USER a\r\n", "", server: 21) == .match)
    #expect(FTPProbeTests.probe("", "SSH-2.0-x\r\n", server: 21) == .no)
    #expect(FTPProbeTests.probe("USER a\r\nPASS b\r\nSYST\r\n", "") == .match)
  }

  @Test("a capture that began later is told by a command or reply, and may be reversed")
  func midstream() {
    #expect(FTPProbeTests.probe("PWD\r\n", "", fromStart: false, server: 21) == .match)
    #expect(FTPProbeTests.probe("", "rest of a line\r\n226 done\r\n", fromStart: false, server: 21) == .match)
    #expect(FTPProbeTests.probe("226 done\r\n", "", fromStart: false, client: 21, server: 40000) == .reversed)
    #expect(FTPProbeTests.probe("PWD\r\n", "257 /\r\n", fromStart: false) == .match)
    #expect(FTPProbeTests.probe("257 /\r\n", "PWD\r\n", fromStart: false) == .reversed)
    #expect(FTPProbeTests.probe("PWD\r\n", "", fromStart: false) == .more)
    #expect(FTPProbeTests.probe("hello\r\n", "world\r\n", fromStart: false) == .no)
  }
}
