import Bytes
import Records
import TestSupport
import Testing

@testable import Applications

@Suite("SSDP")
struct SSDPTests {
  private static let search =
    "M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: \"ssdp:discover\"\r\nMX: 1\r\nST: ssdp:all\r\n\r\n"
  private static let answer =
    "HTTP/1.1 200 OK\r\nST: upnp:rootdevice\r\nUSN: uuid:1::upnp:rootdevice\r\nEXT:\r\nLOCATION: http://192.0.2.1/\r\n\r\n"

  private func flow(_ client: UInt16, _ server: UInt16) -> FlowIdentity {
    FlowIdentity(
      id: 1, client: Endpoint(IPAddress(v4: 0xc000_0201), client), server: Endpoint(IPAddress(v4: 0xc633_6407), server))
  }

  private func probe(_ text: String, _ side: Side, _ client: UInt16 = 50_000, _ server: UInt16 = 1900) -> Probe {
    let bytes = Array(text.utf8)
    return SSDPParser.probe(bytes.bytes, from: side, flow: flow(client, server))
  }

  private func rows(_ text: String, length: Int? = nil) -> [EmittedRow] {
    let context = ApplicationContext(sink: RecordSink(captureID: 1))
    let parser = SSDPParser(flow: flow(50_000, 1900))
    let bytes = Array(text.utf8)
    parser.consume(
      bytes.bytes, length: length ?? bytes.count, from: text.hasPrefix("HTTP") ? .server : .client,
      in: FrameStamp(id: 3, time: 7), context: context)
    parser.finish(context: context)
    return context.sink.emittedRows()
  }

  @Test("searches and announcements come from the client, answers from port 1900 of a server")
  func probes() {
    #expect(probe(Self.search, .client) == .match)
    #expect(probe("NOTIFY * HTTP/1.1\r\n", .server) == .reversed)
    #expect(probe(Self.answer, .server) == .match)
    #expect(probe(Self.answer, .client, 1900, 50_000) == .reversed)
    #expect(probe(Self.answer, .server, 50_000, 1901) == .no)
    for text in ["", "M-SEARCH", "M-SEARCH * RTSP/1.0", "GET / HTTP/1.1\r\n", "HTTP/1.1", "OPTIONS sip:a SIP/2.0\r\n"] {
      #expect(probe(text, .client) == .no, "\(text)")
    }
  }

  @Test("a search is a request with its fields")
  func search() {
    let rows = rows(Self.search)
    let request = rows.of("http_requests").first
    #expect(request?["method"] == "M-SEARCH" && request?["uri"] == "*" && request?["host"] == "239.255.255.250:1900")
    #expect(request?["complete"] == 1 && request?["head_length"].integer == Int64(Self.search.utf8.count))
    #expect(request?["body_length"] == 0)
    #expect(rows.of("http_headers").map { $0["name"].text } == ["HOST", "MAN", "MX", "ST"])
    #expect(rows.of("http_headers").allSatisfy { $0["request_id"].integer == request?.id })
  }

  @Test("an answer is a response; one that the capture cut is not complete")
  func answer() {
    let response = rows(Self.answer).of("http_responses").first
    #expect(response?["status"] == 200 && response?["request_id"] == .null && response?["complete"] == 1)
    #expect(rows(Self.answer, length: 2_000).of("http_responses").first?["complete"] == 0)
  }

  @Test("every beginning and every changed byte of a message does no harm, and fields are limited")
  func hostile() {
    let bytes = Array(Self.search.utf8)
    for place in bytes.indices {
      var changed = bytes
      changed[place] = 0
      _ = rows(String(decoding: changed, as: UTF8.self))
      _ = rows(String(decoding: bytes.prefix(place), as: UTF8.self))
    }
    let many = "NOTIFY * HTTP/1.1\r\n" + String(repeating: "A: b\r\n", count: 500) + "\r\n"
    #expect(rows(many).of("http_headers").count == SSDPParser.fieldLimit)
    #expect(rows(many).of("diagnostics").count == 1)
    #expect(rows("NOTIFY *").of("diagnostics").map { $0["code"].text } == ["malformed-ssdp"])
  }
}
