import Applications
import Bytes
import Records
import TestSupport
import Testing

@Suite("Telling what a connection speaks")
struct StreamAnalyzerTests {
  /// Feeds text from the client (`>`) and the server (`<`), a frame each.
  private func analyze(
    _ lines: [String], fromStart: Bool = true, heldLimit: Int = ApplicationContext.usualHeldLimit
  ) -> (analyzer: StreamAnalyzer, rows: [EmittedRow]) {
    let sink = RecordSink(captureID: 1)
    let context = ApplicationContext(sink: sink, heldLimit: heldLimit)
    let analyzer = StreamAnalyzer(flow: ParserDriver.flow(port: 4444), fromStart: fromStart)
    for (index, line) in lines.enumerated() {
      analyzer.consume(
        Array(line.utf8.dropFirst()).bytes, fromClient: line.hasPrefix(">"),
        in: FrameStamp(id: Int64(index + 1), time: nil), context: context)
    }
    analyzer.finish(context: context)
    return (analyzer, sink.emittedRows())
  }

  @Test("goes by content on any port, also when the first segments do not suffice")
  func content() {
    let (analyzer, rows) = analyze([">G", ">ET / HT", ">TP/1.1\r\nHost: a.example\r\n\r\n"])
    #expect(analyzer.service == "http")
    #expect(rows.of("http_requests").map { $0["host"] } == ["a.example"])
    #expect(rows.of("http_requests").map { $0["frame_id"] } == [1])
  }

  @Test("finds the protocol behind the beginning of a capture, and the sides by what they say")
  func midstream() {
    let (analyzer, rows) = analyze(
      [">tail of a body", "<GET /next HTTP/1.1\r\nHost: b.example\r\n\r\n", ">HTTP/1.1 204 No Content\r\n\r\n"],
      fromStart: false)
    #expect(analyzer.service == "http")
    #expect(analyzer.isReversed)
    #expect(rows.of("http_responses").map { $0["status"] } == [204])
  }

  @Test("a keep-alive probe before a message of a connection that is older than the capture does not hide it")
  func keepAlive() {
    let (analyzer, rows) = analyze(
      [">\0", ">GET /ping HTTP/1.1\r\nHost: c.example\r\n\r\n", "<HTTP/1.1 204 No Content\r\n\r\n"],
      fromStart: false)
    #expect(analyzer.service == "http")
    #expect(rows.of("http_requests").map { $0["frame_id"] } == [2])
  }

  @Test("names services that have no parser by their first bytes")
  func signatures() {
    #expect(analyze(["<SSH-2.0-OpenSSH_9.2\r\n", ">SSH-2.0-client\r\n"]).analyzer.service == "ssh")
    #expect(analyze(["<220 mail.example ESMTP\r\n", ">EHLO client\r\n"]).analyzer.service == "smtp")
    #expect(analyze([">\u{1}\u{2}\u{3}", "<\u{4}"]).analyzer.service == nil)
  }

  /// Feeds bytes, a frame each, and says which service they are.
  private func analyze(_ steps: [(fromClient: Bool, bytes: [UInt8])]) -> (service: String?, rows: [EmittedRow]) {
    let sink = RecordSink(captureID: 1)
    let context = ApplicationContext(sink: sink)
    let analyzer = StreamAnalyzer(flow: ParserDriver.flow(), fromStart: true)
    for (index, step) in steps.enumerated() {
      let frame = FrameStamp(id: Int64(index + 1), time: nil)
      analyzer.consume(step.bytes.bytes, fromClient: step.fromClient, in: frame, context: context)
    }
    analyzer.finish(context: context)
    return (analyzer.service, sink.emittedRows())
  }

  @Test("a tunnel's first bytes count also where the response that opens it brings them")
  func tunnelInOneSegment() {
    let (analyzer, rows) = analyze([
      ">CONNECT mail.example:25 HTTP/1.1\r\n\r\n", "<HTTP/1.1 200 OK\r\n\r\n220 mail.example ESMTP\r\n",
      ">EHLO a\r\n", "<250 AUTH PLAIN\r\n", ">AUTH PLAIN AGEAYg==\r\n", "<235 ok\r\n",
    ])
    #expect(analyzer.service == "http")
    #expect(rows.of("credentials").map { [$0["protocol"], $0["username"], $0["secret"]] } == [["smtp", "a", "b"]])
  }

  @Test("a change to HTTP/2 goes on with the request, whose response is stream 1's")
  func toHTTP2() {
    let request = "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAABAA\r\n\r\n"
    let response = Array("HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n".utf8)
    let (service, rows) = analyze([
      (true, Array(request.utf8)),
      (
        false,
        HTTP2Dialogues.join(
          response, HTTP2Dialogues.settings, HTTP2Dialogues.headers(1, HTTP2Dialogues.ok),
          HTTP2Dialogues.data(1, "hello", end: true))
      ),
      (
        true,
        HTTP2Dialogues.join(
          HTTP2Dialogues.preface, HTTP2Dialogues.settings,
          HTTP2Dialogues.headers(3, HTTP2Dialogues.get("/3"), end: true))
      ),
      (false, HTTP2Dialogues.headers(3, [(":status", "404")], end: true)),
    ])
    #expect(service == "http2")
    #expect(
      rows.of("http_requests").map { [$0["version"], $0["uri"], $0["stream_id"], $0["response_id"]] } == [
        ["1.1", "/", 1, 2], ["2", "/3", 3, 3],
      ])
    #expect(
      rows.of("http_responses").map { [$0["status"], $0["request_id"], $0["stream_id"]] } == [
        [101, 1, nil], [200, 1, 1], [404, 2, 3],
      ])
    #expect(rows.of("diagnostics").isEmpty)
  }

  @Test("a change to WebSocket is known by what was said, also of frames in the response's segment")
  func toWebSocket() {
    let request = "GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n"
    let response = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\n\r\n"
    let (service, rows) = analyze([
      (true, Array(request.utf8)), (false, Array(response.utf8) + [0x81, 0x02, 0x68, 0x69]),
      (true, [0x81, 0x82, 0, 0, 0, 0, 0x79, 0x6f]),
    ])
    #expect(service == "websocket")
    #expect(
      rows.of("websocket_messages").map { [$0["text"], $0["request_id"], $0["frame_id"]] } == [
        ["hi", 1, 2], ["yo", 1, 3],
      ])
    #expect(rows.of("http_requests").map { $0["response_id"] } == [1])
  }

  @Test("follows a tunnel that CONNECT opened")
  func tunnel() {
    let (analyzer, rows) = analyze([
      ">CONNECT a.example:80 HTTP/1.1\r\nHost: a.example:80\r\n\r\n", "<HTTP/1.1 200 OK\r\n\r\n",
      ">GET /inside HTTP/1.1\r\nHost: a.example\r\n\r\n",
    ])
    #expect(analyzer.service == "http")
    #expect(rows.of("http_requests").map { $0["uri"] } == ["a.example:80", "/inside"])
  }

  @Test(
    "recognises anew what follows when TLS was agreed on, and keeps the service",
    arguments: [
      ("ftp", ["<220 x\r\n", ">AUTH TLS\r\n", "<234 go\r\n"]),
      ("smtp", ["<220 x ESMTP\r\n", ">EHLO a\r\n", "<250 STARTTLS\r\n", ">STARTTLS\r\n", "<220 go\r\n"]),
      ("pop3", ["<+OK POP3\r\n", ">STLS\r\n", "<+OK go\r\n"]),
      ("imap", ["<* OK IMAP4\r\n", ">1 STARTTLS\r\n", "<1 OK go\r\n"]),
    ] as [(String, [String])])
  func upgraded(service: String, dialogue: [String]) {
    let (analyzer, rows) = analyze(dialogue + [">GET /inside HTTP/1.1\r\nHost: a.example\r\n\r\n"])
    #expect(analyzer.service == service)
    #expect(rows.of("http_requests").map { $0["uri"] } == ["/inside"])
  }

  @Test("knows the sides behind an upgrade too, where the first protocol showed that they are exchanged")
  func reversedUpgrade() {
    let (analyzer, rows) = analyze(
      [
        "<MAIL FROM:<a@b.example>\r\n", ">250 ok\r\n", "<STARTTLS\r\n", ">220 go\r\n",
        "<GET /inside HTTP/1.1\r\nHost: a.example\r\n\r\n", ">HTTP/1.1 204 No Content\r\n\r\n",
      ], fromStart: false)
    #expect(analyzer.service == "smtp")
    #expect(analyzer.isReversed)
    #expect(rows.of("http_requests").map { $0["uri"] } == ["/inside"])
    #expect(rows.of("http_responses").map { $0["status"] } == [204])
  }

  @Test("has a bit for every protocol of the registry")
  func registry() {
    #expect(ProtocolRegistry.streams.count < UInt64.bitWidth)
  }

  @Test("gives a flow up when unfinished messages of all flows together take too much")
  func held() {
    let head = ">GET / HTTP/1.1\r\nX: " + String(repeating: "x", count: 2000)
    let (_, rows) = analyze([head], heldLimit: 1000)
    #expect(rows.of("diagnostics").map { $0["code"] }.contains("unfinished-messages-limit"))
    #expect(
      analyze([head], heldLimit: 100_000).rows.of("diagnostics").allSatisfy {
        $0["code"] != "unfinished-messages-limit"
      })
  }
}
