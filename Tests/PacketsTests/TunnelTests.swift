import Bytes
import Packets
import Testing

@Suite("Tunnels")
struct TunnelTests {
  static let tunnels = [
    "ipip", "6in4", "4in6", "gre", "gre key seq", "gre ethernet", "pptp", "erspan", "erspan 3", "etherip",
    "ethernet in ip", "vxlan",
    "vxlan gpe", "geneve", "teredo", "gtp", "l2tp", "lisp", "pbb", "isl", "mpls ethernet", "nsh",
    "wccp", "gre metadata", "lisp control", "trill", "vxlan linux", "l2tp 3", "ayiya", "mpls ethernet bare",
  ]

  @Test("every tunnel leads to the packet inside", arguments: tunnels)
  func inner(name: String) throws {
    let sample = try #require(Samples.all.first { $0.name == name })
    let layers = decode(sample.frame, linkType: sample.linkType)
    #expect(layers.fault.code == "")
    #expect(layers.tunnelDepth == 1)
    let isTCP = layers.network == .ipv4
    #expect(layers.source.description == (isTCP ? "10.0.0.1" : "2001:db8::1"))
    #expect(layers.transport == (isTCP ? .tcp : .udp))
    #expect(layers.destinationPort == (isTCP ? 80 : 53))
    #expect(payload(layers, sample.frame) == Make.text(isTCP ? "GET /" : "query"))
  }

  @Test("labels and sessions that only precede a packet are no tunnels", arguments: ["mpls", "pppoe", "ppp", "chdlc"])
  func shims(name: String) throws {
    let sample = try #require(Samples.all.first { $0.name == name })
    let layers = decode(sample.frame, linkType: sample.linkType)
    #expect(layers.transport == .tcp && layers.tunnelDepth == 0 && layers.fault.reason == .none)
    #expect(layers.linkProtocolName == nil)
  }

  @Test("a broken inner packet leaves the outer conversation")
  func brokenInner() {
    let vxlan = decode(
      Samples.overUDP(4789, Make.hex("0800000000000100") + Make.ethernet(0x0800, [0x42, 0])), linkType: 101)
    #expect(vxlan.transport == .udp && vxlan.destinationPort == 4789)
    #expect(vxlan.source.description == "192.0.2.1")
    #expect(vxlan.fault.code == "truncated-ipv4")
    let gre = decode(Samples.outer(47, Make.hex("0000 0800 00")), linkType: 101)
    #expect(gre.transport == .other && gre.ipProtocol == 47 && gre.source.description == "192.0.2.1")
  }

  @Test("ARP inside a tunnel is found without hiding the outer conversation")
  func innerARP() throws {
    let arp = Make.hex("0001080006040001 02000000000a 0a000001 000000000000 0a000002")
    let frame = Samples.overUDP(4789, Make.hex("0800000000000100") + Make.ethernet(0x0806, arp))
    let layers = decode(frame, linkType: 101)
    #expect(layers.network == .ipv4 && layers.transport == .udp)
    #expect(layers.arpOffset == 50)
    let message = try ARPMessage(frame.bytes.part(from: Int(layers.arpOffset)))
    #expect(message.senderIP?.description == "10.0.0.1")
  }

  @Test("an inner packet does not inherit the outer transport")
  func noInheritance() {
    let layers = decode(Samples.overUDP(4341, Make.hex("0800000000000000") + Make.ipv4(89, [1])), linkType: 101)
    #expect(layers.transport == .other && layers.ipProtocol == 89)
    #expect(layers.sourcePort == 0 && layers.destinationPort == 0 && !layers.hasTransportHeader)
  }

  @Test("packets nested deeper than the limit end with a fault at the last one read")
  func depth() {
    var packet = Samples.tcp
    for _ in 0..<9 { packet = Samples.outer(4, packet) }
    let layers = decode(packet, linkType: 101)
    #expect(layers.fault.code == "limit-tunnel")
    #expect(layers.tunnelDepth == 8)
    #expect(layers.source.description == "192.0.2.1" && layers.transport == .other && layers.ipProtocol == 4)
  }

  @Test("a stack of MPLS labels deeper than the limit is a fault")
  func labels() {
    let stack = [UInt8](repeating: 0, count: 17 * 4)
    #expect(decode(Make.ethernet(0x8847, stack + Samples.tcp)).fault.code == "limit-mpls")
  }

  @Test("the port of a tunnel alone does not make one", arguments: [1701, 2152, 3544, 4789, 4790, 6081])
  func coincidence(port: Int) {
    let layers = decode(Samples.overUDP(port, [0xff] + [UInt8](repeating: 0x12, count: 60)), linkType: 101)
    #expect(layers.transport == .udp && layers.destinationPort == UInt16(port))
    #expect(layers.payloadLength == 61 && layers.tunnelDepth == 0)
  }

  @Test("GRE of an unknown version is told apart from a broken one")
  func greVersion() {
    let layers = decode(Samples.outer(47, Make.hex("0005 0800") + Samples.tcp), linkType: 101)
    #expect(layers.fault.code == "unsupported-gre")
    #expect(layers.ipProtocol == 47 && layers.transport == .other)
  }

  @Test("a fragment inside a tunnel is the innermost packet")
  func innerFragment() {
    let inner = Make.ipv4(6, [1, 2, 3, 4, 5, 6, 7, 8], fragment: 0x2000)
    let layers = decode(Samples.outer(4, inner), linkType: 101)
    #expect(layers.transport == .fragment && layers.fragmentPayloadOffset == 40)
    #expect(layers.source.description == "10.0.0.1")
  }

  @Test("the headers around the innermost packet are told of, each with the addresses around it")
  func encapsulations() {
    let twice = around(Make.ipv4(4, Samples.outer(4, Samples.tcp), from: "c6336401", to: "c6336402"))
    #expect(twice == ["ipip - 198.51.100.1 198.51.100.2", "ipip - 192.0.2.1 192.0.2.2"])
    #expect(around(Samples.tcp) == [])
    #expect(
      around(Make.ethernet(0x8847, Make.hex("00010040 00011140") + Samples.tcp), linkType: 1) == ["mpls 16", "mpls 17"])
    // Of a tunnel without an IP packet in it nothing is told.
    let empty = Samples.overUDP(4789, Make.hex("0800000000000100") + Make.ethernet(0x88b5, [1, 2]))
    #expect(around(empty) == [])
    let tagged = Make.ethernet(0x8100, Make.vlan(7, 0x0800, empty))
    #expect(around(tagged, linkType: 1) == ["vlan 7"])
  }

  /// The headers around the innermost packet: kind, identifier, addresses.
  private func around(_ frame: [UInt8], linkType: UInt16 = 101) -> [String] {
    var layers = PacketLayers()
    // What an earlier frame left there must not matter.
    var headers: [Encapsulation] = []
    for _ in 0..<2 {
      PacketDecoder.decode(
        frame.bytes, length: frame.count, linkType: linkType, into: &layers, encapsulations: &headers)
    }
    guard layers.isEncapsulated else { return [] }
    return headers.map { header in
      "\(header.kind.name) " + (header.identifier.map(String.init) ?? "-")
        + (header.hasAddresses ? " \(header.source) \(header.destination)" : "")
    }
  }

  @Test("more headers than the limit are not told of, and the packet is found all the same")
  func manyHeaders() {
    var packet = Samples.tcp
    for _ in 0..<3 {
      packet = Samples.outer(137, [UInt8](repeating: 0, count: 14 * 4) + Make.hex("00001140") + packet)
    }
    let layers = decode(packet, linkType: 101)
    #expect(layers.transport == .tcp && layers.fault.reason == .none)
    #expect(around(packet).count == 32)
  }

  @Test("GTP-U on other ports is known by its lengths; where one does not fit it is a datagram")
  func gtpByContent() {
    let packet = Make.hex("30ff") + Make.half(Samples.tcp.count) + Make.hex("00000007") + Samples.tcp
    #expect(around(Samples.overUDP(33000, packet)) == ["gtp-u 7 192.0.2.1 192.0.2.2"])
    #expect(around(Samples.overUDP(33000, packet + [0])) == [])
    #expect(
      around(
        Samples.overUDP(33000, Make.hex("30ff") + Make.half(8) + Make.hex("00000007") + Make.hex("4500000900000000")))
        == [])
  }

  @Test("a PIM register message leads to the packet that it carries, a null register to none")
  func register() {
    #expect(decode(Samples.outer(103, Make.hex("2100 0000 00000000") + Samples.tcp), linkType: 101).transport == .tcp)
    let null = decode(Samples.outer(103, Make.hex("2100 0000 40000000") + Samples.tcp), linkType: 101)
    #expect(null.transport == .other && null.ipProtocol == 103)
  }
}
