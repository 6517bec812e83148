import Bytes
import Packets
import Testing

@Suite("Transports")
struct TransportTests {
  @Test("TCP gives ports, numbers, twelve flags, window and payload behind its options")
  func tcp() {
    let frame = Make.ipv4(6, Make.tcp(Make.text("hello"), flags: 0x1c2, options: Make.hex("020405b4")))
    let layers = decode(frame, linkType: 101)
    #expect(layers.transport == .tcp && layers.hasTransportHeader)
    #expect(layers.sourcePort == 40000 && layers.destinationPort == 80)
    #expect(layers.sequence == 0x0102_0304 && layers.acknowledgment == 0x0506_0708)
    #expect(layers.flags == 0x1c2)
    #expect(layers.window == 512)
    #expect(layers.payloadOffset == 44)
    #expect(payload(layers, frame) == Make.text("hello"))
  }

  @Test("a frame cut by the snaplen keeps its payload length on the wire")
  func snaplen() {
    let frame = Make.ethernet(0x0800, Make.ipv4(6, Make.tcp([UInt8](repeating: 65, count: 1000))))
    let layers = decode(Array(frame[..<68]), length: frame.count)
    #expect(layers.payloadLength == 1000 && layers.capturedPayloadLength == 14)
    #expect(layers.fault.reason == .none)
    let headerOnly = decode(Array(frame[..<54]), length: frame.count)
    #expect(headerOnly.payloadLength == 1000 && headerOnly.capturedPayloadLength == 0)
  }

  @Test("a TCP header cut by the snaplen keeps its ports")
  func cutHeader() {
    let frame = Make.ipv4(6, Make.tcp([1, 2, 3]))
    let layers = decode(Array(frame[..<28]), length: frame.count, linkType: 101)
    #expect(layers.transport == .tcp && !layers.hasTransportHeader)
    #expect(layers.sourcePort == 40000 && layers.destinationPort == 80)
    #expect(layers.payloadLength == 0)
    #expect(layers.fault.reason == .truncatedBySnaplen)
    #expect(layers.fault.code == "snaplen-cut-tcp")
    #expect(layers.fault.detail == "TCP header needs 20 bytes, 8 left")
    let portless = decode(Array(frame[..<22]), length: frame.count, linkType: 101)
    #expect(portless.transport == .other && portless.ipProtocol == 6)
    #expect(portless.source.description == "10.0.0.1")
  }

  @Test("a TCP header that its packet cannot hold is truncated, not cut by the snaplen")
  func shortPacket() {
    let layers = decode(Make.ethernet(0x0800, Make.ipv4(6, [1, 2, 3, 4, 5, 6])) + [UInt8](repeating: 0, count: 20))
    #expect(layers.fault.code == "truncated-tcp")
    #expect(layers.fault.detail == "TCP header needs 20 bytes, 6 left")
    #expect(layers.sourcePort == 0x0102)
  }

  @Test("a TCP header of impossible length has no payload")
  func headerLength() {
    var small = Make.ipv4(6, Make.tcp([1, 2, 3]))
    small[32] = 0x40
    let short = decode(small, linkType: 101)
    #expect(short.fault.detail == "TCP header length 16 is less than 20")
    #expect(short.transport == .tcp && short.payloadLength == 0 && short.capturedPayloadLength == 0)
    small[32] = 0xf0
    let long = decode(small, linkType: 101)
    #expect(long.fault.detail == "TCP header length 60 exceeds the 23 bytes of its packet")
    #expect(long.payloadLength == 0)
  }

  @Test("UDP's payload ends where UDP says")
  func udp() {
    let frame = Make.ipv4(17, Make.udp(Make.text("abcdef"), length: 11))
    let layers = decode(frame, linkType: 101)
    #expect(layers.transport == .udp && layers.hasTransportHeader)
    #expect(payload(layers, frame) == Make.text("abc"))
    #expect(layers.payloadLength == 3)
  }

  @Test("a UDP length that contradicts the packet is a fault; 0 means all of it")
  func udpLength() {
    let short = decode(Make.ipv4(17, Make.udp([1, 2], length: 7)), linkType: 101)
    #expect(short.fault.code == "malformed-udp" && short.destinationPort == 53 && short.payloadLength == 0)
    let long = decode(Make.ipv4(17, Make.udp([1, 2], length: 600)), linkType: 101)
    #expect(long.fault.code == "truncated-udp" && long.payloadLength == 2)
    let zero = decode(Make.ipv4(17, Make.udp([1, 2], length: 0)), linkType: 101)
    #expect(zero.fault.reason == .none && zero.payloadLength == 2)
  }

  @Test("ICMP echo has identifier and sequence number in both versions")
  func echo() {
    let four = decode(Make.ipv4(1, Make.hex("0800 0000 0102 0304 6162")), linkType: 101)
    #expect(four.transport == .icmp && four.icmpType == 8 && four.icmpCode == 0)
    #expect(four.icmpIdentifier == 0x0102 && four.icmpSequence == 0x0304 && four.payloadLength == 2)
    let six = decode(Make.ipv6(58, Make.hex("8100 0000 0506 0708")), linkType: 101)
    #expect(six.transport == .icmpv6 && six.icmpType == 129 && six.icmpIdentifier == 0x0506)
  }

  @Test("a packet quoted by an ICMP error stays a quotation")
  func quotation() {
    let layers = decode(Make.ipv4(1, Make.hex("0303 0000 00000000") + Samples.outer(17, Make.udp([1]))), linkType: 101)
    #expect(layers.transport == .icmp && layers.icmpType == 3 && layers.icmpCode == 3)
    #expect(layers.source.description == "10.0.0.1" && layers.sourcePort == 0)
    #expect(layers.tunnelDepth == 0)
  }

  @Test("SCTP gives ports and its chunks as payload")
  func sctp() {
    let frame = Make.ipv4(132, Make.half(1000) + Make.half(2000) + Make.word(1) + Make.word(2) + [3, 0, 0, 4])
    let layers = decode(frame, linkType: 101)
    #expect(layers.transport == .sctp && layers.sourcePort == 1000 && layers.destinationPort == 2000)
    #expect(payload(layers, frame) == [3, 0, 0, 4])
  }

  @Test("AH is passed over in IPv4 as well")
  func authentication() {
    let frame = Make.ipv4(51, Make.hex("06040000 00000001 00000001 000000000000000000000000") + Make.tcp([9]))
    let layers = decode(frame, linkType: 101)
    #expect(layers.transport == .tcp && layers.ipProtocol == 6)
    #expect(payload(layers, frame) == [9])
  }
}
