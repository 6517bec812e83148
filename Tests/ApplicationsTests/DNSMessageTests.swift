import Applications
import Bytes
import Records
import TestSupport
import Testing

/// Puts DNS messages together.
enum DNSBuilder {
  static func hex(_ text: String) -> [UInt8] {
    let digits = text.filter { !$0.isWhitespace }.compactMap { $0.hexDigitValue }
    return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
  }

  static func u16(_ value: Int) -> [UInt8] { [UInt8(value >> 8 & 255), UInt8(value & 255)] }

  static func u32(_ value: Int) -> [UInt8] { u16(value >> 16) + u16(value & 0xffff) }

  /// A name without compression; `pointer` takes the place of the root.
  static func name(_ text: String, pointer: Int? = nil) -> [UInt8] {
    let labels = text.split(separator: ".").flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) }
    return labels + (pointer.map { u16(0xc000 | $0) } ?? [0])
  }

  static func question(_ owner: String, _ type: Int, recordClass: Int = 1) -> [UInt8] {
    name(owner) + u16(type) + u16(recordClass)
  }

  static func record(
    _ owner: [UInt8], _ type: Int, ttl: Int = 300, recordClass: Int = 1, _ data: [UInt8]
  ) -> [UInt8] {
    owner + u16(type) + u16(recordClass) + u32(ttl) + u16(data.count) + data
  }

  static func message(
    id: Int = 0x1234, flags: Int, questions: [[UInt8]] = [], answers: [[UInt8]] = [], authorities: [[UInt8]] = [],
    additionals: [[UInt8]] = []
  ) -> [UInt8] {
    let counts = [questions.count, answers.count, authorities.count, additionals.count].flatMap(u16)
    return u16(id) + u16(flags) + counts + (questions + answers + authorities + additionals).flatMap(\.self)
  }

  /// A query for `owner`.
  static func query(_ owner: String = "www.example.com", _ type: Int = 1, id: Int = 0x1234) -> [UInt8] {
    message(id: id, flags: 0x0100, questions: [question(owner, type)])
  }

  /// A response with one answer whose owner is `x`.
  static func response(_ type: Int, _ data: [UInt8], recordClass: Int = 1) -> [UInt8] {
    message(
      flags: 0x8180, questions: [question("x", type)],
      answers: [record(u16(0xc00c), type, recordClass: recordClass, data)])
  }

  /// The rows of datagrams, which are frames 1, 2, ...; `cut` keeps only so many bytes of each.
  static func rows<Parser: DatagramParser>(
    _ datagrams: [(Side, [UInt8])], as parser: Parser.Type = DNSDatagramParser.self, port: UInt16 = 53, cut: Int? = nil
  ) -> [EmittedRow] {
    let context = ApplicationContext(sink: RecordSink(captureID: 1))
    let parser = Parser(flow: ParserDriver.flow(port: port))
    for (index, (side, bytes)) in datagrams.enumerated() {
      let kept = bytes.bytes.part(from: 0, to: cut ?? bytes.count)
      let frame = FrameStamp(id: Int64(index + 1), time: nil)
      parser.consume(kept, length: bytes.count, from: side, in: frame, context: context)
    }
    parser.finish(context: context)
    return context.sink.emittedRows()
  }

  /// A response with a CNAME chain, an authority and EDNS.
  static let chain: [UInt8] = message(
    flags: 0x8180, questions: [question("www.example.com", 1)],
    answers: [
      record(u16(0xc00c), 5, name("web", pointer: 0x10)),
      record(u16(0xc02d), 1, ttl: 60, [192, 0, 2, 1]),
      record(u16(0xc02d), 1, ttl: 60, [192, 0, 2, 2]),
    ],
    authorities: [record(u16(0xc010), 2, ttl: 86400, name("ns", pointer: 0x10))],
    additionals: [record([0], 41, ttl: 0x8000, recordClass: 1232, [])])
}

@Suite("DNS messages")
struct DNSMessageTests {
  @Test("a query and its response are rows, the response joined to the query")
  func joinsQueryAndResponse() {
    let rows = DNSBuilder.rows([(.client, DNSBuilder.query()), (.server, DNSBuilder.chain)])
    let messages = rows.of("dns_messages")
    #expect(messages.count == 2)
    #expect(
      messages[0].values == [
        "flow_id": 1, "frame_id": 1, "transaction_id": 0x1234, "is_response": 0, "opcode": "QUERY",
        "rcode": "NOERROR", "authoritative": 0, "truncated": 0, "query_name": "www.example.com", "query_type": "A",
        "query_id": nil, "query_class": nil,
      ])
    #expect(messages[1]["is_response"] == 1)
    #expect(messages[1]["frame_id"] == 2)
    #expect(messages[1]["query_id"] == .integer(messages[0].id))
    #expect(rows.of("diagnostics").isEmpty)
  }

  @Test("every record of every section is a row, with its names unfolded")
  func rowsOfSections() {
    let rows = DNSBuilder.rows([(.server, DNSBuilder.chain)])
    let answers = rows.of("dns_answers")
    let columns = ["section", "name", "type", "ttl", "data"]
    #expect(
      answers.map { row in columns.map { row[$0] } } == [
        ["answer", "www.example.com", "CNAME", 300, "web.example.com"],
        ["answer", "web.example.com", "A", 60, "192.0.2.1"],
        ["answer", "web.example.com", "A", 60, "192.0.2.2"],
        ["authority", "example.com", "NS", 86400, "ns.example.com"],
        ["additional", ".", "OPT", nil, "EDNS0 udp=1232 do"],
      ])
    #expect(answers.allSatisfy { $0["message_id"] == 1 })
    let addresses = rows.of("addresses")
    #expect(addresses.map { $0["ip"] } == ["192.0.2.1", "192.0.2.2"])
    #expect(answers.map { $0["address_id"] } == [nil, 1, 2, nil, nil])
  }

  @Test("a response is joined by identifier and name in any case, once, and only to the other side's query")
  func joining() {
    let response = DNSBuilder.message(flags: 0x8180, questions: [DNSBuilder.question("WwW.example.COM", 1)])
    let rows = DNSBuilder.rows([
      (.client, DNSBuilder.query("other.example")), (.client, DNSBuilder.query()), (.client, response),
      (.server, response), (.server, response),
    ])
    #expect(rows.of("dns_messages").map { $0["query_id"] } == [nil, nil, nil, 2, nil])
    #expect(rows.of("dns_messages")[3]["query_name"] == "WwW.example.COM")
  }

  @Test("a response without a question is joined by its identifier alone")
  func joiningWithoutQuestion() {
    let refused = DNSBuilder.message(flags: 0x8005)
    let rows = DNSBuilder.rows([(.client, DNSBuilder.query()), (.server, refused)])
    let row = rows.of("dns_messages")[1]
    #expect(row["query_id"] == 1)
    #expect(row["rcode"] == "REFUSED")
    #expect(row["query_name"] == nil)
    #expect(row["query_type"] == nil)
  }

  @Test("queries that nobody answers are forgotten in the end")
  func pendingQueriesAreBounded() {
    let queries = (0..<2000).map { (Side.client, DNSBuilder.query(id: $0)) }
    let first = DNSBuilder.message(id: 0, flags: 0x8180, questions: [DNSBuilder.question("www.example.com", 1)])
    let last = DNSBuilder.message(id: 1999, flags: 0x8180, questions: [DNSBuilder.question("www.example.com", 1)])
    let rows = DNSBuilder.rows(queries + [(.server, first), (.server, last)])
    #expect(rows.of("dns_messages").suffix(2).map { $0["query_id"] } == [nil, 2000])
  }

  @Test("the response code has the bits that EDNS adds")
  func extendedResponseCodes() {
    for (low, high, name) in [(0, 1, "BADVERS"), (7, 1, "BADCOOKIE"), (3, 0, "NXDOMAIN"), (15, 255, "4095")] {
      let opt = DNSBuilder.record([0], 41, ttl: high << 24, recordClass: 512, [])
      let rows = DNSBuilder.rows([(.server, DNSBuilder.message(flags: 0x8000 | low, additionals: [opt]))])
      #expect(rows.of("dns_messages")[0]["rcode"] == .text(name))
    }
  }

  @Test("flags and opcodes are told", arguments: [(0, "QUERY"), (3, "3"), (4, "NOTIFY"), (5, "UPDATE"), (15, "15")])
  func opcodes(_ opcode: Int, _ name: String) {
    let bytes = DNSBuilder.message(flags: 0x8600 | opcode << 11, questions: [DNSBuilder.question("example", 6)])
    let row = DNSBuilder.rows([(.server, bytes)]).of("dns_messages")[0]
    #expect(row["opcode"] == .text(name))
    #expect(row["authoritative"] == 1)
    #expect(row["truncated"] == 1)
  }

  @Test("of several questions the first one stands in the row, and the records behind them are read")
  func severalQuestions() {
    let bytes = DNSBuilder.message(
      flags: 0x8180, questions: [DNSBuilder.question("a.example", 1), DNSBuilder.question("b.example", 28)],
      answers: [DNSBuilder.record(DNSBuilder.name("a.example"), 1, [192, 0, 2, 9])])
    let rows = DNSBuilder.rows([(.server, bytes)])
    #expect(rows.of("dns_messages")[0]["query_name"] == "a.example")
    #expect(rows.of("dns_answers").map { $0["name"] } == ["a.example"])
    #expect(rows.of("diagnostics").isEmpty)
  }

  @Test("a dynamic update's deletions have no data, and that is no fault")
  func dynamicUpdate() {
    let bytes = DNSBuilder.message(
      flags: 0x2800, questions: [DNSBuilder.question("example", 6)],
      answers: [DNSBuilder.record(DNSBuilder.name("host.example"), 1, ttl: 0, recordClass: 254, [])],
      authorities: [
        DNSBuilder.record(DNSBuilder.name("host.example"), 255, ttl: 0, recordClass: 255, []),
        DNSBuilder.record(DNSBuilder.name("host.example"), 1, [192, 0, 2, 5]),
      ])
    let rows = DNSBuilder.rows([(.client, bytes)])
    #expect(rows.of("dns_answers").map { $0["data"] } == ["\\# 0", "\\# 0", "192.0.2.5"])
    #expect(rows.of("dns_answers").map { $0["type"] } == ["A", "ANY", "A"])
    #expect(rows.of("diagnostics").isEmpty)
  }

  @Test("multicast DNS keeps known answers of queries, cache-flush classes, and joins nothing")
  func multicast() {
    let pointer = DNSBuilder.record(
      DNSBuilder.name("_http._tcp.local"), 12, [9] + Array("Caf\u{e9} 1.2".utf8.prefix(9)) + DNSBuilder.u16(0xc00c))
    let query = DNSBuilder.message(
      id: 0, flags: 0, questions: [DNSBuilder.question("_http._tcp.local", 12, recordClass: 0x8001)],
      answers: [pointer])
    let response = DNSBuilder.message(
      id: 0, flags: 0x8400,
      answers: [DNSBuilder.record(DNSBuilder.name("a.local"), 1, recordClass: 0x8001, [10, 0, 0, 1])])
    let rows = DNSBuilder.rows([(.client, query), (.server, response)], as: MDNSDatagramParser.self, port: 5353)
    #expect(rows.of("dns_messages").map { $0["query_id"] } == [nil, nil])
    #expect(rows.of("dns_answers").map { $0["data"] } == ["Caf\u{e9} 1\\.2._http._tcp.local", "10.0.0.1"])
  }

  @Test("names keep their case and bytes: a dot or backslash in a label is escaped, bytes that are no UTF-8 are kept")
  func namesAsSent() {
    let owner: [UInt8] = [5, 0x41, 0x2e, 0x5c, 0x00, 0xff, 3] + Array("Com".utf8) + [0]
    let bytes = DNSBuilder.message(flags: 0, questions: [owner + DNSBuilder.u16(1) + DNSBuilder.u16(1)])
    let row = DNSBuilder.rows([(.client, bytes)]).of("dns_messages")[0]
    #expect(row["query_name"] == "A\\.\\\\\u{ef00}\u{efff}.Com")
  }

  @Test("the root is a dot")
  func root() {
    let row = DNSBuilder.rows([(.client, DNSBuilder.query("", 2))]).of("dns_messages")[0]
    #expect(row["query_name"] == ".")
    #expect(row["query_type"] == "NS")
  }

  @Test("bytes behind the last record are told, but not those of stateful operations")
  func trailingBytes() {
    let rows = DNSBuilder.rows([(.client, DNSBuilder.query() + [1, 2, 3])])
    #expect(rows.of("dns_messages").count == 1)
    #expect(rows.of("diagnostics").map { $0["code"] } == ["malformed-dns"])
    let stateful = DNSBuilder.message(flags: 0x3000) + [0, 1, 0, 8, 0, 0, 0x3a, 0x98, 0, 0, 0x3a, 0x98]
    #expect(DNSBuilder.rows([(.client, stateful)]).of("diagnostics").isEmpty)
  }
}
