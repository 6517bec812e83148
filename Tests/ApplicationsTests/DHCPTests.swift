import Applications
import Bytes
import Records
import TestSupport
import Testing

/// DHCP messages.
private enum DHCP {
  static let mac: [UInt8] = [0x02, 0, 0x5e, 0, 0x01, 0x20]

  static func message(
    op: UInt8, xid: [UInt8] = [0x69, 0x6d, 0xdc, 0x66], yours: [UInt8] = [0, 0, 0, 0], hardwareLength: UInt8 = 6,
    options: [UInt8]
  ) -> [UInt8] {
    var bytes: [UInt8] = [op, 1, hardwareLength, 0] + xid + [UInt8](repeating: 0, count: 8) + yours
    bytes += [UInt8](repeating: 0, count: 8) + mac
    bytes += [UInt8](repeating: 0, count: 236 - bytes.count)
    return bytes + [0x63, 0x82, 0x53, 0x63] + options
  }
}

@Suite("DHCP")
struct DHCPTests {
  private func rows(_ datagrams: [(Side, [UInt8])]) -> [EmittedRow] {
    let context = ApplicationContext(sink: RecordSink(captureID: 1))
    NetworkDialogue.feed(DHCPParser.self, datagrams, context)
    context.finish()
    return context.sink.emittedRows().of("dhcp_messages")
  }

  @Test("each message is a row: transaction, type, addresses and the client's name")
  func messages() {
    let rows = rows([
      (.client, DHCP.message(op: 1, options: [53, 1, 1, 12, 4] + Array("desk".utf8) + [255])),
      (.server, DHCP.message(op: 2, yours: [192, 168, 10, 20], options: [0, 53, 1, 2, 255])),
      (.client, DHCP.message(op: 1, options: [50, 4, 192, 168, 10, 20, 53, 1, 3, 255])),
      (.server, DHCP.message(op: 2, yours: [192, 168, 10, 20], options: [53, 1, 5, 255])),
      (.client, DHCP.message(op: 1, options: [53, 1, 13, 255])),
      (.client, DHCP.message(op: 1, hardwareLength: 8, options: [255])),
    ])
    #expect(rows.map { $0["type"] } == ["DISCOVER", "OFFER", "REQUEST", "ACK", "13", nil])
    #expect(rows.map { $0["frame_id"] } == [1, 2, 3, 4, 5, 6])
    #expect(rows.allSatisfy { $0["transaction_id"] == .integer(0x696d_dc66) })
    #expect(rows.map { $0["host_name"] } == ["desk", nil, nil, nil, nil, nil])
    #expect(rows.map { $0["your_ip"] } == [nil, "192.168.10.20", nil, "192.168.10.20", nil, nil])
    #expect(rows.map { $0["requested_ip"] } == [nil, nil, "192.168.10.20", nil, nil, nil])
    #expect(rows.map { $0["client_mac"] }.dropLast().allSatisfy { $0 == "02:00:5e:00:01:20" })
    #expect(rows.last?["client_mac"] == .null)
  }

  @Test("the options that tell who the client is and what it was given")
  func options() {
    let fqdn: [UInt8] = [5, 0, 0] + Array("\u{4}desk\u{3}lab\u{5}examp\0".utf8)
    let asked: [UInt8] = [53, 1, 3, 60, 8] + Array("MSFT 5.0".utf8) + [61, 7, 1] + DHCP.mac
    let named: [UInt8] = [55, 3, 1, 3, 6, 81, UInt8(fqdn.count)] + fqdn + [255]
    let given: [UInt8] = [53, 1, 5, 54, 4, 192, 168, 10, 1, 51, 4, 0, 0, 0x0e, 0x10, 1, 4, 255, 255, 255, 0]
    let told: [UInt8] = [3, 4, 192, 168, 10, 1, 6, 8, 192, 168, 10, 1, 9, 9, 9, 9, 15, 4] + Array("lab\0".utf8)
    let rows = rows([
      (.client, DHCP.message(op: 1, options: asked + named)),
      (.server, DHCP.message(op: 2, yours: [192, 168, 10, 20], options: given + told + [255])),
      (.server, DHCP.message(op: 2, options: [53, 1, 6, 56, 4] + Array("full".utf8) + [255])),
    ])
    #expect(rows[0]["vendor_class"] == "MSFT 5.0" && rows[0]["client_id"] == "0102005e000120")
    #expect(rows[0]["requested_options"] == "1,3,6" && rows[0]["fqdn"] == "desk.lab.examp")
    #expect(rows[1]["server_ip"] == "192.168.10.1" && rows[1]["lease_time"] == 3600 && rows[1]["domain"] == "lab")
    #expect(rows[1]["subnet_mask"] == "255.255.255.0" && rows[1]["routers"] == "192.168.10.1")
    #expect(rows[1]["dns_servers"] == "192.168.10.1, 9.9.9.9")
    #expect(rows[1]["lease_name"] == "desk.lab.examp" && rows[0]["lease_name"] == nil)
    #expect(rows[2]["message"] == "full")
  }

  /// Names given to addresses by flows of their own, as client and server have them.
  private func names(_ datagrams: [[UInt8]]) -> [String] {
    let context = ApplicationContext(sink: RecordSink(captureID: 1))
    for bytes in datagrams { NetworkDialogue.feed(DHCPParser.self, [(.client, bytes)], context) }
    return context.sink.emittedRows().of("address_names").map { "\($0["name"].text ?? "") \($0["source"].text ?? "")" }
  }

  @Test("the name that a client asked with is the leased address's; another transaction's is not")
  func leaseNames() {
    let request = DHCP.message(op: 1, options: [53, 1, 3, 12, 4] + Array("Desk".utf8) + [255])
    let lease = DHCP.message(op: 2, yours: [192, 168, 10, 20], options: [53, 1, 5, 255])
    #expect(names([request, lease]) == ["desk dhcp"])
    #expect(
      names([DHCP.message(op: 1, xid: [1, 2, 3, 4], options: [53, 1, 3, 12, 4] + Array("Desk".utf8)), lease]) == [])
    #expect(names([request, DHCP.message(op: 2, yours: [192, 168, 10, 20], options: [53, 1, 2, 255])]) == [])
    let named = DHCP.message(
      op: 2, yours: [192, 168, 10, 20], options: [53, 1, 5, 12, 5] + Array("other".utf8) + [255])
    #expect(names([named]) == ["other dhcp"])
    #expect(names([request, named]) == ["desk dhcp"])
  }

  @Test("transactions that nobody answers are forgotten when there are too many")
  func manyTransactions() {
    var datagrams = [DHCP.message(op: 1, options: [53, 1, 3, 12, 4] + Array("Desk".utf8) + [255])]
    for number in 0..<4096 {
      datagrams.append(
        DHCP.message(
          op: 1, xid: [0, 0, UInt8(number >> 8), UInt8(number & 255)], options: [53, 1, 3, 12, 1, 0x61, 255]))
    }
    datagrams.append(DHCP.message(op: 2, yours: [192, 168, 10, 20], options: [53, 1, 5, 255]))
    #expect(names(datagrams) == [])
  }

  @Test("a message cut anywhere behind its cookie keeps what came before; one without a cookie is none")
  func cuts() {
    let whole = DHCP.message(op: 1, options: [12, 4] + Array("desk".utf8) + [53, 1, 1, 255])
    for length in 0...whole.count {
      let rows = rows([(.client, Array(whole.prefix(length)))])
      #expect(rows.count == (length >= 240 ? 1 : 0))
      #expect(rows.first?["host_name"].text == (length >= 246 ? "desk" : nil))
      #expect(rows.first?["type"].text == (length >= 249 ? "DISCOVER" : nil))
    }
    let endless = DHCP.message(op: 1, options: [UInt8](repeating: 12, count: 4000))
    #expect(rows([(.client, endless)]).count == 1)
  }

  @Test("the cookie is what tells DHCP, whichever side speaks first")
  func probe() {
    let flow = ParserDriver.flow()
    let discover = DHCP.message(op: 1, options: [53, 1, 1, 255])
    let offer = DHCP.message(op: 2, options: [53, 1, 2, 255])
    func answer(_ bytes: [UInt8], _ side: Side) -> String { "\(DHCPParser.probe(bytes.bytes, from: side, flow: flow))" }
    #expect(answer(discover, .client) == "match")
    #expect(answer(offer, .client) == "reversed")
    #expect(answer(offer, .server) == "match")
    #expect(answer(DHCP.message(op: 3, options: []), .client) == "no")
    #expect(answer(Array(discover.prefix(239)), .client) == "no")
  }
}
