import Bytes
import Packets
import Testing

/// What ICMP errors quote.
@Suite("Quoted packets")
struct QuotedPacketTests {
  private static func v4(_ number: UInt8, fragment: UInt16 = 0, options: Int = 0, ports: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = [
      0x45 + UInt8(options), 0, 0, 100, 0, 0, UInt8(fragment >> 8), UInt8(fragment & 255), 64, number,
    ]
    bytes += [0, 0, 192, 0, 2, 1, 198, 51, 100, 7]
    return bytes + [UInt8](repeating: 0, count: 4 * options) + ports
  }

  private static func v6(_ next: UInt8, _ rest: [UInt8]) -> [UInt8] {
    let source: [UInt8] = [0x20, 1, 0x0d, 0xb8] + [UInt8](repeating: 0, count: 11) + [1]
    let target: [UInt8] = [0x20, 1, 0x0d, 0xb8] + [UInt8](repeating: 0, count: 11) + [2]
    return [0x60, 0, 0, 0, 0, UInt8(rest.count), next, 64] + source + target + rest
  }

  private static func read(_ bytes: [UInt8]) -> QuotedPacket? { QuotedPacket(bytes.bytes) }

  private static let ports: [UInt8] = [0x0f, 0xa0, 0, 53, 0, 8, 0, 0]

  @Test("addresses, protocol and ports, behind options and extension headers too")
  func packets() throws {
    let plain = try #require(
      QuotedPacketTests.read(QuotedPacketTests.v4(17, options: 2, ports: QuotedPacketTests.ports)))
    #expect(plain.layers.source.description == "192.0.2.1" && plain.layers.destination.description == "198.51.100.7")
    #expect(plain.layers.transport == .udp && plain.hasPorts)
    #expect(plain.layers.sourcePort == 4000 && plain.layers.destinationPort == 53)
    let extended: [UInt8] = [44, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 1, 0, 0, 0, 9] + QuotedPacketTests.ports
    let long = try #require(QuotedPacketTests.read(QuotedPacketTests.v6(0, extended)))
    #expect(long.layers.transport == .tcp && long.hasPorts && long.layers.destinationPort == 53)
    #expect(long.layers.source.description == "2001:db8::1")
  }

  @Test("later fragments and protocols without ports have none")
  func withoutPorts() throws {
    let fragment = try #require(
      QuotedPacketTests.read(QuotedPacketTests.v4(17, fragment: 100, ports: QuotedPacketTests.ports)))
    #expect(fragment.layers.transport == .fragment && !fragment.hasPorts)
    let first = try #require(
      QuotedPacketTests.read(QuotedPacketTests.v4(17, fragment: 0x2000, ports: QuotedPacketTests.ports)))
    #expect(first.layers.transport == .udp && first.hasPorts)
    let later = try #require(
      QuotedPacketTests.read(QuotedPacketTests.v6(44, [17, 0, 0, 8, 0, 0, 0, 9] + QuotedPacketTests.ports)))
    #expect(later.layers.transport == .fragment && !later.hasPorts)
    #expect(QuotedPacketTests.read(QuotedPacketTests.v4(1, ports: QuotedPacketTests.ports))?.layers.transport == .icmp)
    #expect(
      QuotedPacketTests.read(QuotedPacketTests.v4(47, ports: QuotedPacketTests.ports))?.layers.transport == .other)
  }

  @Test("a packet cut anywhere is read as far as it goes, and what is no IP is none")
  func hostile() {
    let four = QuotedPacketTests.v4(6, ports: QuotedPacketTests.ports)
    for length in 0...four.count {
      let packet = QuotedPacketTests.read(Array(four.prefix(length)))
      #expect((packet != nil) == (length >= 20))
      #expect(packet?.hasPorts ?? false == (length >= 24))
    }
    let six = QuotedPacketTests.v6(0, [0, 255, 0, 0, 0, 0, 0, 0])
    for length in 0...six.count {
      #expect((QuotedPacketTests.read(Array(six.prefix(length))) != nil) == (length >= 40))
    }
    #expect(QuotedPacketTests.read([UInt8](repeating: 0, count: 60)) == nil)
    #expect(QuotedPacketTests.read([UInt8](repeating: 0x41, count: 60)) == nil)
  }

  @Test("which messages are errors")
  func errors() {
    #expect((0...255).filter { QuotedPacket.isError(type: UInt8($0), isVersion6: false) } == [3, 4, 5, 11, 12])
    #expect((0...255).filter { QuotedPacket.isError(type: UInt8($0), isVersion6: true) } == [1, 2, 3, 4])
  }
}
