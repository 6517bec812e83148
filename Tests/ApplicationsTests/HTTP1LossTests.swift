import Applications
import TestSupport
import Testing

@Suite("HTTP/1.x with bytes missing or malformed")
struct HTTP1LossTests {
  private func rows(_ steps: [Step]) -> [EmittedRow] { ParserDriver.rows(HTTP1Parser.self, steps) }

  @Test("bytes missing from a body are not counted, and the next message is found exactly behind it")
  func bodyGap() {
    let rows = rows(HTTP1Dialogues.bodyGap)
    #expect(rows.of("http_responses").map { $0["body_length"].integer } == [20, 2, 12])
    #expect(rows.of("http_responses").map { $0["complete"].integer } == [0, 0, 0])
    #expect(rows.of("files").map { $0["sha256"].text } == [nil, nil, nil])
    #expect(rows.of("diagnostics").isEmpty)
  }

  @Test("a gap that ends with the body ends the message")
  func gapToTheEnd() {
    let rows = rows([
      .client("GET / HTTP/1.1\r\n\r\n"), .server("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345"),
      .gap(.server, 5), .server("HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"),
    ])
    #expect(rows.of("http_responses").map { $0["status"].integer } == [200, 404])
    #expect(rows.of("http_responses")[0]["complete"] == 0)
    #expect(rows.of("http_responses")[0]["last_frame_id"] == 2)
  }

  @Test("a gap in a head emits what was seen of it and goes on with the next segment that begins a message")
  func headGap() {
    let rows = rows(HTTP1Dialogues.headGap)
    let requests = rows.of("http_requests")
    #expect(requests.map { $0["uri"].text } == ["/1", "/2"])
    #expect(requests.map { $0["complete"].integer } == [0, 1])
    #expect(requests.map { $0["host"].text } == ["a", "b"])
    #expect(requests.map { $0["response_id"].integer } == [1, 2])
    let responses = rows.of("http_responses")
    #expect(responses.map { $0["complete"].integer } == [0, 1])
    #expect(responses[0]["server"] == "one")
    #expect(responses[1]["body_length"] == 2)
    let diagnostics = rows.of("diagnostics")
    #expect(diagnostics.map { $0["code"].text } == ["http-resynchronised", "http-resynchronised"])
    #expect(diagnostics.map { $0["frame_id"].integer } == [7, 8])
    #expect(diagnostics[0]["detail"] == "14 bytes from the client were skipped before this message")
  }

  @Test("a gap beyond the body's end loses the place; the next response answers the last request")
  func longGap() {
    let rows = rows([
      .client("GET /1 HTTP/1.1\r\n\r\n"), .server("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345"),
      .client("GET /2 HTTP/1.1\r\n\r\n"), .gap(.server, 500), .client("GET /3 HTTP/1.1\r\n\r\n"),
      .server("HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"),
    ])
    #expect(rows.of("http_requests").map { $0["response_id"].integer } == [1, nil, 2])
    #expect(rows.of("http_responses").map { $0["request_id"].integer } == [1, 3])
    #expect(rows.of("http_responses")[0]["complete"] == 0)
  }

  @Test("a request without a response, and a response without a request, are rows all the same")
  func oneSided() {
    let requests = rows([.client("GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\n")]).of("http_requests")
    #expect(requests.map { $0["response_id"] } == [nil, nil])
    #expect(requests.map { $0["complete"] } == [1, 1])
    let response = rows([.server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")]).of("http_responses")[0]
    #expect(response["request_id"] == nil)
  }

  @Test("what is no message is diagnosed and skipped up to the next segment that begins one")
  func malformed() {
    let rows = rows(HTTP1Dialogues.malformed)
    #expect(rows.of("http_requests").map { $0["uri"].text } == ["/1", "/2", "/3"])
    #expect(rows.of("http_requests").map { $0["complete"].integer } == [1, 0, 1])
    #expect(rows.of("http_responses").map { $0["complete"].integer } == [0, 0, 0, 0, 0, 1])
    #expect(rows.of("http_responses").map { $0["body_length"].integer } == [0, 0, 0, 0, 3, 1])
    let details = rows.of("diagnostics").filter { $0["code"] == "malformed-http" }.map { $0["detail"].text }
    #expect(
      details == [
        "no start line where the client's next message begins",
        "Content-Length from the client is invalid or contradictory", "malformed chunk size from the server",
        "Content-Length from the server is invalid or contradictory",
        "Content-Length from the server is invalid or contradictory", "malformed chunk size from the server",
        "no line end behind a chunk's data from the server",
      ])
  }

  @Test("a message that the capture's end cuts off is emitted as incomplete with what was seen")
  func cutOff() {
    let rows = rows([
      .client("POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\n123"),
      .server("HTTP/1.1 200 OK\r\nServer: x\r\nContent-Ty"),
    ])
    #expect(rows.of("http_requests")[0]["complete"] == 0)
    #expect(rows.of("http_requests")[0]["body_length"] == 3)
    #expect(rows.of("http_requests")[0]["response_id"] == 1)
    let response = rows.of("http_responses")[0]
    #expect(response["complete"] == 0)
    #expect(response["server"] == "x")
    #expect(response["head_length"] == 38)
    #expect(rows.of("http_headers").map { $0["name"].text } == ["Content-Length", "Server"])
  }

  @Test("a start line that is cut off is a diagnostic")
  func cutStartLine() {
    let rows = rows([.client("GET /index.html HT")])
    #expect(rows.count == 1)
    #expect(rows[0]["code"] == "malformed-http")
    #expect(rows[0]["detail"] == "client's last 18 bytes are no whole start line")
  }

  @Test("a head beyond the limit is emitted with what fits")
  func headLimit() {
    let padding = String(repeating: "X-Padding: 0123456789\r\n", count: 5_000)
    for size in [nil, 1000, 65_537] {
      let rows = ParserDriver.rows(
        HTTP1Parser.self, [.client("GET / HTTP/1.1\r\n\(padding)\r\n"), .client("GET /2 HTTP/1.1\r\n\r\n")],
        cutInto: size)
      #expect(rows.of("http_requests").map { $0["uri"].text } == ["/", "/2"])
      #expect(rows.of("http_requests").map { $0["complete"].integer } == [0, 1])
      #expect(rows.of("http_requests")[0]["head_length"] == 65_536)
      #expect(rows.of("http_headers").count == 1_000)
      #expect(
        rows.of("diagnostics").map { $0["code"].text } == ["http-head-limit", "http-head-limit", "http-resynchronised"])
    }
  }

  @Test("of more requests than may wait, those that do are joined, and the ones behind them do not shift the rest")
  func pendingLimit() {
    let requests = (0..<1_010).map { "GET /\($0) HTTP/1.1\r\n\r\n" }.joined()
    let responses = (0..<1_010).map { "HTTP/1.1 \(200 + $0 % 100) OK\r\nContent-Length: 0\r\n\r\n" }.joined()
    let rows = rows([
      .client(requests), .server(responses), .client("GET /last HTTP/1.1\r\n\r\n"),
      .server("HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"),
    ])
    let joined = rows.of("http_requests")
    #expect(joined.count == 1_011)
    #expect(joined[999]["response_id"] == 1_000)
    #expect(joined[1_000]["response_id"] == nil)
    #expect(joined[1_010]["response_id"] == 1_011)
    #expect(rows.of("diagnostics").map { $0["code"].text } == ["http-pending-limit"])
  }

  @Test("a dialogue cut off at any byte, or changed at random, gives rows and does not trap")
  func hostile() {
    var generator = HTTP1SeededGenerator(state: 1)
    for (_, steps) in HTTP1Dialogues.all {
      for length in 0..<120 {
        let cut = steps.map { step in
          if case .bytes(let side, let bytes) = step { Step.bytes(side, Array(bytes.prefix(length))) } else { step }
        }
        _ = rows(cut)
      }
      for _ in 0..<150 {
        let mutated = steps.map { step in
          guard case .bytes(let side, var bytes) = step, !bytes.isEmpty else { return step }
          for _ in 0..<Int.random(in: 0...4, using: &generator) {
            let place = Int.random(in: 0..<bytes.count, using: &generator)
            switch Int.random(in: 0..<3, using: &generator) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
            case 1: bytes.insert(bytes[Int.random(in: 0..<bytes.count, using: &generator)], at: place)
            default: bytes.removeSubrange(place..<min(bytes.count, place + 3))
            }
            if bytes.isEmpty { break }
          }
          return .bytes(side, bytes)
        }
        let whole = rows(mutated)
        #expect(ParserDriver.rows(HTTP1Parser.self, mutated, cutInto: 1) == whole)
        #expect(ParserDriver.rows(HTTP1Parser.self, mutated, cutInto: 5) == whole)
      }
    }
  }
}
