import Bytes
import CaptureFiles
import Testing

@Suite("pcapng: what stands beside packets") struct PcapngNotesTests {
  /// What a capture says.
  private struct Notes {
    var notes: [CaptureNote] = []
    var options: [Int: FrameOptions] = [:]
    var statistics: [Int: InterfaceStatistics] = [:]
    var end: CaptureEnd
  }

  private func notes(_ bytes: [UInt8]) throws -> Notes {
    try withFile(bytes) { path in
      let reader = try CaptureReader(path: path)
      var said: [CaptureNote] = []
      var options: [Int: FrameOptions] = [:]
      reader.onNote = { said.append($0) }
      let end = reader.forEachFrame { frame, _ in
        if frame.hasOptions { options[frame.number] = reader.frameOptions }
        return true
      }
      return Notes(notes: said, options: options, statistics: reader.statistics, end: end)
    }
  }

  /// Options as they stand in a block, the end mark included.
  private func options(_ list: [(Int, [UInt8])], littleEndian: Bool = true) -> [UInt8] {
    var bytes = Builder(isLittleEndian: littleEndian)
    for (code, value) in list {
      bytes.u16(code)
      bytes.u16(value.count)
      bytes.append(value + [UInt8](repeating: 0, count: (4 - value.count % 4) % 4))
    }
    bytes.u32(0)
    return bytes.bytes
  }

  private func number(_ value: Int64, littleEndian: Bool) -> [UInt8] {
    var bytes = Builder(isLittleEndian: littleEndian)
    bytes.u64(value)
    return bytes.bytes
  }

  @Test("names of addresses, several for one, in both byte orders", arguments: [true, false])
  func names(littleEndian: Bool) throws {
    var file = PcapngBuilder(littleEndian: littleEndian)
    file.block(4) { body in
      body.u16(1)
      body.u16(4 + 2 + 3)
      body.append([192, 0, 2, 7] + Array("a\0bc\0".utf8) + [0, 0, 0])
      body.u16(2)
      body.u16(16 + 2)
      body.append([0x20, 1, 0xd, 0xb8] + [UInt8](repeating: 0, count: 11) + [1] + Array("v6".utf8) + [0, 0])
      // A name of a MAC address.
      body.u16(3)
      body.u16(6 + 2)
      body.append([2, 0, 0, 0, 0, 1] + Array("m\0".utf8))
      body.u32(0)
      body.append(options([(1, Array("by hand".utf8))], littleEndian: littleEndian))
    }
    let said = try notes(file.bytes)
    #expect(
      said.notes == [
        .name(IPAddress(v4: 0xc000_0207), Array("a".utf8)), .name(IPAddress(v4: 0xc000_0207), Array("bc".utf8)),
        .name(IPAddress(high: 0x2001_0db8_0000_0000, low: 1), Array("v6".utf8)),
        .comment(Array("by hand".utf8), .names),
      ])
    #expect(said.end == .complete)
  }

  @Test("comments on section, interface, statistics, secrets and frames")
  func comments() throws {
    var file = PcapngBuilder()
    file.interface(1, options: [(1, Array("the cable".utf8)), (2, Array("eth0".utf8))])
    file.block(6) { body in
      for value in [0, 0, 1, 3, 3] { body.u32(value) }
      body.append([1, 2, 3, 0])
      body.append(options([(1, Array("odd".utf8)), (1, Array("very odd\0".utf8)), (1, [])]))
    }
    file.enhanced(0, 2, [4])
    file.block(5) { body in
      for value in [0, 0, 3] { body.u32(value) }
      body.append(options([(1, Array("at the end".utf8))]))
    }
    file.block(10) { body in
      body.u32(0x544c_534b)
      body.u32(5)
      body.append(Array("k e y".utf8) + [0, 0, 0])
      body.append(options([(1, Array("keep".utf8))]))
    }
    let said = try notes(file.bytes)
    #expect(
      said.notes == [
        .comment(Array("the cable".utf8), .interface(0)), .comment(Array("at the end".utf8), .statistics(0)),
        .secrets(type: 0x544c_534b, bytes: Array("k e y".utf8)), .comment(Array("keep".utf8), .secrets),
      ])
    #expect(Array(said.options.keys) == [1])
    #expect(said.options[1]?.comments == [Array("odd".utf8), Array("very odd".utf8)])
    var section = PcapngBuilder()
    section.file.bytes = []
    section.block(0x0a0d_0d0a) { body in
      body.u32(0x1a2b_3c4d)
      body.u16(1)
      body.u16(0)
      body.u64(-1)
      body.append(options([(1, Array("the case".utf8))]))
    }
    #expect(try notes(section.bytes).notes == [.comment(Array("the case".utf8), .section)])
  }

  @Test("flags of frames, in both byte orders", arguments: [true, false])
  func flags(littleEndian: Bool) throws {
    var file = PcapngBuilder(littleEndian: littleEndian)
    file.interface(1)
    for flags in [1, 0, 0x0003_0002] {
      file.block(6) { body in
        for value in [0, 0, 1, 2, 2] { body.u32(value) }
        body.append([1, 2, 0, 0])
        body.u16(2)
        body.u16(4)
        body.u32(flags)
        body.u32(0)
      }
    }
    let said = try notes(file.bytes)
    #expect(said.options.mapValues(\.flags) == [1: 1, 3: 0x0003_0002])
  }

  @Test("the last statistics of an interface count, in its own clock", arguments: [true, false])
  func statistics(littleEndian: Bool) throws {
    var file = PcapngBuilder(littleEndian: littleEndian)
    file.interface(1)
    file.interface(1, options: [(9, [9])])
    func count(_ interface: Int, _ low: Int, _ list: [(Int, [UInt8])]) {
      file.block(5) { body in
        for value in [interface, 0, low] { body.u32(value) }
        body.append(options(list, littleEndian: littleEndian))
      }
    }
    count(1, 4, [(4, number(10, littleEndian: littleEndian)), (5, number(1, littleEndian: littleEndian))])
    count(
      1, 7,
      [(4, 100), (5, 2), (6, 90), (7, 3), (8, 88)].map { ($0.0, number($0.1, littleEndian: littleEndian)) }
        + [(2, littleEndian ? [0, 0, 0, 0, 5, 0, 0, 0] : [0, 0, 0, 0, 0, 0, 0, 5])])
    count(0, 2, [])
    // Of an interface that is not described.
    count(2, 2, [])
    let said = try notes(file.bytes)
    #expect(said.end == .complete)
    #expect(Set(said.statistics.keys) == [0, 1])
    let last = try #require(said.statistics[1])
    #expect([last.time, last.start, last.end] == [7, 5, nil])
    #expect([last.received, last.dropped, last.accepted, last.droppedBySystem, last.delivered] == [100, 2, 90, 3, 88])
    #expect(last.losses == 5)
    #expect(said.statistics[0]?.time == 2_000)
    #expect(said.statistics[0]?.losses == 0)
  }

  @Test("packets lost between frames are added up")
  func lostBetween() throws {
    var file = PcapngBuilder()
    file.interface(1)
    file.obsolete(0, drops: 2, 1, [1, 2, 3, 4], length: 4)
    file.obsolete(0, drops: 0xffff, 2, [1, 2, 3, 4], length: 4)
    file.block(6) { body in
      for value in [0, 0, 3, 4, 4] { body.u32(value) }
      body.append([1, 2, 3, 4])
      body.append(options([(4, number(5, littleEndian: true))]))
    }
    file.block(5) { body in
      for value in [0, 0, 9] { body.u32(value) }
      body.append(options([(5, number(6, littleEndian: true))]))
    }
    let said = try notes(file.bytes)
    #expect(said.statistics[0]?.lostBetween == 7)
    #expect(said.statistics[0]?.dropped == 6)
    #expect(said.statistics[0]?.losses == 7)
    #expect(said.options.isEmpty)
  }

  @Test("blocks that claim more than they have say nothing beyond their end")
  func damaged() throws {
    var file = PcapngBuilder()
    file.interface(1)
    file.block(4) { body in
      body.u16(1)
      body.u16(400)
      body.append([192, 0, 2, 7])
    }
    file.block(10) { body in
      body.u32(1)
      body.u32(0x7fff_ffff)
    }
    file.block(5) { _ in }
    file.block(4) { _ in }
    file.block(10) { _ in }
    file.enhanced(0, 1, [1])
    let said = try notes(file.bytes)
    #expect(said.notes.isEmpty)
    #expect(said.end == .complete)
  }

  @Test("a file of nothing but comments ends at the limit, and says so once")
  func commentLimit() throws {
    var file = PcapngBuilder()
    file.interface(1)
    let text = [UInt8](repeating: 0x61, count: 65_000)
    for _ in 0..<300 {
      file.block(4) { body in
        body.u32(0); body.append(options([(1, text)]))
      }
    }
    let said = try notes(file.bytes)
    let kept = said.notes.count { if case .comment = $0 { true } else { false } }
    #expect(kept == (16 << 20) / 65_000)
    #expect(said.notes.count == kept + 1)
  }
}
