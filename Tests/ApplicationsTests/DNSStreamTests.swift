import Applications
import Bytes
import TestSupport
import Testing

@Suite("DNS over TCP")
struct DNSStreamTests {
  private static func framed(_ bytes: [UInt8]) -> [UInt8] { DNSBuilder.u16(bytes.count) + bytes }

  private static let query = framed(DNSBuilder.query())
  private static let response = framed(DNSBuilder.chain)

  @Test("messages give the same rows however the stream is cut", arguments: [1, 2, 3, 7, 64])
  func cuts(_ size: Int) {
    let steps: [Step] = [
      .bytes(.client, DNSStreamTests.query + DNSStreamTests.framed(DNSBuilder.query("b.example", 28, id: 7))),
      .bytes(.server, DNSStreamTests.response + DNSStreamTests.response),
      .bytes(.client, Array(DNSStreamTests.query.prefix(20))),
      .bytes(.client, Array(DNSStreamTests.query.dropFirst(20))),
      .close(.client),
    ]
    let whole = ParserDriver.rows(DNSStreamParser.self, steps, port: 53)
    #expect(
      whole.of("dns_messages").map { $0["query_name"] }
        == ["www.example.com", "b.example", "www.example.com", "www.example.com", "www.example.com"])
    #expect(whole.of("dns_messages").map { $0["frame_id"] } == [1, 1, 2, 2, 4])
    #expect(whole.of("dns_messages").map { $0["query_id"] } == [nil, nil, 1, nil, nil])
    #expect(whole.of("dns_answers").count == 10)
    #expect(whole.of("diagnostics").isEmpty)
    #expect(ParserDriver.rows(DNSStreamParser.self, steps, cutInto: size, port: 53) == whole)
  }

  @Test("every message of a zone transfer is joined to its query")
  func zoneTransfer() {
    let query = DNSBuilder.query("example", 252)
    let first = DNSBuilder.message(flags: 0x8400, questions: [DNSBuilder.question("example", 252)])
    let later = DNSBuilder.message(flags: 0x8400, answers: [DNSBuilder.record([0], 1, [192, 0, 2, 1])])
    let rows = ParserDriver.rows(
      DNSStreamParser.self,
      [
        .bytes(.client, DNSStreamTests.framed(query)),
        .bytes(.server, DNSStreamTests.framed(first) + DNSStreamTests.framed(later) + DNSStreamTests.framed(later)),
      ])
    #expect(rows.of("dns_messages").map { $0["query_id"] } == [nil, 1, 1, 1])
    #expect(rows.of("dns_messages")[0]["query_type"] == "AXFR")
  }

  @Test("a gap within a message cuts it, and the next one is read", arguments: [1, 3, nil])
  func gapWithinMessage(_ size: Int?) {
    let response = DNSStreamTests.response
    let missing = 30
    let steps: [Step] = [
      .bytes(.server, Array(response.prefix(60))), .gap(.server, missing),
      .bytes(.server, Array(response.dropFirst(60 + missing)) + response),
    ]
    let rows = ParserDriver.rows(DNSStreamParser.self, steps, cutInto: size)
    #expect(rows.of("dns_messages").map { $0["frame_id"] } == [1, 3])
    #expect(rows.of("dns_answers").map { $0["message_id"] } == [1, 2, 2, 2, 2, 2])
    #expect(rows.of("diagnostics").map { $0["code"] } == ["truncated-dns"])
  }

  @Test("behind a gap that goes beyond its message a message is looked for, and the rest given up without one")
  func gapBeyondMessage() {
    let response = DNSStreamTests.response
    let found = ParserDriver.rows(
      DNSStreamParser.self,
      [.bytes(.server, Array(response.prefix(60))), .gap(.server, 3000), .bytes(.server, response)])
    #expect(found.of("dns_messages").map { $0["frame_id"] } == [1, 3])
    let lost = ParserDriver.rows(
      DNSStreamParser.self,
      [
        .bytes(.server, Array(response.prefix(60))), .gap(.server, 3000), .bytes(.server, Array(response.dropFirst(9))),
        .bytes(.server, response), .bytes(.client, DNSStreamTests.query),
      ])
    #expect(lost.of("dns_messages").map { $0["frame_id"] } == [1, 5])
    #expect(lost.of("diagnostics").map { $0["code"] } == ["truncated-dns", "lost-dns-stream"])
  }

  @Test("a message that the stream does not finish keeps what has come", arguments: [true, false])
  func unfinished(_ closes: Bool) {
    let steps: [Step] = [.bytes(.server, Array(DNSStreamTests.response.prefix(60)))] + (closes ? [.close(.server)] : [])
    let rows = ParserDriver.rows(DNSStreamParser.self, steps)
    #expect(rows.of("dns_messages").map { $0["query_name"] } == ["www.example.com"])
    #expect(rows.of("dns_answers").map { $0["data"] } == ["web.example.com"])
    #expect(rows.of("diagnostics").map { $0["code"] } == ["truncated-dns"])
  }

  @Test("lengths that no message can have end the reading of that side, with one diagnostic")
  func zeros() {
    let rows = ParserDriver.rows(
      DNSStreamParser.self,
      [.bytes(.client, [UInt8](repeating: 0, count: 5000)), .bytes(.server, DNSStreamTests.response)])
    #expect(rows.of("diagnostics").map { $0["code"] } == ["lost-dns-stream"])
    #expect(rows.of("dns_messages").count == 1)
  }
}
