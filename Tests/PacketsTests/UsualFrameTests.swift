import Bytes
import Testing

@testable import Packets

@Suite("Usual frames")
struct UsualFrameTests {
  private static let frames = [
    Make.ethernet(0x0800, Make.ipv4(6, Make.tcp(Make.text("GET /")))),
    Make.ethernet(0x0800, Make.ipv4(6, Make.tcp([], flags: 0x010))) + [0, 0, 0, 0, 0, 0],
    Make.ethernet(0x0800, Make.ipv4(6, Make.tcp([1, 2, 3], options: Make.hex("0101080a0000000100000002")))),
    Make.ethernet(0x0800, Make.ipv4(17, Make.udp(Make.text("query")))),
    Make.ethernet(0x0800, Make.ipv4(17, Make.udp([]))) + [0, 0, 0, 0],
    Make.ethernet(0x0800, Make.ipv4(17, Make.udp(Make.hex("34ff000800000001") + [1, 2, 3], to: 2152))),
    Make.ethernet(0x0800, Make.ipv4(17, Make.udp(Make.hex("30ff000300000001") + [1, 2, 3], to: 2153))),
  ]

  /// What the walk from header to header says of a frame.
  private static func walked(_ frame: [UInt8], length: Int) -> PacketLayers {
    var layers = PacketLayers()
    var encapsulations: [Encapsulation] = []
    PacketDecoder.walk(
      frame.bytes, length: max(length, frame.count), captured: frame.count, linkType: LinkType.ethernet, &layers,
      &encapsulations)
    return layers
  }

  @Test("are told apart from others", arguments: frames.indices)
  func usual(index: Int) {
    var layers = PacketLayers()
    let frame = UsualFrameTests.frames[index]
    #expect(UsualFrame.decode(frame.bytes, length: frame.count, into: &layers) == (index < 5))
  }

  @Test("decode to what the walk from header to header says, whole, cut, and with random changes", arguments: frames)
  func sameAsWalk(frame: [UInt8]) {
    for count in 0...frame.count {
      for length in [count, frame.count, frame.count + 40] {
        let cut = Array(frame[..<count])
        #expect(
          "\(decode(cut, length: length))" == "\(UsualFrameTests.walked(cut, length: length))", "\(count) of \(length)")
      }
    }
    var generator = SeededGenerator(state: 0xf4a3e)
    for round in 0..<2_000 {
      var changed = frame
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        // Behind the Ethernet addresses, every byte decides something.
        let place = Int.random(in: 12..<changed.count, using: &generator)
        changed[place] = round % 2 == 0 ? UInt8.random(in: 0...255, using: &generator) : changed[place] ^ 1
      }
      let length = round % 3 == 0 ? Int.random(in: 0...100, using: &generator) : changed.count
      #expect(
        "\(decode(changed, length: length))" == "\(UsualFrameTests.walked(changed, length: length))", "\(changed)")
    }
  }
}
