import Applications
import Bytes
import Records
import TestSupport
import Testing

/// DHCPv6 messages.
private enum DHCPv6 {
  static let duid: [UInt8] = [0, 3, 0, 1, 0x02, 0, 0x5e, 0, 0x01, 0x20]

  static func option(_ code: UInt8, _ data: [UInt8]) -> [UInt8] { [0, code, 0, UInt8(data.count)] + data }

  static func address(_ last: UInt8) -> [UInt8] { [0x20, 1, 0x0d, 0xb8] + [UInt8](repeating: 0, count: 11) + [last] }

  /// An identity association with addresses.
  static func association(_ addresses: UInt8..., lifetime: UInt8 = 100) -> [UInt8] {
    let times: [UInt8] = [0, 0, 0, 50, 0, 0, 0, lifetime]
    let parts: [UInt8] = addresses.flatMap { option(5, address($0) + times) }
    return option(3, [UInt8](repeating: 0, count: 12) + parts)
  }

  static let name = option(39, [1, 4] + Array("Desk".utf8) + [3] + Array("lab".utf8) + [0])

  static func message(_ type: UInt8, _ options: [UInt8]...) -> [UInt8] {
    [type, 0x12, 0x34, 0x56] + option(1, duid) + options.flatMap(\.self)
  }

  static func relayed(_ type: UInt8, _ inner: [UInt8]) -> [UInt8] {
    [type, 0] + address(1) + address(9) + option(79, [0, 1, 2, 0, 0, 0, 0, 7]) + option(9, inner)
  }
}

@Suite("DHCPv6")
struct DHCPv6Tests {
  private func rows(_ datagrams: [(Side, [UInt8])]) -> [EmittedRow] {
    let context = ApplicationContext(sink: RecordSink(captureID: 1))
    for datagram in datagrams { NetworkDialogue.feed(DHCPv6Parser.self, [datagram], context) }
    context.finish()
    return context.sink.emittedRows()
  }

  @Test("a lease: addresses, lifetime, prefix, status, servers, domains and names")
  func lease() {
    let prefix = DHCPv6.option(
      25,
      [UInt8](repeating: 0, count: 12)
        + DHCPv6.option(26, [0, 0, 0, 50, 0, 0, 0, 90, 56] + DHCPv6.address(0)))
    let rows = rows([
      (.client, DHCPv6.message(3, DHCPv6.name, DHCPv6.option(16, [0, 0, 1, 0x37, 0, 4] + Array("MSFT".utf8)))),
      (
        .server,
        DHCPv6.message(
          7, DHCPv6.association(0x20, 0x21), prefix, DHCPv6.option(2, DHCPv6.duid),
          DHCPv6.option(13, [0, 0] + Array("fine".utf8)), DHCPv6.option(23, DHCPv6.address(1) + DHCPv6.address(2)),
          DHCPv6.option(24, [3] + Array("lab".utf8) + [0, 1, 0x78, 0]))
      ),
    ])
    let messages = rows.of("dhcpv6_messages")
    #expect(messages.map { $0["type"] } == ["REQUEST", "REPLY"])
    #expect(messages[0]["fqdn"] == "Desk.lab" && messages[0]["vendor_class"] == "311 MSFT")
    #expect(messages[0]["client_mac"] == "02:00:5e:00:01:20" && messages[0]["transaction_id"] == 0x123456)
    #expect(messages[1]["addresses"] == "2001:db8::20, 2001:db8::21" && messages[1]["valid_lifetime"] == 100)
    #expect(messages[1]["prefixes"] == "2001:db8::/56")
    #expect(messages[1]["status"] == "Success" && messages[1]["status_text"] == "fine")
    #expect(messages[1]["dns_servers"] == "2001:db8::1, 2001:db8::2" && messages[1]["domains"] == "lab, x")
    #expect(messages[1]["server_id"] == "0003000102005e000120" && messages[1]["lease_name"] == "Desk.lab")
    #expect(rows.of("address_names").map { $0["name"] } == ["desk.lab", "desk.lab"])
    #expect(rows.of("address_names").allSatisfy { $0["source"] == "dhcp" })
  }

  @Test("an answer that leases nothing names nothing")
  func refusal() {
    let refused = DHCPv6.option(3, [UInt8](repeating: 0, count: 12) + DHCPv6.option(13, [0, 2]))
    let rows = rows([
      (.client, DHCPv6.message(3, DHCPv6.name)), (.server, DHCPv6.message(7, refused)),
      (.server, DHCPv6.message(7, DHCPv6.association(0x20, lifetime: 0), DHCPv6.name)),
      (.server, DHCPv6.message(2, DHCPv6.association(0x20), DHCPv6.name)),
    ])
    #expect(rows.of("dhcpv6_messages").map { $0["status"] } == [nil, "NoAddrsAvail", nil, nil])
    #expect(rows.of("address_names").isEmpty)
  }

  @Test("what relays pass on is taken out of their messages")
  func relays() {
    let inner = DHCPv6.message(1, DHCPv6.name)
    let rows = rows([
      (.client, DHCPv6.relayed(12, DHCPv6.relayed(12, inner))), (.client, DHCPv6.relayed(12, [])),
      (.client, DHCPv6.relayed(12, [99, 0, 0, 0])),
    ]).of("dhcpv6_messages")
    #expect(rows.map { $0["type"] } == ["SOLICIT", nil, nil])
    #expect(rows.map { $0["relays"] } == [2, 1, 1])
    #expect(rows[0]["link_ip"] == "2001:db8::1" && rows[0]["peer_ip"] == "2001:db8::9")
    #expect(rows.map { $0["client_mac"] } == ["02:00:5e:00:01:20", "02:00:00:00:00:07", "02:00:00:00:00:07"])
  }

  @Test("a message cut anywhere keeps what came before; nesting without end is given up")
  func hostile() {
    let whole = DHCPv6.relayed(12, DHCPv6.message(7, DHCPv6.association(1), DHCPv6.name))
    for length in 0...whole.count { _ = rows([(.client, Array(whole.prefix(length)))]) }
    for index in whole.indices {
      for value: UInt8 in [0, 1, 0x7f, 0xff] {
        var changed = whole
        changed[index] = value
        _ = rows([(.client, changed)])
      }
    }
    var nested = DHCPv6.message(1)
    for _ in 0..<5 { nested = DHCPv6.relayed(12, nested) }
    #expect(rows([(.client, nested)]).of("dhcpv6_messages").map { $0["relays"] } == [5])
    let many = DHCPv6.message(7) + [UInt8](repeating: 0, count: 4 * 4000)
    #expect(rows([(.server, many)]).of("dhcpv6_messages").count == 1)
    #expect(rows([(.server, [200, 1, 2, 3])]).of("diagnostics").map { $0["code"] } == ["malformed-dhcpv6"])
  }

  @Test("options to the last byte on its ports are what tells DHCPv6")
  func probe() {
    let (v6, other) = (ParserDriver.flow(port: 547), ParserDriver.flow(port: 5000))
    func answer(_ bytes: [UInt8], _ side: Side, _ flow: FlowIdentity) -> String {
      "\(DHCPv6Parser.probe(bytes.bytes, from: side, flow: flow))"
    }
    #expect(answer(DHCPv6.message(1), .client, v6) == "match")
    #expect(answer(DHCPv6.message(2), .client, v6) == "reversed")
    #expect(answer(DHCPv6.message(2), .server, v6) == "match")
    #expect(answer(DHCPv6.relayed(12, DHCPv6.message(1)), .client, v6) == "match")
    #expect(answer(DHCPv6.message(1), .client, other) == "no")
    #expect(answer(DHCPv6.message(1) + [0], .client, v6) == "no")
    #expect(answer([99, 0, 0, 0, 0, 1, 0, 0], .client, v6) == "no")
    #expect(answer([1, 0, 0, 0], .client, v6) == "no")
  }
}
