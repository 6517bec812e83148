import Bytes
import Records
import TestSupport
import Testing

@testable import Applications

@Suite("HTTP/2 with bytes missing")
struct HTTP2LossTests {
  private func rows(_ steps: [Step]) -> [EmittedRow] { ParserDriver.rows(HTTP2Parser.self, steps) }

  /// The steps with `range` of the step `index` missing.
  private func without(_ range: Range<Int>, of index: Int, in steps: [Step]) -> [Step] {
    guard case .bytes(let side, let bytes) = steps[index] else { return steps }
    var changed = Array(steps[..<index])
    if range.lowerBound > 0 { changed.append(.bytes(side, Array(bytes[..<range.lowerBound]))) }
    changed.append(.gap(side, range.count))
    if range.upperBound < bytes.count { changed.append(.bytes(side, Array(bytes[range.upperBound...]))) }
    return changed + steps[(index + 1)...]
  }

  @Test("bytes missing from a body cost that body alone")
  func body() {
    // 9 bytes of the frame's header, then 50 of 200.
    let rows = rows(without(20..<70, of: 4, in: HTTP2Dialogues.indexed))
    #expect(
      rows.of("http_responses").map { [$0["body_length"], $0["complete"]] } == [[150, 0], [200, 1], [200, 1]])
    #expect(rows.of("http_requests").map { $0["response_id"] } == [1, 2, 3])
    #expect(rows.of("files").map { $0["complete"] } == [0, 1, 1])
    #expect(rows.of("diagnostics").isEmpty)
  }

  @Test("a field block that is lost costs its message; those that refer to it keep the fields before")
  func fields() {
    // Within the first request's block, which adds the host that the others refer to.
    let lost = rows(without(15..<20, of: 2, in: HTTP2Dialogues.indexed))
    #expect(
      lost.of("http_requests").map { [$0["stream_id"], $0["uri"], $0["host"], $0["complete"]] } == [
        [3, "/", nil, 0], [5, "/", nil, 0],
      ])
    #expect(
      lost.of("http_responses").map { [$0["body_length"], $0["complete"], $0["request_id"]] } == [
        [200, 1, nil], [200, 1, 1], [200, 1, 2],
      ])
    #expect(lost.of("files").map { $0["complete"] } == [1, 1, 1])
    #expect(lost.of("diagnostics").map { $0["code"] } == ["http2-fields-lost", "http2-fields-lost"])
    // Of the second, which adds nothing; but that is not known.
    let second = rows(without(10..<12, of: 5, in: HTTP2Dialogues.indexed))
    #expect(second.of("http_requests").map { [$0["stream_id"], $0["host"]] } == [[1, "h.example"], [5, nil]])
  }

  @Test("behind a gap across frames, the next frame of a stream is found", arguments: [0, 50])
  func place(skipped: Int) throws {
    // The rest of the first body, all fields of the second response, and `skipped` bytes of its body.
    var steps = without(100..<209, of: 4, in: HTTP2Dialogues.indexed)
    let second = try #require(steps.firstIndex { if case .gap = $0 { true } else { false } })
    guard case .bytes(.server, let fields) = steps[second + 2], case .bytes(.server, let body) = steps[second + 3]
    else {
      Issue.record("no response")
      return
    }
    steps[second] = .gap(.server, 109 + fields.count + skipped)
    steps.remove(at: second + 2)
    steps[second + 2] = .bytes(.server, Array(body[skipped...]))
    // The request is sent before the gap is noticed.
    steps.swapAt(second, second + 1)
    let rows = rows(steps)
    #expect(rows.of("http_responses").map { [$0["body_length"], $0["complete"]] } == [[91, 0], [200, 1]])
    #expect(rows.of("http_requests").map { $0["response_id"] } == [1, nil, 2])
    #expect(
      rows.of("diagnostics").map { $0["detail"] }
        == (skipped == 0 ? [] : ["159 bytes from the server were skipped before this frame"]))
    #expect(ParserDriver.rows(HTTP2Parser.self, steps, cutInto: 1) == rows)
  }

  @Test("a gap at any position leaves what comes before, and gives nothing that was not there")
  func anywhere() {
    for (name, steps) in HTTP2Dialogues.all where name != "malformed" {
      let whole = rows(steps)
      var targets = Set(whole.of("http_requests").map { "\($0["method"]) \($0["uri"]) \($0["host"])" })
      // The host may be lost.
      for row in whole.of("http_requests") { targets.insert("\(row["method"]) \(row["uri"]) NULL") }
      let statuses = Set(whole.of("http_responses").map { "\($0["status"]) \($0["stream_id"])" })
      let hashes = Set(whole.of("files").map { "\($0["sha256"])" }).union(["NULL"])
      for (index, step) in steps.enumerated() {
        guard case .bytes(let side, let bytes) = step else { continue }
        for start in bytes.indices {
          for count in [1, 9, 40] where start + count <= bytes.count {
            // What a client sends next, behind the gap.
            let later = HTTP2Dialogues.headers(101, HTTP2Dialogues.get("/later"), end: true)
            var changed = without(start..<(start + count), of: index, in: steps)
            if side == .server { changed.append(.bytes(.client, later)) }
            let rows = rows(changed)
            for row in rows.of("http_requests") where row["uri"] != "/later" {
              #expect(targets.contains("\(row["method"]) \(row["uri"]) \(row["host"])"), "\(name) \(index) \(start)")
            }
            for row in rows.of("http_responses") {
              #expect(statuses.contains("\(row["status"]) \(row["stream_id"])"), "\(name) \(index) \(start)")
            }
            for row in rows.of("files") { #expect(hashes.contains("\(row["sha256"])"), "\(name) \(index) \(start)") }
            // The other side goes on as if nothing had been.
            if side == .server { #expect(rows.of("http_requests").contains { $0["uri"] == "/later" }) }
          }
        }
      }
    }
  }

  @Test("what is no HTTP/2 for too long is left alone, and what was seen is kept")
  func strange() {
    let parser = HTTP2Parser(flow: ParserDriver.flow())
    let sink = RecordSink(captureID: 1)
    let context = ApplicationContext(sink: sink)
    let opening = HTTP2Dialogues.join(HTTP2Dialogues.preface, HTTP2Dialogues.headers(1, HTTP2Dialogues.get("/1")))
    let frame = FrameStamp(id: 1, time: nil)
    parser.consume(opening.bytes, from: .client, in: frame, context: context)
    parser.gap(of: 100, from: .client, in: frame, context: context)
    let noise = [UInt8](repeating: 0xff, count: 1 << 20)
    for _ in 0..<16 { parser.consume(noise.bytes, from: .client, in: frame, context: context) }
    #expect(parser.outlook == .open)
    parser.consume(noise.bytes, from: .client, in: frame, context: context)
    #expect(parser.outlook == .done)
    let rows = sink.emittedRows()
    #expect(rows.of("http_requests").map { [$0["uri"], $0["complete"]] } == [["/1", 0]])
    #expect(rows.of("diagnostics").map { $0["code"] } == ["http2-not-resynchronised"])
  }

  @Test("of more streams than may be open, the oldest are given up")
  func streamLimit() {
    var client = HTTP2Dialogues.join(HTTP2Dialogues.preface, HTTP2Dialogues.settings)
    for number in 0...HTTP2Limits.streams {
      client += HTTP2Dialogues.headers(UInt32(2 * number + 1), HTTP2Dialogues.get("/\(number)"), end: true)
    }
    let last = UInt32(2 * HTTP2Limits.streams + 1)
    let rows = rows([
      .bytes(.client, client),
      HTTP2Dialogues.server(HTTP2Dialogues.settings, HTTP2Dialogues.headers(last, HTTP2Dialogues.ok, end: true)),
    ])
    #expect(rows.of("http_requests").count == HTTP2Limits.streams + 1)
    #expect(rows.of("http_requests").last?["response_id"] == 1)
    #expect(rows.of("diagnostics").map { $0["code"] } == ["http2-stream-limit"])
  }

  @Test("a field block, and its fields, beyond their limits are told and cost one message")
  func fieldLimits() {
    let padding = [UInt8](repeating: 0, count: 16_000)
    var long: [UInt8] = []
    for _ in 0..<9 { long += HTTP2Dialogues.frame(9, stream: 1, padding) }
    let rows = rows([
      HTTP2Dialogues.client(
        HTTP2Dialogues.preface, HTTP2Dialogues.settings, HTTP2Dialogues.frame(1, flags: 1, stream: 1, padding), long,
        HTTP2Dialogues.frame(9, flags: 4, stream: 1), HTTP2Dialogues.headers(3, HTTP2Dialogues.get("/3"), end: true))
    ])
    #expect(rows.of("http_requests").map { $0["uri"] } == ["/3"])
    #expect(rows.of("diagnostics").map { $0["code"] } == ["http-head-limit"])
    // One entry of the table, referred to again and again.
    let value = String(repeating: "v", count: 120)
    let block = HTTP2Dialogues.join(
      HTTP2Dialogues.block(HTTP2Dialogues.get("/many")), HTTP2Dialogues.block([("x", value)], isIndexed: true),
      [UInt8](repeating: 0xbe, count: 10_000))
    let many = self.rows([
      HTTP2Dialogues.client(HTTP2Dialogues.preface, HTTP2Dialogues.frame(1, flags: 5, stream: 1, block))
    ])
    #expect(many.of("http_requests").map { $0["uri"] } == ["/many"])
    #expect(many.of("http_headers").count <= HTTP1Limits.fields)
    #expect(many.of("diagnostics").contains { $0["code"] == "http-head-limit" })
  }
}
