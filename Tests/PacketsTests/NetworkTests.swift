import Bytes
import Packets
import Testing

@Suite("IP")
struct NetworkTests {
  @Test("IPv4 gives addresses, length, time to live and protocol")
  func ipv4() {
    let layers = decode(Make.ipv4(6, Make.tcp([1]), options: Make.hex("01010100")), linkType: 101)
    #expect(layers.network == .ipv4)
    #expect(layers.source.description == "10.0.0.1")
    #expect(layers.destination.description == "10.0.0.2")
    #expect(layers.ipLength == 45)
    #expect(layers.timeToLive == 64)
    #expect(layers.ipProtocol == 6)
    #expect(layers.identification == 0x1234)
    #expect(layers.payloadOffset == 44 && layers.payloadLength == 1)
  }

  @Test("IPv4 without a total length fills the frame")
  func offload() {
    let layers = decode(Make.ethernet(0x0800, Make.ipv4(6, Make.tcp([1, 2, 3]), total: 0)))
    #expect(layers.ipLength == 43)
    #expect(layers.payloadLength == 3)
    #expect(layers.fault.reason == .none)
  }

  @Test("IPv4 that claims more than the frame had is read as far as it goes, with a fault")
  func tooLong() {
    let layers = decode(Make.ipv4(17, Make.udp([1, 2]), total: 900), linkType: 228)
    #expect(layers.fault.code == "truncated-ipv4")
    #expect(layers.fault.detail == "IPv4 length 900 exceeds the 30 bytes that are there")
    #expect(layers.ipLength == 900)
    #expect(layers.transport == .udp && layers.payloadLength == 2)
  }

  @Test("an IPv4 header that makes no sense gives no addresses")
  func malformed() {
    var short = Samples.tcp
    short[0] = 0x42
    #expect(decode(short, linkType: 228).fault.detail == "IPv4 header length 8 is less than 20")
    #expect(decode(short, linkType: 228).network == .none)
    let small = decode(Make.ipv4(6, [], total: 19), linkType: 228)
    #expect(small.fault.code == "malformed-ipv4")
    #expect(small.network == .none)
    var version = Samples.tcp
    version[0] = 0x75
    #expect(decode(version, linkType: 228).fault.detail == "IPv4 version 7 is not 4")
  }

  @Test("an IPv4 fragment points to its data; the first one has ports too")
  func fragments() {
    let first = decode(Make.ipv4(17, Make.udp([1, 2, 3, 4, 5, 6, 7, 8]), fragment: 0x2000), linkType: 101)
    #expect(first.transport == .fragment && first.isFragment && first.moreFragments)
    #expect(first.fragmentOffset == 0 && first.fragmentPayloadOffset == 20 && first.fragmentPayloadLength == 16)
    #expect(first.sourcePort == 5353 && first.destinationPort == 53)
    #expect(first.payloadLength == 0)
    let last = decode(Make.ipv4(17, [9, 9], fragment: 2), linkType: 101)
    #expect(last.transport == .fragment && !last.moreFragments)
    #expect(last.fragmentOffset == 16 && last.fragmentPayloadLength == 2)
    #expect(last.sourcePort == 0 && last.ipProtocol == 17)
    let whole = decode(Make.ipv4(17, Make.udp([1]), fragment: 0x4000), linkType: 101)
    #expect(whole.transport == .udp && !whole.isFragment)
  }

  @Test("a fragment cut by the snaplen says how much of it was captured")
  func cutFragment() {
    let frame = Make.ipv4(17, Make.udp([UInt8](repeating: 1, count: 92)), fragment: 0x2000)
    let layers = decode(Array(frame[..<60]), length: frame.count, linkType: 101)
    #expect(layers.fragmentPayloadLength == 100 && layers.capturedFragmentLength == 40)
  }

  @Test("a reassembled payload is decoded with the addresses of its fragments")
  func reassembled() {
    var layers = decode(Make.ipv4(17, [9, 9], fragment: 2), linkType: 101)
    PacketDecoder.decodeReassembled(Make.udp(Make.text("whole")).bytes, into: &layers)
    #expect(layers.transport == .udp && !layers.isFragment)
    #expect(layers.source.description == "10.0.0.1")
    #expect(layers.destinationPort == 53)
    #expect(layers.payloadOffset == 8 && layers.payloadLength == 5 && layers.capturedPayloadLength == 5)
    #expect(layers.networkOffset == -1)
  }

  @Test("a reassembled tunnel leads to the packet inside")
  func reassembledTunnel() {
    var layers = decode(Samples.outer(47, []), linkType: 101)
    PacketDecoder.decodeReassembled((Make.hex("00000800") + Samples.tcp).bytes, into: &layers)
    #expect(layers.transport == .tcp && layers.source.description == "10.0.0.1" && layers.tunnelDepth == 1)
  }

  @Test("IPv6 gives addresses, hop limit and length")
  func ipv6() {
    let layers = decode(Samples.udp6, linkType: 101)
    #expect(layers.source.description == "2001:db8::1")
    #expect(layers.destination.description == "2001:db8::2")
    #expect(layers.timeToLive == 63)
    #expect(layers.ipLength == 53)
    #expect(layers.ipProtocol == 17)
    #expect(layers.payloadLength == 5)
  }

  @Test("extension headers are passed over to the transport")
  func extensions() {
    let frame = Make.ipv6(0, Samples.extensions)
    let layers = decode(frame, linkType: 101)
    #expect(layers.transport == .tcp && layers.ipProtocol == 6)
    #expect(payload(layers, frame) == [7])
    #expect(layers.fault.reason == .none)
  }

  @Test("a fragment header over the whole packet is no fragment")
  func atomic() {
    let layers = decode(Make.ipv6(44, Make.hex("11000000 0000abcd") + Make.udp([1])), linkType: 101)
    #expect(layers.transport == .udp && !layers.isFragment && layers.identification == 0xabcd)
  }

  @Test("an IPv6 fragment has its offset in bytes and a 32-bit identification")
  func ipv6Fragment() {
    let layers = decode(Make.ipv6(44, Make.hex("110005a9 89abcdef") + [1, 2, 3]), linkType: 101)
    #expect(layers.transport == .fragment && layers.moreFragments)
    #expect(layers.fragmentOffset == 0x5a8 && layers.identification == 0x89ab_cdef)
    #expect(layers.fragmentPayloadOffset == 48 && layers.fragmentPayloadLength == 3)
    #expect(layers.ipProtocol == 17)
  }

  @Test("more extension headers than the limit end the packet with a fault, its addresses kept")
  func extensionLimit() {
    let headers = [UInt8](repeating: 0, count: 17 * 8).enumerated().map { $0.offset % 8 == 0 ? UInt8(60) : 0 }
    let layers = decode(Make.ipv6(60, headers + Make.tcp([])), linkType: 101)
    #expect(layers.fault.code == "limit-ipv6-extension")
    #expect(layers.network == .ipv6 && layers.transport == .other)
  }

  @Test("an extension header longer than its packet is a fault")
  func extensionTooLong() {
    let layers = decode(Make.ipv6(0, Make.hex("06ff000000000000") + Make.tcp([])), linkType: 101)
    #expect(layers.fault.detail == "IPv6 extension header length 2048 exceeds the 28 bytes of its packet")
    #expect(layers.transport == .other && layers.source.description == "2001:db8::1")
  }

  @Test("a jumbogram's length comes from its hop-by-hop option")
  func jumbogram() {
    let tcp = Make.tcp([1, 2, 3])
    let hop = Make.hex("0600c204") + Make.word(8 + tcp.count)
    let layers = decode(Make.ethernet(0x86dd, Make.ipv6(0, hop + tcp, length: 0)) + [0, 0])
    #expect(layers.ipLength == 71)
    #expect(layers.payloadLength == 3)
  }

  @Test("nothing behind the header is no fault")
  func noNextHeader() {
    let layers = decode(Make.ipv6(59, []), linkType: 101)
    #expect(layers.transport == .other && layers.ipProtocol == 59 && layers.payloadLength == 0)
    #expect(layers.fault.reason == .none)
  }

  @Test("an unknown protocol is carried as other, with its payload")
  func other() {
    let frame = Make.ipv4(89, [1, 2, 3])
    let layers = decode(frame, linkType: 101)
    #expect(layers.transport == .other && layers.ipProtocol == 89)
    #expect(payload(layers, frame) == [1, 2, 3])
  }

  @Test("protocol numbers have the contract's lower-case names")
  func protocolNames() {
    #expect(IPProtocolName.name(of: 6) == "tcp")
    #expect(IPProtocolName.name(of: 58) == "icmpv6")
    #expect(IPProtocolName.name(of: 89) == "ospf")
    #expect(IPProtocolName.name(of: 253) == "253")
  }
}
