import CaptureFiles
import Testing

@Suite("pcapng") struct PcapngTests {
  @Test("an enhanced packet of a microsecond interface, in both byte orders", arguments: [true, false])
  func enhanced(littleEndian: Bool) throws {
    var file = PcapngBuilder(littleEndian: littleEndian)
    file.interface(1, snaplen: 65535, options: [(2, Array("eth0".utf8)), (3, Array("the uplink\0".utf8))])
    file.enhanced(0, 1_700_000_000_123_456, [1, 2, 3, 4, 5], length: 1500)
    let reading = try read(file.bytes)
    #expect(reading.format == .pcapng)
    #expect(reading.end == .complete)
    #expect(
      reading.frames == [Seen(number: 1, time: 1_700_000_000_123_456_000, length: 1500, data: [1, 2, 3, 4, 5])])
    #expect(
      reading.interfaces == [
        CaptureInterface(number: 0, name: "eth0", description: "the uplink", linkType: 1, snaplen: 65535)
      ])
  }

  @Test("interfaces of different link types stand side by side")
  func mixedLinkTypes() throws {
    var file = PcapngBuilder()
    file.interface(1)
    file.interface(113, options: [(2, Array("any".utf8))])
    file.enhanced(1, 5, [1])
    file.enhanced(0, 6, [2])
    file.interface(101)
    file.enhanced(2, 7, [3])
    let reading = try read(file.bytes)
    #expect(
      reading.frames == [
        Seen(number: 1, time: 5000, length: 1, data: [1], linkType: 113, interface: 1),
        Seen(number: 2, time: 6000, length: 1, data: [2], linkType: 1, interface: 0),
        Seen(number: 3, time: 7000, length: 1, data: [3], linkType: 101, interface: 2),
      ])
    #expect(reading.interfaces.map(\.name) == [nil, "any", nil])
  }

  @Test("each section has its own byte order and interfaces; frames and interfaces count on")
  func sections() throws {
    var file = PcapngBuilder(littleEndian: true)
    file.interface(1)
    file.interface(1)
    file.enhanced(1, 1, [1])
    file.section(littleEndian: false, length: 4)
    file.interface(0, options: [(9, [9])])
    file.enhanced(0, 2, [2])
    file.section(littleEndian: true, version: (1, 2))
    file.interface(101)
    file.enhanced(0, 3, [3])
    let reading = try read(file.bytes)
    #expect(reading.end == .complete)
    #expect(
      reading.frames == [
        Seen(number: 1, time: 1000, length: 1, data: [1], linkType: 1, interface: 1),
        Seen(number: 2, time: 2, length: 1, data: [2], linkType: 0, interface: 2),
        Seen(number: 3, time: 3000, length: 1, data: [3], linkType: 101, interface: 3),
      ])
    #expect(reading.interfaces.map(\.number) == [0, 1, 2, 3])
  }

  @Test(
    "ticks become nanoseconds by if_tsresol",
    arguments: [
      (0x09, 1_700_000_000_123_456_789, 1_700_000_000_123_456_789),
      (0x06, 1_700_000_000_123_456, 1_700_000_000_123_456_000),
      (0x03, 1_700_000_000_123, 1_700_000_000_123_000_000),
      (0x00, 1_700_000_000, 1_700_000_000_000_000_000),
      (0x0c, 1_500_000_000_123, 1_500_000_000),
      (0x13, UInt64.max, 1_844_674_407),
      (0x14, 5, nil),
      (0x80, 7, 7_000_000_000),
      (0x81, 3, 1_500_000_000),
      (0x8a, 1_700_000_000 << 10 | 512, 1_700_000_000_500_000_000),
      (0xa0, 1_700_000_000 << 32 | 1 << 31, 1_700_000_000_500_000_000),
      (0xbf, UInt64.max, 1_999_999_999),
      (0xc0, 5, nil),
      (0x00, 9_223_372_036, 9_223_372_036_000_000_000),
      (0x00, 9_223_372_037, nil),
      (0x09, 9_223_372_036_854_775_807, 9_223_372_036_854_775_807),
      (0x09, 9_223_372_036_854_775_808, nil),
      (0x06, UInt64.max, nil),
      (0x00, UInt64.max, nil),
    ] as [(UInt8, UInt64, Int64?)])
  func resolution(resolution: UInt8, ticks: UInt64, nanoseconds: Int64?) throws {
    var file = PcapngBuilder()
    file.interface(1, options: [(9, [resolution])])
    file.enhanced(0, ticks, [1])
    #expect(try read(file.bytes).frames.map(\.time) == [nanoseconds])
  }

  @Test(
    "if_tsoffset is added in seconds",
    arguments: [
      (6, 500_000, 1_700_000_000, 1_700_000_000_500_000_000),
      (9, 1, -1, -999_999_999),
      (6, 0, .min, nil),
      (6, 0, .max, nil),
      (0, 10_000_000_000, -9_000_000_000, 1_000_000_000_000_000_000),
      (9, 145_224_192, -9_223_372_037, .min),
    ] as [(UInt8, UInt64, Int64, Int64?)])
  func offset(resolution: UInt8, ticks: UInt64, seconds: Int64, nanoseconds: Int64?) throws {
    for littleEndian in [true, false] {
      var value = Builder(isLittleEndian: littleEndian)
      value.u64(seconds)
      var file = PcapngBuilder(littleEndian: littleEndian)
      file.interface(1, options: [(9, [resolution]), (14, value.bytes)])
      file.enhanced(0, ticks, [1])
      #expect(try read(file.bytes).frames.map(\.time) == [nanoseconds])
    }
  }

  @Test("a simple packet has no time, and no more bytes than its interface and its block let through")
  func simple() throws {
    var file = PcapngBuilder()
    file.interface(1, snaplen: 4)
    file.simple([1, 2, 3, 4], length: 90)
    file.simple([5, 6], length: 2)
    file.section(littleEndian: false)
    file.interface(1)
    file.simple([7, 8, 9], length: 3)
    file.simple([1, 1, 1, 1], length: 900)
    let reading = try read(file.bytes)
    #expect(reading.end == .complete)
    #expect(
      reading.frames == [
        Seen(number: 1, time: nil, length: 90, data: [1, 2, 3, 4]),
        Seen(number: 2, time: nil, length: 2, data: [5, 6]),
        Seen(number: 3, time: nil, length: 3, data: [7, 8, 9], interface: 1),
        Seen(number: 4, time: nil, length: 900, data: [1, 1, 1, 1], interface: 1),
      ])
  }

  @Test("an obsolete packet block has a 16-bit interface beside its drops", arguments: [true, false])
  func obsolete(littleEndian: Bool) throws {
    var file = PcapngBuilder(littleEndian: littleEndian)
    file.interface(1)
    file.interface(105)
    file.obsolete(1, drops: 7, 1_000_000, [1, 2, 3], length: 30)
    #expect(
      try read(file.bytes).frames == [
        Seen(number: 1, time: 1_000_000_000, length: 30, data: [1, 2, 3], linkType: 105, interface: 1)
      ])
  }

  @Test("blocks of other kinds are passed over")
  func otherBlocks() throws {
    var file = PcapngBuilder()
    file.block(4) { $0.u32(0) }
    file.interface(1)
    for type in [5, 10, 0x0208, 0x8000_0001, 0x1234_5678] {
      file.block(type) { $0.append([UInt8](repeating: 1, count: 40)) }
    }
    file.enhanced(0, 1, [1])
    let reading = try read(file.bytes)
    #expect(reading.end == .complete)
    #expect(reading.frames == [Seen(number: 1, time: 1000, length: 1, data: [1])])
  }

  @Test(
    "an entry that Wireshark counts but that is no packet takes a number and is not delivered",
    arguments: [9, 0x0bad, 0x4000_0bad, 0x0204, 0x0216, 0x0221])
  func countedBlocks(type: Int) throws {
    var file = PcapngBuilder()
    file.interface(1)
    file.enhanced(0, 1, [1])
    file.block(type) { $0.append(Array("MESSAGE=hello\n__REALTIME_TIMESTAMP=1700000000000000\n".utf8)) }
    file.enhanced(0, 2, [2])
    #expect(try read(file.bytes).frames.map(\.number) == [1, 3])
  }

  @Test("options that do not fit their block are dropped, those before are kept")
  func brokenOptions() throws {
    var file = PcapngBuilder()
    file.block(1) { body in
      body.u32(1)
      body.u32(0)
      body.u16(2)
      body.u16(2)
      body.append([0x65, 0x6e, 0, 0])
      body.u16(3)
      body.u16(0xffff)
      body.u32(0x4141_4141)
    }
    file.block(1) { body in
      body.u32(1)
      body.u32(0)
      body.append([2, 0])
    }
    file.interface(
      1, options: [(9, []), (14, [1, 2]), (2, [0xff, 0x41]), (3, [UInt8](repeating: 0x61, count: 5000))])
    file.enhanced(2, 1, [1])
    let reading = try read(file.bytes)
    #expect(reading.end == .complete)
    #expect(reading.interfaces.map(\.name) == ["en", nil, "\u{efff}A"])
    #expect(reading.interfaces[2].description?.utf8.count == 1024)
    #expect(reading.frames.map(\.time) == [1000])
  }

  @Test("a packet of an interface that is not described is damage")
  func undescribedInterface() throws {
    var file = PcapngBuilder()
    file.interface(1)
    file.enhanced(0, 1, [1])
    file.enhanced(1, 1, [2])
    let reading = try read(file.bytes)
    #expect(reading.frames.count == 1)
    #expect(reading.end == .damaged("the packet block at byte 84 names interface 1, which is not described"))

    var simple = PcapngBuilder()
    simple.simple([1], length: 1)
    #expect(
      try read(simple.bytes).end == .damaged("the packet block at byte 28 names interface 0, which is not described"))
  }

  @Test("a packet longer than its block is damage")
  func overlongPacket() throws {
    var file = PcapngBuilder()
    file.interface(1)
    file.enhanced(0, 1, [1], captured: 5)
    #expect(try read(file.bytes).end == .damaged("the packet block at byte 48 is too short for its packet"))
  }

  @Test(
    "block lengths that contradict each other or cannot be are damage", arguments: [0, 11, 16 << 20 | 4, 0xffff_ffff])
  func blockLengths(length: Int) throws {
    var file = PcapngBuilder()
    file.interface(1)
    file.file.u32(6)
    file.file.u32(length)
    file.file.append([UInt8](repeating: 0, count: 64))
    #expect(try read(file.bytes).end == .damaged("the block at byte 48 claims a length of \(length) bytes"))

    var differing = PcapngBuilder()
    differing.interface(1)
    differing.file.u32(5)
    differing.file.u32(16)
    differing.file.u32(0)
    differing.file.u32(20)
    #expect(try read(differing.bytes).end == .damaged("the block at byte 48 has different lengths at its two ends"))
  }

  @Test("a later section without a byte order, or of another version, is damage")
  func damagedSections() throws {
    var file = PcapngBuilder()
    file.block(0x0a0d_0d0a) { $0.append([UInt8](repeating: 7, count: 16)) }
    #expect(try read(file.bytes).end == .damaged("the section header at byte 28 has no valid byte-order magic"))

    var version = PcapngBuilder()
    version.section(littleEndian: true, version: (2, 0))
    #expect(try read(version.bytes).end == .damaged("the block at byte 28: a section of the unsupported version 2.0"))
  }

  @Test("a block of several megabytes is passed over, and the next packet found")
  func largeBlock() throws {
    var file = PcapngBuilder()
    file.interface(1)
    file.block(5) { $0.append([UInt8](repeating: 1, count: 5_000_000)) }
    file.enhanced(0, 1, [1])
    let reading = try read(file.bytes)
    #expect(reading.end == .complete)
    #expect(reading.positions == [48 + 5_000_012])
  }

  @Test("a file of nothing but interfaces ends at the limit")
  func interfaceLimit() throws {
    var file = PcapngBuilder()
    for _ in 0...65_536 { file.interface(1) }
    let reading = try read(file.bytes)
    #expect(reading.interfaces.count == 65_536)
    #expect(reading.end == .damaged("the block at byte \(28 + 65_536 * 20): more than 65536 interfaces"))
  }
}
