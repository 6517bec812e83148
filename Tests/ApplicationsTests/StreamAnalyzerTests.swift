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

  @Test("names services that have no parser by their first bytes")
  func signatures() {
    #expect(analyze(["<SSH-2.0-OpenSSH_9.2\r\n", ">SSH-2.0-client\r\n"]).analyzer.service == "ssh")
    #expect(analyze(["<220 mail.example ESMTP\r\n", ">EHLO client\r\n"]).analyzer.service == "smtp")
    #expect(analyze([">\u{1}\u{2}\u{3}", "<\u{4}"]).analyzer.service == nil)
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
