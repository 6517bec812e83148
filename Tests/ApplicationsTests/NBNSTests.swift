import Applications
import Bytes
import Records
import TestSupport
import Testing

/// Messages of the NetBIOS name service.
private enum NBNS {
  /// A name of 15 bytes at most with its suffix, as 32 letters.
  static func name(_ text: String, _ suffix: UInt8, fill: UInt8 = 0x20, scope: String = "") -> [UInt8] {
    var plain = Array(text.utf8)
    plain += [UInt8](repeating: fill, count: 15 - plain.count) + [suffix]
    let labels = scope.split(separator: ".").flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) }
    let letters: [UInt8] = plain.flatMap { byte -> [UInt8] in [0x41 + (byte >> 4), 0x41 + (byte & 15)] }
    return [32] + letters + labels + [0]
  }

  static func message(
    flags: UInt16, questions: [[UInt8]] = [], answers: [[UInt8]] = [], additionals: [[UInt8]] = []
  ) -> [UInt8] {
    let counts: [UInt8] = [0, UInt8(questions.count), 0, UInt8(answers.count), 0, 0, 0, UInt8(additionals.count)]
    let header: [UInt8] = [0x12, 0x34, UInt8(flags >> 8), UInt8(flags & 255)]
    return header + counts + (questions + answers + additionals).flatMap(\.self)
  }

  static func question(_ name: [UInt8], _ type: UInt8 = 32) -> [UInt8] { name + [0, type, 0, 1] }

  static func record(_ name: [UInt8], type: UInt8 = 32, _ data: [UInt8]) -> [UInt8] {
    name + [0, type, 0, 1, 0, 0, 1, 44, 0, UInt8(data.count)] + data
  }

  static let query = message(flags: 0x0110, questions: [question(name("FILER", 0x20))])
  static let response = message(
    flags: 0x8500, answers: [record(name("FILER", 0x20), [0, 0, 192, 168, 10, 1, 0x60, 0, 10, 0, 0, 1])])

  static func status(_ names: [([UInt8], UInt8, UInt16)], mac: [UInt8] = [2, 0, 0, 0, 0, 7]) -> [UInt8] {
    var entries: [UInt8] = []
    for (name, suffix, flags) in names {
      entries += name + [UInt8](repeating: 0x20, count: 15 - name.count)
      entries += [suffix, UInt8(flags >> 8), UInt8(flags & 255)]
    }
    return message(
      flags: 0x8400, answers: [record(name("*", 0, fill: 0), type: 33, [UInt8(names.count)] + entries + mac + [0, 0])])
  }
}

@Suite("NetBIOS names")
struct NBNSTests {
  private func rows(_ datagrams: [(Side, [UInt8])], cut: Int? = nil) -> [EmittedRow] {
    DNSBuilder.rows(datagrams, as: NBNSParser.self, port: 137, cut: cut)
  }

  @Test("a query and its response, with the addresses of the name")
  func lookup() {
    let rows = rows([(.client, NBNS.query), (.server, NBNS.response)])
    let messages = rows.of("dns_messages")
    #expect(messages.map { $0["query_name"] } == ["FILER<20>", "FILER<20>"])
    #expect(messages.map { $0["query_type"] } == ["NB", "NB"])
    #expect(messages.map { $0["opcode"] } == ["QUERY", "QUERY"])
    #expect(messages[1]["query_id"] == .integer(messages[0].id))
    #expect(rows.of("dns_answers").map { $0["data"] } == ["192.168.10.1 B-node", "10.0.0.1 H-node"])
    #expect(
      rows.of("dns_answers").allSatisfy { $0["address_id"] != nil && $0["ttl"] == 300 && $0["name"] == "FILER<20>" })
    #expect(rows.of("address_names").map { $0["name"] } == ["filer", "filer"])
    #expect(rows.of("address_names").allSatisfy { $0["source"] == "netbios" })
    #expect(rows.of("diagnostics").isEmpty)
  }

  @Test(
    "what was asked for, and what came of it",
    arguments: [
      (0x2910, "REGISTRATION", "NOERROR"), (0x3010, "RELEASE", "NOERROR"), (0x4010, "REFRESH", "NOERROR"),
      (0x7910, "MULTIHOMED-REGISTRATION", "NOERROR"), (0xad86, "REGISTRATION", "ACT_ERR"),
      (0x8583, "QUERY", "NXDOMAIN"),
      (0xad87, "REGISTRATION", "CFT_ERR"), (0xbc00, "WACK", "NOERROR"),
    ])
  func codes(_ flags: Int, _ opcode: String, _ rcode: String) {
    let message = NBNS.message(
      flags: UInt16(flags), additionals: [NBNS.record(NBNS.name("DESK", 0), [0x60, 0, 192, 168, 10, 20])])
    let rows = rows([(.client, message)])
    #expect(rows.of("dns_messages").map { $0["opcode"] } == [.text(opcode)])
    #expect(rows.of("dns_messages").map { $0["rcode"] } == [.text(rcode)])
    let isClaim = rcode == "NOERROR" && opcode != "RELEASE" && opcode != "WACK"
    #expect(rows.of("address_names").map { $0["name"] } == (isClaim ? ["desk"] : []))
  }

  @Test("a registration points to its question, and users' and groups' names are no machine's")
  func registrations() {
    let cases: [(Int, Int, Bool)] = [(0x00, 0x60, true), (0x20, 0, true), (0x03, 0, false), (0x00, 0x80, false)]
    for (suffix, flags, isName) in cases {
      let message = NBNS.message(
        flags: 0x2910, questions: [NBNS.question(NBNS.name("DESK", UInt8(suffix)))],
        additionals: [NBNS.record([0xc0, 12], [UInt8(flags), 0, 192, 168, 10, 20])])
      let rows = rows([(.client, message)])
      #expect(rows.of("address_names").count == (isName ? 1 : 0))
      let group = flags == 0x80 ? " group" : ""
      let node = flags == 0x60 ? "H" : "B"
      #expect(rows.of("dns_answers").map { $0["data"] } == [.text("192.168.10.20 \(node)-node\(group)")])
      #expect(rows.of("dns_answers").map { $0["section"] } == ["additional"])
    }
  }

  @Test("a node's status is a row for each of its names, which are its own")
  func status() {
    let rows = rows([
      (.client, NBNS.message(flags: 0, questions: [NBNS.question(NBNS.name("*", 0, fill: 0), 33)])),
      (
        .server,
        NBNS.status([(Array("FILER".utf8), 0, 0x0400), (Array("LAB".utf8), 0, 0x8400), ([1, 2], 0x1b, 0x4c00)])
      ),
    ])
    let wildcard = "*" + String(repeating: "<00>", count: 15)
    #expect(rows.of("dns_messages").map { $0["query_name"] } == [.text(wildcard), .text(wildcard)])
    #expect(
      rows.of("dns_answers").map { $0["data"] } == [
        "FILER<00> B-node", "LAB<00> B-node group", "<01><02><1b> M-node conflict", "MAC 02:00:00:00:00:07",
      ])
    #expect(rows.of("dns_answers").allSatisfy { $0["type"] == "NBSTAT" })
    #expect(rows.of("address_names").map { $0["name"] } == ["filer"])
  }

  @Test("scopes stand behind a dot; names that begin within others' bytes are none")
  func names() {
    let scoped = NBNS.message(flags: 0x0110, questions: [NBNS.question(NBNS.name("A B", 0, scope: "lab.example"))])
    #expect(rows([(.client, scoped)]).of("dns_messages")[0]["query_name"] == "A B<00>.lab.example")
    var wrong = NBNS.query
    wrong[20] = 0x51
    #expect(rows([(.client, wrong)]).of("diagnostics").map { $0["code"] } == ["malformed-nbns"])
    let loop = NBNS.message(flags: 0x8500, answers: [NBNS.record([0xc0, 12], [0, 0, 1, 2, 3, 4])])
    #expect(rows([(.server, loop)]).of("diagnostics").map { $0["code"] } == ["malformed-nbns"])
  }

  @Test("cut and changed messages keep what came before")
  func hostile() {
    for whole in [NBNS.query, NBNS.response, NBNS.status([(Array("FILER".utf8), 0, 0x0400)])] {
      for length in 0...whole.count { _ = rows([(.server, whole)], cut: length) }
      for index in whole.indices {
        for value: UInt8 in [0, 0x20, 0x80, 0xc0, 0xff] {
          var changed = whole
          changed[index] = value
          _ = rows([(.server, changed)])
        }
      }
    }
    #expect(rows([(.server, NBNS.response)], cut: NBNS.response.count - 1).of("dns_messages").count == 1)
    let crowd = NBNS.message(
      flags: 0x8500, answers: (0..<200).map { _ in NBNS.record(NBNS.name("A", 0), [0, 0, 1, 2, 3, 4]) })
    #expect(rows([(.server, crowd)]).of("dns_answers").count == 64)
  }

  @Test("port 137, an operation and a name of letters are what tells NetBIOS")
  func probe() {
    func answer(_ bytes: [UInt8], _ side: Side, _ port: UInt16 = 137) -> String {
      "\(NBNSParser.probe(bytes.bytes, from: side, flow: ParserDriver.flow(port: port)))"
    }
    #expect(answer(NBNS.query, .client) == "match")
    #expect(answer(NBNS.response, .client) == "reversed")
    #expect(answer(NBNS.response, .server) == "match")
    #expect(answer(NBNS.query, .client, 53) == "no")
    #expect(answer(DNSBuilder.query(), .client) == "no")
    for length in 0..<45 { #expect(answer(Array(NBNS.query.prefix(length)), .client) == "no") }
  }
}
