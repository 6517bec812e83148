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
