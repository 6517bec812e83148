import Bytes
import Packets
import Testing

/// A small generator with a fixed seed (SplitMix64), so that a failure can be repeated.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var value = state
    value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
    return value ^ value >> 31
  }
}

@Suite("Hostile input")
struct HostileInputTests {
  /// What must hold of the layers of any frame.
  func check(_ layers: PacketLayers, captured: Int, wire: Int, _ context: String) {
    let sane =
      layers.payloadLength >= 0 && layers.capturedPayloadLength >= 0
      && layers.capturedPayloadLength <= layers.payloadLength
      && (layers.capturedPayloadLength == 0
        || Int(layers.payloadOffset) + Int(layers.capturedPayloadLength) <= captured)
      && (layers.payloadLength == 0 || Int(layers.payloadOffset) + Int(layers.payloadLength) <= max(wire, captured))
      && layers.capturedFragmentLength <= layers.fragmentPayloadLength
      && Int(layers.networkOffset) < captured && layers.tunnelDepth <= 8
      && (layers.fault.reason == .none) == layers.fault.code.isEmpty
      && layers.fault.code.isEmpty == layers.fault.detail.isEmpty
      && (layers.network == .ipv4 || layers.network == .ipv6) == (layers.transport != .none)
    #expect(sane, "\(context): \(layers)")
  }

  @Test("every frame of the samples decodes without a fault", arguments: Samples.all.map(\.name))
  func clean(name: String) throws {
    let sample = try #require(Samples.all.first { $0.name == name })
    let layers = decode(sample.frame, linkType: sample.linkType)
    #expect(layers.fault.code == "")
    check(layers, captured: sample.frame.count, wire: sample.frame.count, name)
  }

  @Test("every prefix of every frame is either cut by the snaplen or short on the wire, never a trap")
  func prefixes() {
    for sample in Samples.all {
      for count in 0..<sample.frame.count {
        let prefix = Array(sample.frame[..<count])
        let cut = decode(prefix, length: sample.frame.count, linkType: sample.linkType)
        check(cut, captured: count, wire: sample.frame.count, "\(sample.name) cut at \(count)")
        #expect(
          cut.fault.reason == .none || cut.fault.reason == .truncatedBySnaplen,
          "\(sample.name) cut at \(count): \(cut.fault.detail)")
        check(
          decode(prefix, linkType: sample.linkType), captured: count, wire: count, "\(sample.name) short at \(count)")
      }
    }
  }

  @Test("an empty frame of a known link type is truncated")
  func empty() {
    #expect(decode([]).fault.code == "truncated-ethernet")
    #expect(decode([], length: 60).fault.code == "snaplen-cut-ethernet")
  }

  @Test("random changes to frames never trap and keep the ranges inside the frame")
  func mutations() {
    var generator = SeededGenerator(state: 0x5eed)
    for round in 0..<40_000 {
      let sample = Samples.all[round % Samples.all.count]
      var frame = sample.frame
      for _ in 0..<Int.random(in: 1...6, using: &generator) {
        let index = Int.random(in: 0..<frame.count, using: &generator)
        frame[index] = UInt8.random(in: 0...255, using: &generator)
      }
      if round % 3 == 0 { frame.removeLast(Int.random(in: 0..<frame.count, using: &generator)) }
      let wire = round % 5 == 0 ? Int.random(in: 0...2000, using: &generator) : frame.count
      let layers = decode(frame, length: wire, linkType: sample.linkType)
      check(layers, captured: frame.count, wire: wire, "\(sample.name) round \(round)")
      if layers.arpOffset >= 0 { _ = try? ARPMessage(frame.bytes.part(from: Int(layers.arpOffset))) }
    }
  }

  @Test("random bytes of every link type never trap")
  func noise() {
    var generator = SeededGenerator(state: 0xca9)
    for linkType in UInt16(0)...300 {
      for _ in 0..<60 {
        let count = Int.random(in: 0...120, using: &generator)
        let frame = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
        check(decode(frame, linkType: linkType), captured: count, wire: count, "link type \(linkType)")
      }
    }
  }

  @Test("random bytes behind an IP header never trap, whole or reassembled, under every protocol number")
  func payloads() {
    var generator = SeededGenerator(state: 0x1b)
    for number in UInt8(0)...255 {
      for _ in 0..<40 {
        let count = Int.random(in: 0...90, using: &generator)
        let body = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
        for packet in [Make.ipv4(number, body), Make.ipv6(number, body)] {
          var layers = decode(packet, linkType: 101)
          check(layers, captured: packet.count, wire: packet.count, "protocol \(number)")
          layers.ipProtocol = number
          PacketDecoder.decodeReassembled(body.bytes, into: &layers)
          #expect(layers.capturedPayloadLength >= 0 && Int(layers.capturedPayloadLength) <= body.count)
        }
      }
    }
  }

  @Test("a wire length that is absurd is taken without a trap")
  func absurdLength() {
    let frame = Make.ethernet(0x0800, Samples.tcp)
    for wire in [Int.min, -1, 0, 1, Int(Int32.max), Int.max] {
      #expect(decode(frame, length: wire).payloadLength == 5)
    }
  }
}
