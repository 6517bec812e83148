import Applications
import TestSupport
import Testing

@Suite("HTTP/1.x dialogues")
struct HTTP1ParserTests {
  private func rows(_ steps: [Step]) -> [EmittedRow] { ParserDriver.rows(HTTP1Parser.self, steps) }

  @Test("a request and its response have their fields and know each other")
  func simple() {
    let rows = rows(HTTP1Dialogues.simple)
    let request = rows.of("http_requests")[0]
    #expect(request["flow_id"] == 1)
    #expect(request["frame_id"] == 1)
    #expect(request["last_frame_id"] == 1)
    #expect(request["ts"] == 0)
    #expect(request["method"] == "GET")
    #expect(request["uri"] == "/pictures/cat%20one.png?size=3")
    #expect(request["version"] == "1.1")
    #expect(request["host"] == "www.example.org")
    #expect(request["user_agent"] == "Browser/1.0")
    #expect(request["referer"] == "http://example.org/")
    #expect(request["content_type"] == nil)
    #expect(request["head_length"] == 125)
    #expect(request["body_length"] == 0)
    #expect(request["complete"] == 1)
    #expect(request["response_id"] == 1)
    let response = rows.of("http_responses")[0]
    #expect(response.id == 1)
    #expect(response["request_id"] == .integer(request.id))
    #expect(response["frame_id"] == 2)
    #expect(response["ts"] == 1_000_000)
    #expect(response["status"] == 200)
    #expect(response["reason"] == "OK")
    #expect(response["version"] == "1.1")
    #expect(response["content_type"] == "Text/HTML; charset=utf-8")
    #expect(response["server"] == "Apache")
    #expect(response["location"] == nil)
    #expect(response["head_length"] == 94)
    #expect(response["body_length"] == 5)
    #expect(response["decoded_length"] == 5)
    #expect(response["complete"] == 1)
    let headers = rows.of("http_headers")
    #expect(
      headers.map { $0["name"].text } == ["Host", "User-Agent", "Referer", "Server", "Content-Type", "Content-Length"])
    #expect(headers.map { $0["position"].integer } == [1, 2, 3, 1, 2, 3])
    #expect(headers[1]["value"] == "Browser/1.0")
    #expect(headers[1]["request_id"] == 1)
    #expect(headers[1]["response_id"] == nil)
    #expect(headers[5]["request_id"] == nil)
    #expect(headers[5]["response_id"] == 1)
    #expect(rows.of("diagnostics").isEmpty)
  }

  @Test("a body is a file with name, types and hash")
  func file() {
    let file = rows(HTTP1Dialogues.simple).of("files")[0]
    #expect(file["source"] == "http")
    #expect(file["frame_id"] == 2)
    #expect(file["name"] == "cat one.png")
    #expect(file["media_type"] == "text/html")
    #expect(file["detected_type"] == "text/plain")
    #expect(file["size"] == 5)
    #expect(file["sha256"] == "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824")
    #expect(file["complete"] == 1)
  }

  @Test("however the bytes are cut, the rows are the same", arguments: HTTP1Dialogues.all.map(\.name))
  func pieces(name: String) throws {
    let steps = try #require(HTTP1Dialogues.all.first { $0.name == name }).steps
    let whole = rows(steps)
    #expect(!whole.isEmpty)
    for size in [1, 2, 3, 7, 64] {
      #expect(ParserDriver.rows(HTTP1Parser.self, steps, cutInto: size) == whole, "in pieces of \(size)")
    }
  }

  @Test("a connection that is kept alive carries one exchange after the other, the last up to the close")
  func keepAlive() {
    let rows = rows(HTTP1Dialogues.keepAlive)
    #expect(rows.of("http_requests").map { $0["uri"].text } == ["/1", "/2", "/3"])
    #expect(rows.of("http_requests").map { $0["response_id"].integer } == [1, 2, 3])
    #expect(rows.of("http_requests").map { $0["body_length"].integer } == [0, 4, 0])
    #expect(rows.of("http_responses").map { $0["request_id"].integer } == [1, 2, 3])
    #expect(rows.of("http_responses").map { $0["body_length"].integer } == [3, 0, 13])
    #expect(rows.of("http_responses").map { $0["complete"].integer } == [1, 1, 1])
    #expect(rows.of("http_responses")[1]["location"] == "/3")
    #expect(rows.of("http_responses")[2]["version"] == "1.0")
  }

  @Test("a body until the close is incomplete where the close was not seen")
  func untilCloseUnseen() {
    let rows = rows([.client("GET / HTTP/1.0\r\n\r\n"), .server("HTTP/1.0 200 OK\r\n\r\nhello")])
    #expect(rows.of("http_responses")[0]["complete"] == 0)
    #expect(rows.of("http_responses")[0]["body_length"] == 5)
    #expect(rows.of("files")[0]["sha256"] == nil)
  }

  @Test("pipelined requests are answered in order; responses to HEAD, 204 and 304 have no body whatever they say")
  func pipelined() {
    let rows = rows(HTTP1Dialogues.pipelined)
    #expect(rows.of("http_requests").map { $0["response_id"].integer } == [1, 2, 3, 4])
    #expect(rows.of("http_responses").map { $0["status"].integer } == [200, 200, 304, 204])
    #expect(rows.of("http_responses").map { $0["body_length"].integer } == [3, 0, 0, 0])
    #expect(rows.of("http_responses").map { $0["complete"].integer } == [1, 1, 1, 1])
    #expect(rows.of("diagnostics").isEmpty)
  }

  @Test(
    "chunk framing is removed, extensions are skipped, trailers are fields; Content-Length does not count beside it")
  func chunked() {
    let rows = rows(HTTP1Dialogues.chunked)
    let response = rows.of("http_responses")[0]
    #expect(response["body_length"] == 9)
    #expect(response["complete"] == 1)
    let headers = rows.of("http_headers").filter { $0["response_id"] == 1 }
    #expect(headers.map { $0["name"].text } == ["Transfer-Encoding", "Content-Length", "Trailer", "X-Sum", "X-More"])
    #expect(headers.map { $0["value"].text } == ["gzip, Chunked", "1", "X-Sum", "1   folded", "2"])
    #expect(headers.map { $0["position"].integer } == [1, 2, 3, 4, 5])
    #expect(rows.of("files")[0]["sha256"] == "d38b38a2dd476e045c299e8ee5d6466834456d97bd592a71746b423a6a05f386")
    #expect(rows.of("http_responses")[1]["status"] == 404)
    #expect(rows.of("http_responses")[1]["request_id"] == nil)
  }

  @Test("an interim response does not use up the request")
  func interim() {
    let rows = rows(HTTP1Dialogues.interim)
    let request = rows.of("http_requests")[0]
    #expect(request["response_id"] == 2)
    #expect(request["body_length"] == 5)
    #expect(request["frame_id"] == 1)
    #expect(request["last_frame_id"] == 3)
    #expect(rows.of("http_responses").map { $0["request_id"].integer } == [1, 1])
    #expect(rows.of("http_responses").map { $0["status"].integer } == [100, 201])
    let file = rows.of("files")[0]
    #expect(file["name"] == "a.bin")
    #expect(file["media_type"] == "a/b")
    #expect(file["frame_id"] == 1)
  }

  @Test("lines may end in LF alone, empty lines come first, folded lines are joined, a reason may be missing")
  func lineFeeds() {
    let rows = rows(HTTP1Dialogues.lineFeeds)
    let request = rows.of("http_requests")[0]
    #expect(request["host"] == "a")
    #expect(request["head_length"] == 51)
    let values = rows.of("http_headers").filter { $0["request_id"] == 1 }.map { $0["value"].text }
    #expect(values == ["a", "one \t two", ""])
    #expect(rows.of("http_responses").map { $0["body_length"].integer } == [3, 0])
    #expect(rows.of("http_responses").map { $0["reason"].text } == [nil, nil])
  }

  @Test("after 101 and after a CONNECT that succeeded, the connection is left alone", arguments: [true, false])
  func tunnels(isUpgrade: Bool) {
    let rows = rows(isUpgrade ? HTTP1Dialogues.upgrade : HTTP1Dialogues.connect)
    #expect(rows.of("http_requests").count == 1)
    #expect(rows.of("http_requests")[0]["response_id"] == 1)
    #expect(rows.of("http_responses").count == 1)
    #expect(rows.of("http_responses")[0]["complete"] == 1)
    #expect(rows.of("http_responses")[0]["body_length"] == 0)
    #expect(rows.of("diagnostics").isEmpty)
  }

  @Test("gzip and deflate bodies are decoded to be measured; other codings are counted as sent")
  func compressed() {
    let responses = rows(HTTP1Dialogues.compressed).of("http_responses")
    #expect(responses.map { $0["body_length"].integer } == [58, 17, 11, 11])
    #expect(responses.map { $0["decoded_length"].integer } == [480, 240, 240, 11])
    #expect(responses[2]["content_encoding"] == "Deflate")
  }

  @Test("a body that is not what its coding says counts as far as it could be decoded, with a diagnostic")
  func brokenCoding() {
    let broken = Array(HTTP1Dialogues.gzip.prefix(20))
    let rows = rows([
      .client("GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n"),
      HTTP1Dialogues.server("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 20\r\n\r\n", broken),
      .server("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nplain"),
    ])
    #expect(rows.of("http_responses").map { $0["complete"].integer } == [1, 1])
    #expect(rows.of("http_responses")[1]["decoded_length"] == 0)
    #expect(rows.of("diagnostics").map { $0["code"].text } == ["http-content-decoding", "http-content-decoding"])
    #expect(rows.of("diagnostics").map { $0["frame_id"].integer } == [2, 3])
  }

  @Test(
    "where both lengths are sent in a request, chunked wins, so that a smuggled request is seen as the server sees it")
  func smuggling() {
    let rows = rows([
      .client(
        "POST / HTTP/1.1\r\nContent-Length: 30\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /hidden HTTP/1.1\r\n\r\n"
      )
    ])
    #expect(rows.of("http_requests").map { $0["uri"].text } == ["/", "/hidden"])
  }

  @Test("text that is no UTF-8 is kept by the rule for text from the wire")
  func bytesInFields() {
    let rows = rows([.bytes(.client, Array("GET /".utf8) + [0xff] + Array(" HTTP/1.1\r\nX: a\0b\r\n\r\n".utf8))])
    #expect(rows.of("http_requests")[0]["uri"] == "/\u{efff}")
    #expect(rows.of("http_headers")[0]["value"] == "a\u{ef00}b")
  }

  @Test("blanks in a request target are tolerated")
  func blanksInTarget() {
    let rows = rows([.client("GET /a file.txt HTTP/1.1\r\n\r\n")])
    #expect(rows.of("http_requests")[0]["uri"] == "/a file.txt")
  }

  @Test("a version with more parts than two is kept as sent")
  func longVersion() {
    let rows = rows([.client("GET /update?ID=a&PASSWORD=b HTTP/1.0.8\r\n\r\n")])
    #expect(rows.of("http_requests")[0]["version"] == "1.0.8")
    #expect(rows.of("credentials")[0]["username"] == "a")
    #expect(rows.of("credentials")[0]["secret"] == "b")
  }

  @Test("the response to a request that is still being sent is joined to it")
  func earlyResponse() {
    let rows = rows([
      .client("POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\n12345"),
      .server("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n"), .client("67890"),
    ])
    #expect(rows.of("http_requests")[0]["response_id"] == 1)
    #expect(rows.of("http_requests")[0]["complete"] == 1)
  }
}
