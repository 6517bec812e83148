import Applications
import Bytes
import Records
import TestSupport
import Testing

/// SNMP messages.
private enum SNMP {
  static let bindings: [UInt8] = .ber(0x30, .ber(0x30, .ber(6, [0x2b, 6, 1, 2, 1, 1, 1, 0]), [5, 0]))

  static func pdu(_ tag: UInt8, _ id: Int = 77, _ bindings: [UInt8] = bindings) -> [UInt8] {
    .ber(tag, .ber(integer: id), .ber(integer: 0), .ber(integer: 0), bindings)
  }

  static func v2(_ community: String, _ pdu: [UInt8], version: Int = 1) -> [UInt8] {
    .ber(0x30, .ber(integer: version), .ber(4, community), pdu)
  }

  static func v3(
    _ id: Int, _ user: String, flags: UInt8 = 4, authentication: [UInt8] = [], _ data: [UInt8]
  ) -> [UInt8] {
    let security: [UInt8] = .ber(
      0x30, .ber(4, [0x80, 0, 0, 1]), .ber(integer: 5), .ber(integer: 9), .ber(4, user), .ber(4, authentication),
      [4, 0])
    return .ber(
      0x30, .ber(integer: 3),
      .ber(0x30, .ber(integer: id), .ber(integer: 65_507), .ber(4, [flags]), .ber(integer: 3)), .ber(4, security), data)
  }

  static func scoped(_ pdu: [UInt8]) -> [UInt8] { .ber(0x30, .ber(4, [0x80, 0, 0, 1]), [4, 0], pdu) }

  static func report(_ number: UInt8) -> [UInt8] {
    scoped(pdu(0xa8, 0, .ber(0x30, .ber(0x30, .ber(6, [0x2b, 6, 1, 6, 3, 15, 1, 1, number, 0]), [0x41, 1, 1]))))
  }
}

@Suite("SNMP")
struct SNMPTests {
  private static func logins(_ datagrams: [(Side, [UInt8])]) -> [String] {
    NetworkDialogue.logins(SNMPParser.self, datagrams)
  }

  @Test("a community has one row, accepted where the agent answers")
  func community() {
    #expect(
      Self.logins([
        (.client, SNMP.v2("public", SNMP.pdu(0xa0))), (.server, SNMP.v2("public", SNMP.pdu(0xa2))),
        (.client, SNMP.v2("public", SNMP.pdu(0xa1))), (.server, SNMP.v2("public", SNMP.pdu(0xa2))),
        (.client, SNMP.v2("private", SNMP.pdu(0xa3), version: 0)), (.client, SNMP.v2("private", SNMP.pdu(0xa3))),
      ]) == ["community|-|-|public|password|1|1|2", "community|-|-|private|password|-|5|-"])
  }

  @Test("flows between the same two hosts share their row, which has the answer where one comes at all")
  func polling() {
    let context = ApplicationContext(sink: RecordSink(captureID: 1))
    let ask: (Side, [UInt8]) = (.client, SNMP.v2("public", SNMP.pdu(0xa0)))
    let answer: (Side, [UInt8]) = (.server, SNMP.v2("public", SNMP.pdu(0xa2)))
    for dialogue in [[ask], [ask], [ask, answer], [ask, answer], [ask]] {
      NetworkDialogue.feed(SNMPParser.self, dialogue, context)
    }
    NetworkDialogue.feed(SNMPParser.self, [(.client, SNMP.v2("private", SNMP.pdu(0xa0)))], context)
    #expect(NetworkDialogue.shown(context.sink.emittedRows()) == ["community|-|-|public|password|1|1|2"])
    context.finish()
    #expect(NetworkDialogue.shown(context.sink.emittedRows()) == ["community|-|-|private|password|-|1|-"])
  }

  @Test("traps and answers alone hold the community too")
  func oneSided() {
    #expect(Self.logins([(.client, SNMP.v2("traps", SNMP.pdu(0xa7)))]) == ["community|-|-|traps|password|-|1|-"])
    #expect(Self.logins([(.server, SNMP.v2("a", SNMP.pdu(0xa2)))]) == ["community|-|-|a|password|1|1|1"])
    let trap: [UInt8] = .ber(
      0xa4, .ber(6, [0x2b, 6, 1]), .ber(0x40, [192, 0, 2, 1]), .ber(integer: 6), .ber(integer: 1), [0x43, 1, 9],
      SNMP.bindings)
    #expect(Self.logins([(.client, SNMP.v2("old", trap, version: 0))]) == ["community|-|-|old|password|-|1|-"])
  }

  @Test("a user of version 3 has its authentication parameters; asking for the engine is no login")
  func users() {
    let digest = Array(UInt8(1)...12)
    #expect(
      Self.logins([
        (.client, SNMP.v3(1, "", SNMP.scoped(SNMP.pdu(0xa0)))), (.server, SNMP.v3(1, "", SNMP.report(4))),
        (.client, SNMP.v3(2, "ops", flags: 7, authentication: digest, [4, 2, 9, 9])),
        (.server, SNMP.v3(2, "ops", flags: 3, authentication: digest, [4, 2, 8, 8])),
      ]) == ["USM authPriv|-|ops|0102030405060708090a0b0c|hash|1|3|4"])
    #expect(
      Self.logins([
        (.client, SNMP.v3(2, "ops", flags: 5, authentication: digest, SNMP.scoped(SNMP.pdu(0xa0)))),
        (.server, SNMP.v3(2, "ops", SNMP.report(2))),
        (.client, SNMP.v3(3, "ops", flags: 5, authentication: digest, SNMP.scoped(SNMP.pdu(0xa0)))),
        (.server, SNMP.v3(3, "ops", SNMP.report(5))),
      ]) == ["USM authNoPriv|-|ops|0102030405060708090a0b0c|hash|0|1|4"])
    #expect(
      Self.logins([
        (.client, SNMP.v3(2, "guest", SNMP.scoped(SNMP.pdu(0xa0)))), (.server, SNMP.v3(9, "guest", SNMP.report(3))),
      ]) == ["USM noAuthNoPriv|-|guest|-|hash|-|1|-"])
    // A wrong password after the right one, and again.
    let ask: (Side, [UInt8]) = (.client, SNMP.v3(2, "ops", SNMP.scoped(SNMP.pdu(0xa0))))
    let refuse: (Side, [UInt8]) = (.server, SNMP.v3(2, "ops", SNMP.report(3)))
    #expect(
      Self.logins([ask, (.server, SNMP.v3(2, "ops", SNMP.scoped(SNMP.pdu(0xa2)))), ask, refuse, ask, refuse, ask]) == [
        "USM noAuthNoPriv|-|ops|-|hash|1|1|2", "USM noAuthNoPriv|-|ops|-|hash|0|3|4",
      ])
  }

  @Test("any port, and the side by who asks; datagrams that are not SNMP to their last byte are not")
  func probe() {
    func probe(_ bytes: [UInt8], _ side: Side = .client) -> Probe {
      SNMPParser.probe(bytes.bytes, from: side, flow: ParserDriver.flow())
    }
    let request = SNMP.v2("public", SNMP.pdu(0xa0))
    #expect(probe(request) == .match)
    #expect(probe(request, .server) == .reversed)
    #expect(probe(SNMP.v2("public", SNMP.pdu(0xa2))) == .reversed)
    #expect(probe(SNMP.v3(1, "", SNMP.scoped(SNMP.pdu(0xa0)))) == .match)
    for wrong in [
      request + [0], Array(request.dropLast()), SNMP.v2("x", [5, 0]), SNMP.v2("x", SNMP.pdu(0xa9)),
      SNMP.v2("x", SNMP.pdu(0xa0), version: 2), SNMP.v2("x", .ber(0xa0, .ber(4, "abc"))), [0x30], [0x30, 0], [],
      Array("0000".utf8), SNMP.v2(String(repeating: "x", count: 256), SNMP.pdu(0xa0)),
    ] {
      #expect(probe(wrong) == .no)
    }
  }

  @Test("nothing traps, and one flow's communities are bounded")
  func hostile() {
    NetworkDialogue.survive(
      SNMPParser.self,
      [
        (.client, SNMP.v2("public", SNMP.pdu(0xa0))), (.server, SNMP.v2("public", SNMP.pdu(0xa2))),
        (.client, SNMP.v3(2, "ops", flags: 5, authentication: [1, 2], SNMP.scoped(SNMP.pdu(0xa0)))),
        (.server, SNMP.v3(2, "ops", SNMP.report(5))),
      ])
    #expect(Self.logins((0..<200).map { (.client, SNMP.v2("c\($0)", SNMP.pdu(0xa0))) }).count == 200)
    let deep = (0..<40).reduce([UInt8]()) { inner, _ in .ber(0x30, inner) }
    #expect(SNMPParser.probe(deep.bytes, from: .client, flow: ParserDriver.flow()) == .no)
  }
}
