import Bytes
import TestSupport
import Testing

@testable import Applications

@Suite("Recognising HTTP/1.x")
struct HTTP1ProbeTests {
  private func probe(client: String = "", server: String = "") -> Probe {
    let client = Array(client.utf8)
    let server = Array(server.utf8)
    return HTTP1Parser.probe(
      Opening(client: client.bytes, server: server.bytes, fromStart: true, flow: ParserDriver.flow()))
  }

  @Test(
    "request lines from the client match",
    arguments: [
      "GET / HTTP/1.1\r\n", "\r\nPOST /x?y HTTP/1.0\n", "FROBNICATE * HTTP/1.1\r\nHost", "CONNECT a:443 HTTP/1.1\r\n",
      "GET /" + String(repeating: "long", count: 100),
    ])
  func requests(text: String) {
    #expect(probe(client: text) == .match)
    #expect(probe(server: text) == .reversed)
  }

  @Test("status lines from the server match", arguments: ["HTTP/1.1 200 OK\r\n", "HTTP/1.0 404\r\n", "HTTP/1.1 200 "])
  func responses(text: String) {
    #expect(probe(server: text) == .match)
    #expect(probe(client: text) == .reversed)
    #expect(probe(client: "\u{1}\u{2}", server: text) == .match)
  }

  @Test(
    "anything else does not match",
    arguments: [
      "PRI * HTTP/2.0\r\n\r\nSM", "GET /\r\n", "DESCRIBE rtsp://a/ RTSP/1.0\r\n", "OPTIONS sip:a@b SIP/2.0\r\n",
      "SSH-2.0-x\r\n", "220 ready\r\n", "HTTP/2 200\r\n", "HTTP/1.1 2x0 ", "\u{16}\u{3}\u{1}", "GET \u{0}",
      "USER anonymous\r\n", "HTTP/1.1 2000", "THISISAMETHODTHATISFARTOOLONGTOBEONE",
    ])
  func others(text: String) {
    #expect(probe(client: text) != .match)
    #expect(probe(client: text, server: "something else\r\n") == .no)
    #expect(probe(server: text) == .no)
  }

  @Test("what is no request waits for what the server says of it")
  func answeredNonsense() {
    #expect(probe(client: "nonsense\r\n") == .more)
    #expect(probe(client: "nonsense\r\n", server: "HTTP/1.1 400 Bad Request\r\n") == .match)
    #expect(probe(client: "\u{16}\u{3}\u{1}") == .more)
    #expect(probe(client: "\u{16}\u{3}\u{1}", server: "HTTP/1.1 400 Bad Request\r\n") == .match)
  }

  @Test(
    "a line that could still become one needs more",
    arguments: ["G", "GET", "GET /ind", "GET / HTTP/1.1", "\r\n", "HTTP/1.", "HTTP/1.1 200"])
  func prefixes(text: String) {
    #expect(probe(client: text) == .more)
  }

  @Test("nothing at all is nothing")
  func silence() {
    #expect(probe() == .no)
  }
}
