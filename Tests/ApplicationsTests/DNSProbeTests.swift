import Applications
import Bytes
import TestSupport
import Testing

@Suite("Telling DNS")
struct DNSProbeTests {
  private static func flow(_ client: UInt16, _ server: UInt16) -> FlowIdentity {
    FlowIdentity(
      id: 1, client: Endpoint(IPAddress(v4: 0xc000_0201), client), server: Endpoint(IPAddress(v4: 0xc633_6407), server))
  }

  private static func probe<Parser: DatagramParser>(
    _ parser: Parser.Type, _ bytes: [UInt8], _ client: UInt16, _ server: UInt16, _ side: Side = .client
  ) -> Probe {
    parser.probe(bytes.bytes, from: side, flow: flow(client, server))
  }

  @Test("on port 53 anything is DNS, also what is malformed")
  func port53() {
    #expect(DNSProbeTests.probe(DNSDatagramParser.self, [1, 2, 3], 40000, 53) == .match)
    #expect(DNSProbeTests.probe(DNSDatagramParser.self, [], 40000, 53) == .more)
    #expect(DNSProbeTests.probe(DNSDatagramParser.self, DNSBuilder.query(), 40000, 53) == .match)
  }

  @Test("on other ports only a whole message is DNS")
  func otherPorts() {
    for bytes in [DNSBuilder.query(), DNSBuilder.chain] {
      let side: Side = bytes == DNSBuilder.chain ? .server : .client
      #expect(DNSProbeTests.probe(DNSDatagramParser.self, bytes, 40000, 4053, side) == .match)
      #expect(DNSProbeTests.probe(DNSDatagramParser.self, bytes, 40000, 4053, side.other) == .reversed)
      #expect(DNSProbeTests.probe(DNSDatagramParser.self, bytes + [0], 40000, 4053, side) == .no)
      for length in 1..<bytes.count {
        #expect(DNSProbeTests.probe(DNSDatagramParser.self, Array(bytes.prefix(length)), 40000, 4053, side) == .no)
      }
    }
    #expect(DNSProbeTests.probe(DNSDatagramParser.self, [UInt8](repeating: 0, count: 48), 40000, 4053) == .no)
    let unknownClass = DNSBuilder.message(flags: 0x0100, questions: [DNSBuilder.question("a", 1, recordClass: 77)])
    #expect(DNSProbeTests.probe(DNSDatagramParser.self, unknownClass, 40000, 4053) == .no)
  }

  @Test("NetBIOS and SSDP ports are never DNS, and mDNS and LLMNR go by their own names")
  func ports() {
    for port: UInt16 in [137, 138, 1900, 5353, 5355] {
      #expect(DNSProbeTests.probe(DNSDatagramParser.self, DNSBuilder.query(), 40000, port) == .no)
      #expect(DNSProbeTests.probe(DNSDatagramParser.self, DNSBuilder.query(), port, port) == .no)
    }
    #expect(DNSProbeTests.probe(MDNSDatagramParser.self, DNSBuilder.chain, 5353, 5353) == .match)
    #expect(DNSProbeTests.probe(MDNSDatagramParser.self, [1], 5353, 5353) == .match)
    #expect(DNSProbeTests.probe(DNSDatagramParser.self, DNSBuilder.chain, 5353, 53) == .match)
    #expect(DNSProbeTests.probe(MDNSDatagramParser.self, DNSBuilder.query(), 40000, 53) == .no)
    #expect(DNSProbeTests.probe(MDNSDatagramParser.self, DNSBuilder.chain, 5353, 40000) == .reversed)
    #expect(DNSProbeTests.probe(LLMNRDatagramParser.self, DNSBuilder.query(), 40000, 5355) == .match)
    #expect(DNSProbeTests.probe(LLMNRDatagramParser.self, DNSBuilder.query(), 40000, 53) == .no)
    #expect(MDNSDatagramParser.service == "mdns")
    #expect(LLMNRDatagramParser.service == "llmnr")
  }

  private static func stream(_ client: [UInt8], _ server: [UInt8] = [], port: UInt16 = 4053) -> Probe {
    DNSStreamParser.probe(
      Opening(client: client.bytes, server: server.bytes, fromStart: true, flow: flow(40000, port)))
  }

  private static func framed(_ bytes: [UInt8]) -> [UInt8] { DNSBuilder.u16(bytes.count) + bytes }

  @Test("a stream is DNS when a length and a message that fits it stand at its start")
  func streams() {
    let query = DNSProbeTests.framed(DNSBuilder.query())
    let response = DNSProbeTests.framed(DNSBuilder.chain)
    #expect(DNSProbeTests.stream([]) == .more)
    #expect(DNSProbeTests.stream([0]) == .more)
    #expect(DNSProbeTests.stream(Array(query.prefix(13))) == .more)
    #expect(DNSProbeTests.stream(query) == .match)
    #expect(DNSProbeTests.stream(query + query) == .match)
    #expect(DNSProbeTests.stream([], response) == .match)
    #expect(DNSProbeTests.stream(response, query) == .reversed)
    #expect(DNSProbeTests.stream(query, port: 53) == .match)
    #expect(DNSProbeTests.stream(query, Array("220 ready for you\r\n".utf8)) == .no)
  }

  @Test(
    "other protocols' openings are not DNS",
    arguments: [
      "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "SSH-2.0-OpenSSH_9.2p1 Debian\r\n", "USER anonymous\r\n",
      "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\u{1}\u{7c}\u{3}\u{3}aaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    ])
  func otherStreams(_ text: String) {
    #expect(DNSProbeTests.stream(Array(text.utf8)) == .no)
    #expect(DNSProbeTests.stream(Array(text.utf8), port: 53) == .no)
  }
}
