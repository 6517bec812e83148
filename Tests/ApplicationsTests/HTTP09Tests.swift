import Bytes
import TestSupport
import Testing

@testable import Applications

@Suite("HTTP/0.9")
struct HTTP09Tests {
  private static let steps: [Step] = [
    .client("GET /old/page.html\r\n"), .server("<html>As in "), .server("1991.</html>"), .close(.server),
  ]

  private func probe(_ client: String, _ server: String, fromStart: Bool = true) -> Probe {
    let (client, server) = (Array(client.utf8), Array(server.utf8))
    return HTTP09Parser.probe(
      Opening(client: client.bytes, server: server.bytes, fromStart: fromStart, flow: ParserDriver.flow()))
  }

  @Test("a line without a version is told by what the server makes of it")
  func probes() {
    #expect(probe("GET /\r\n", "") == .more)
    #expect(probe("GET /", "") == .more)
    #expect(probe("GE", "") == .more)
    #expect(probe("GET /\n", "<html>") == .match)
    #expect(probe("GET /\r\n", "HTTP/1.0 200 OK\r\n") == .no)
    #expect(probe("GET /a b\r\n", "<html>") == .no)
    #expect(probe("GET /\r\nHost: a\r\n", "<html>") == .no)
    #expect(probe("GET key\r\n", "$-1\r\n") == .no)
    #expect(probe("GET /\r\n", "<html>", fromStart: false) == .no)
    #expect(probe("", "<html>") == .no || probe("", "<html>") == .more)
  }

  @Test("the request is a row, its body a file that lasts until the close, however the bytes are cut")
  func rows() {
    for size in [nil, 1, 3] {
      let rows = ParserDriver.rows(HTTP09Parser.self, Self.steps, cutInto: size)
      let request = rows.of("http_requests").first
      #expect(request?["method"] == "GET" && request?["uri"] == "/old/page.html" && request?["version"] == "0.9")
      #expect(request?["head_length"] == 20 && request?["complete"] == 1 && request?["response_id"] == .null)
      let file = rows.of("files").first
      #expect(file?["name"] == "page.html" && file?["size"] == 24 && file?["complete"] == 1 && file?["frame_id"] == 2)
      #expect(file?["detected_type"] == "text/html")
      #expect(rows.of("http_responses").isEmpty)
    }
  }

  @Test("a body with a gap, or without a close, is not complete", arguments: 0..<3)
  func incomplete(place: Int) {
    var steps = Self.steps
    if place == 0 { steps.removeLast() } else { steps.insert(.gap(.server, 5), at: place) }
    let file = ParserDriver.rows(HTTP09Parser.self, steps).of("files").first
    #expect(file?["complete"] == 0 && file?["sha256"] == .null && file?["size"] == 24)
  }
}
