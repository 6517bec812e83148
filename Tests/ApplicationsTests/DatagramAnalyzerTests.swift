import Applications
import Bytes
import Records
import TestSupport
import Testing

@Suite("Telling what a UDP flow speaks")
struct DatagramAnalyzerTests {
  private static let call = """
    REGISTER sip:a SIP/2.0\r
    Call-ID: x\r
    CSeq: 1 REGISTER\r
    Authorization: Basic am86cHc=\r
    \r

    """

  @Test("a flow is given up when what waits in all flows together takes too much, and keeps its service and its row")
  func held() {
    for (limit, diagnostics) in [(10, ["unfinished-messages-limit"]), (1000, [])] {
      let context = ApplicationContext(sink: RecordSink(captureID: 1), heldLimit: limit)
      let analyzer = DatagramAnalyzer(flow: ParserDriver.flow())
      for (frame, text) in [Self.call, Self.call.replacing("CSeq: 1", with: "CSeq: 2")].enumerated() {
        let bytes = Array(text.utf8)
        analyzer.consume(
          bytes.bytes, length: bytes.count, fromClient: true, in: FrameStamp(id: Int64(frame), time: nil),
          context: context)
      }
      analyzer.finish(context: context)
      let rows = context.sink.emittedRows()
      #expect(analyzer.service == "sip")
      #expect(rows.of("diagnostics").map { $0["code"].text } == diagnostics)
      #expect(rows.of("credentials").count == (diagnostics.isEmpty ? 2 : 1))
    }
  }
}
