import Bytes
import Packets
import Testing

@Suite("Neighbor messages")
struct NeighborMessageTests {
  private static let target: [UInt8] = [0x20, 0x01, 0x0d, 0xb8] + [UInt8](repeating: 0, count: 11) + [7]
  private static let mac: [UInt8] = [2, 0, 0x5e, 0, 1, 2]

  private func message(_ type: UInt8, _ bytes: [UInt8], isVersion6: Bool = true) -> NeighborMessage? {
    NeighborMessage(type: type, isVersion6: isVersion6, bytes: bytes.bytes, payloadOffset: 8, length: bytes.count - 8)
  }

  @Test("Neighbor Discovery tells the target, the link-layer address and an advertisement's flags")
  func discovery() throws {
    let option: [UInt8] = [1, 1] + NeighborMessageTests.mac
    let solicitation = try #require(
      message(135, [135, 0, 0, 0, 0, 0, 0, 0] + NeighborMessageTests.target + option))
    #expect(solicitation.target?.description == "2001:db8::7")
    #expect(solicitation.linkAddress?.description == "02:00:5e:00:01:02")
    #expect(solicitation.flags == nil)
    let advertisement = try #require(message(136, [136, 0, 0, 0, 0x60, 0, 0, 0] + NeighborMessageTests.target))
    #expect(advertisement.flags == 3)
    #expect(advertisement.linkAddress == nil)
    let router = try #require(
      message(
        134, [134, 0, 0, 0, 64, 0, 0, 0] + [UInt8](repeating: 0, count: 8) + [5, 1, 0, 0, 0, 0, 5, 0xdc] + option))
    #expect(router.target == nil)
    #expect(router.linkAddress?.description == "02:00:5e:00:01:02")
  }

  @Test("an ICMP redirect tells the gateway; other types tell nothing")
  func redirect() {
    let bytes: [UInt8] = [5, 1, 0, 0, 192, 0, 2, 1, 0x45]
    #expect(message(5, bytes, isVersion6: false)?.target?.description == "192.0.2.1")
    #expect(message(3, bytes, isVersion6: false) == nil)
    #expect(message(128, bytes) == nil)
  }

  @Test("what is cut off or empty is left out, and options are bounded")
  func hostile() {
    let whole = [135, 0, 0, 0, 0, 0, 0, 0] + NeighborMessageTests.target + [1, 1] + NeighborMessageTests.mac
    for length in 8...whole.count {
      let part = message(135, Array(whole.prefix(length)))
      #expect((part == nil) == (length < 24))
      #expect((part?.linkAddress == nil) == (length < whole.count))
    }
    let header = [135, 0, 0, 0, 0, 0, 0, 0] + NeighborMessageTests.target
    #expect(message(135, header + [9, 0, 1, 1])?.linkAddress == nil)
    #expect(message(135, header + [1, 2] + [UInt8](repeating: 0, count: 14))?.linkAddress == nil)
    var many = header
    for _ in 0..<64 { many += [14, 1, 0, 0, 0, 0, 0, 0] }
    #expect(message(135, many + [1, 1] + NeighborMessageTests.mac)?.linkAddress == nil)
  }
}
