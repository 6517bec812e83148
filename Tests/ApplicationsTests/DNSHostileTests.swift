import Applications
import Bytes
import Records
import TestSupport
import Testing

@Suite("DNS, damaged and hostile")
struct DNSHostileTests {
  @Test("a pointer to itself, forward, into the header, or a loop of two ends the message with a diagnostic")
  func pointerLoops() {
    let loops: [[UInt8]] = [
      [0xc0, 12], [0xc0, 20], [0xc0, 0], [1, 0x61, 0xc0, 12], [1, 0x61, 0xc0, 14], [0xff, 0xff], [0xc0],
    ]
    for owner in loops {
      let bytes = DNSBuilder.message(flags: 0x0100, questions: [owner + [0, 1, 0, 1]])
      let rows = DNSBuilder.rows([(.client, bytes)])
      #expect(rows.of("dns_messages").map { $0["query_name"] } == [nil])
      #expect(rows.of("diagnostics").map { $0["code"] } == ["malformed-dns"])
    }
  }

  @Test("a name longer than 255 bytes is malformed, one of 255 is not")
  func longNames() {
    let labels = Array(repeating: [UInt8(63)] + [UInt8](repeating: 0x61, count: 63), count: 3).flatMap(\.self)
    let fits = labels + [61] + [UInt8](repeating: 0x61, count: 61) + [0]
    let exceeds = labels + [62] + [UInt8](repeating: 0x61, count: 62) + [0]
    #expect(fits.count == 255)
    let good = DNSBuilder.rows([(.client, DNSBuilder.message(flags: 0, questions: [fits + [0, 1, 0, 1]]))])
    #expect(good.of("dns_messages")[0]["query_name"].text?.count == 253)
    let bad = DNSBuilder.rows([(.client, DNSBuilder.message(flags: 0, questions: [exceeds + [0, 1, 0, 1]]))])
    #expect(bad.of("dns_messages")[0]["query_name"] == nil)
    #expect(bad.of("diagnostics").map { $0["code"] } == ["malformed-dns"])
  }

  @Test("127 labels of one byte are a name")
  func manyLabels() {
    let owner: [UInt8] = (0..<254).map { $0 % 2 == 0 ? 1 : 0x61 } + [0]
    let rows = DNSBuilder.rows([(.client, DNSBuilder.message(flags: 0, questions: [owner + [0, 1, 0, 1]]))])
    #expect(rows.of("dns_messages")[0]["query_name"].text?.count == 253)
  }

  @Test("names that unfold to many times the message are given up, what came before is kept")
  func compressionBomb() {
    let label = [49] + [UInt8](repeating: 0x61, count: 49)
    let labels = label + label + label + label + label + [0]
    let record = DNSBuilder.record(DNSBuilder.u16(0xc00c), 5, DNSBuilder.u16(0xc00c))
    let bytes = DNSBuilder.message(
      flags: 0x8180, questions: [labels + [0, 1, 0, 1]], answers: Array(repeating: record, count: 4000))
    let rows = DNSBuilder.rows([(.server, bytes)])
    #expect(rows.of("diagnostics").map { $0["code"] } == ["dns-name-limit"])
    #expect(rows.of("dns_messages").count == 1)
    #expect((1000..<4000).contains(rows.of("dns_answers").count))
  }

  @Test("a chain of thousands of pointers is not followed")
  func pointerChain() {
    let chain = (0..<4000).flatMap { DNSBuilder.u16(0xc000 | (12 + max(0, $0 - 1) * 2)) }
    let bytes = DNSBuilder.message(flags: 0x8000, answers: [DNSBuilder.record([0], 10, chain)])
    let rows = DNSBuilder.rows([(.server, bytes)])
    #expect(rows.of("dns_answers").count == 1)
    let opening = [UInt8(0)] + DNSBuilder.u16(10) + DNSBuilder.u16(1) + DNSBuilder.u32(0) + DNSBuilder.u16(8000)
    let links =
      [UInt8](arrayLiteral: 1, 0x61, 0, 0) + (1..<3998).flatMap { DNSBuilder.u16(0xc000 | (23 + ($0 - 1) * 2)) }
    let padded = opening + links + [UInt8](repeating: 0, count: 8000 - links.count)
    let deep = DNSBuilder.message(
      flags: 0x8000, answers: [padded, DNSBuilder.record(DNSBuilder.u16(0xc000 | (23 + 3990 * 2)), 1, [1, 2, 3, 4])])
    let deepRows = DNSBuilder.rows([(.server, deep)])
    #expect(deepRows.of("dns_answers").count == 1)
    #expect(deepRows.of("diagnostics").map { $0["code"] } == ["malformed-dns"])
  }

  @Test("counts of 65535 keep the records that are there")
  func enormousCounts() {
    var bytes = DNSBuilder.chain
    for index in 6..<12 { bytes[index] = 0xff }
    let rows = DNSBuilder.rows([(.server, bytes)])
    #expect(rows.of("dns_messages")[0]["query_name"] == "www.example.com")
    #expect(rows.of("dns_answers").map { $0["section"] } == Array(repeating: "answer", count: 5))
    #expect(rows.of("diagnostics").map { $0["code"] } == ["malformed-dns"])
  }

  @Test("a message cut by the snaplen keeps the records before the cut, at every length")
  func everyPrefix() {
    let whole = DNSBuilder.rows([(.server, DNSBuilder.chain)]).of("dns_answers")
    for length in 0..<DNSBuilder.chain.count {
      let rows = DNSBuilder.rows([(.server, DNSBuilder.chain)], cut: length)
      #expect(rows.of("dns_messages").count == (length < 12 ? 0 : 1))
      #expect(rows.of("diagnostics").map { $0["code"] } == ["truncated-dns"])
      let kept = rows.of("dns_answers")
      #expect(kept == Array(whole.prefix(kept.count)))
      // The same bytes as a whole datagram are damaged rather than cut.
      let short = DNSBuilder.rows([(.server, Array(DNSBuilder.chain.prefix(length)))])
      #expect(short.of("diagnostics").map { $0["code"] } == ["malformed-dns"])
    }
  }

  @Test("what is no DNS at all on port 53 is a diagnostic and no message")
  func garbage() {
    let rows = DNSBuilder.rows([(.client, [UInt8](repeating: 0xfe, count: 40)), (.client, [1, 2, 3])])
    #expect(rows.of("dns_messages").isEmpty)
    #expect(rows.of("diagnostics").map { $0["code"] } == ["malformed-dns", "malformed-dns"])
  }

  @Test("no mutation of a message traps")
  func mutations() {
    var seed: UInt64 = 42
    func random(_ bound: Int) -> Int {
      seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(seed >> 33) % bound
    }
    let data =
      DNSRecordDataTests.vectors.map { ($0.0, $0.1) }
      + DNSRecordDataTests.bindings.map { (65, DNSBuilder.hex($0.0)) }
    let bases =
      data.map { DNSBuilder.response($0.0, $0.1) } + [DNSBuilder.chain]
      + DNSRecordDataTests.options.map {
        DNSBuilder.message(
          flags: 0, additionals: [DNSBuilder.record([0], 41, recordClass: 512, DNSBuilder.hex($0.0))])
      }
    for round in 0..<6000 {
      var bytes = bases[round % bases.count]
      for _ in 0...random(4) { bytes[random(bytes.count)] = UInt8(random(256)) }
      let rows = DNSBuilder.rows([(.server, bytes), (.client, bytes)], cut: bytes.count - random(4))
      #expect(rows.of("dns_messages").count <= 2)
      let flow = ParserDriver.flow(port: 4000)
      _ = DNSDatagramParser.probe(bytes.bytes, from: .client, flow: flow)
      _ = ParserDriver.rows(DNSStreamParser.self, [.bytes(.server, DNSBuilder.u16(bytes.count) + bytes)], cutInto: 5)
    }
  }
}
