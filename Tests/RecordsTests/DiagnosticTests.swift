import Records
import TestSupport
import Testing

@Suite("Diagnostics")
struct DiagnosticTests {
  @Test("of one code are limited, and one more row says how many were left out")
  func limited() {
    let sink = RecordSink(captureID: 1)
    for number in 0..<(RecordSink.diagnosticLimit + 5) { sink.diagnose("odd", "number \(number)", frame: 1) }
    sink.diagnose("other", "one")
    sink.diagnoseOmissions()
    let rows = sink.emittedRows().of("diagnostics")
    #expect(rows.count == RecordSink.diagnosticLimit + 2)
    #expect(rows.last?["detail"] == "5 more of these have no row of their own")
    #expect(rows.last?["code"] == "odd")
    #expect(sink.diagnosticCount == Int64(RecordSink.diagnosticLimit + 6))
  }
}
