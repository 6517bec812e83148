import CaptureFiles
import Testing

@Suite("pcap") struct PcapTests {
  @Test("both byte orders and both resolutions give the same frames", arguments: [true, false], [1000, 1])
  func orders(littleEndian: Bool, nanosecondsPerUnit: Int) throws {
    var file = PcapBuilder(
      magic: nanosecondsPerUnit == 1 ? 0xa1b2_3c4d : 0xa1b2_c3d4, littleEndian: littleEndian, snaplen: 96, linkType: 113
    )
    file.record(1_265_664_773, 126_763, [1, 2, 3])
    file.record(0xffff_ffff, 0, [], length: 60)
    file.record(0, 999_999, [4], length: 0xffff_ffff)
    let reading = try read(file.bytes)
    #expect(reading.format == .pcap)
    #expect(reading.end == .complete)
    let nanoseconds = Int64(126_763 * nanosecondsPerUnit)
    #expect(
      reading.frames == [
        Seen(number: 1, time: 1_265_664_773_000_000_000 + nanoseconds, length: 3, data: [1, 2, 3], linkType: 113),
        Seen(number: 2, time: 4_294_967_295_000_000_000, length: 60, data: [], linkType: 113),
        Seen(number: 3, time: Int64(999_999 * nanosecondsPerUnit), length: 0xffff_ffff, data: [4], linkType: 113),
      ])
    #expect(reading.positions == [24, 43, 59])
    #expect(
      reading.interfaces == [CaptureInterface(number: 0, name: nil, description: nil, linkType: 113, snaplen: 96)])
  }

  @Test("flag bits above the link type are not part of it", arguments: [0x3000_0001, 0x0400_0001, 0xf400_0001])
  func linkTypeFlags(field: Int) throws {
    var file = PcapBuilder(linkType: field)
    file.record(1, 0, [9])
    #expect(try read(file.bytes).frames.first?.linkType == 1)
  }

  @Test("the modified format has 8 more bytes before each frame")
  func modified() throws {
    var file = PcapBuilder(magic: 0xa1b2_cd34)
    file.trailer = [2, 0, 0, 0, 0, 8, 1, 0]
    file.record(1, 2, [7, 8])
    file.record(1, 3, [9])
    let reading = try read(file.bytes)
    #expect(
      reading.frames == [
        Seen(number: 1, time: 1_000_002_000, length: 2, data: [7, 8]),
        Seen(number: 2, time: 1_000_003_000, length: 1, data: [9]),
      ])
  }

  @Test(
    "Ixia's magic numbers stand for 4 more bytes of file header", arguments: [(0x1c00_01ac, 1), (0x1c00_01ab, 1000)])
  func ixia(magic: Int, nanosecondsPerUnit: Int64) throws {
    var file = PcapBuilder(magic: magic)
    file.file.u32(18)
    file.record(0, 5, [1, 2])
    #expect(
      try read(file.bytes).frames == [Seen(number: 1, time: 5 * nanosecondsPerUnit, length: 2, data: [1, 2])])
  }

  @Test("versions before 2.3, and 543.0, have the wire length first", arguments: [(2, 0), (2, 2), (543, 0)])
  func wireLengthFirst(major: Int, minor: Int) throws {
    var file = PcapBuilder(version: (major, minor))
    file.record(1, 0, [1, 2], captured: 70, length: 2)
    #expect(try read(file.bytes).frames == [Seen(number: 1, time: 1_000_000_000, length: 70, data: [1, 2])])
  }

  @Test("in version 2.3 the smaller length is the captured one")
  func eitherLengthFirst() throws {
    var file = PcapBuilder(version: (2, 3))
    file.record(1, 0, [1, 2], captured: 70, length: 2)
    file.record(1, 0, [3], captured: 1, length: 80)
    let reading = try read(file.bytes)
    #expect(reading.frames.map(\.length) == [70, 80])
    #expect(reading.frames.map(\.data) == [[1, 2], [3]])
  }

  @Test("AIX writes nanoseconds and interface types", arguments: [(6, 1), (9, 6), (15, 10), (24, 0)])
  func aix(interfaceType: Int, linkType: UInt16) throws {
    var file = PcapBuilder(version: (2, 2), linkType: interfaceType)
    file.record(1, 7, [5])
    #expect(
      try read(file.bytes).frames == [Seen(number: 1, time: 1_000_000_007, length: 1, data: [5], linkType: linkType)])
  }

  @Test("a record longer than any frame is damage, at its place in the file")
  func absurdLength() throws {
    var file = PcapBuilder()
    file.record(1, 0, [1])
    file.record(2, 0, [2], captured: 262_145)
    let reading = try read(file.bytes)
    #expect(reading.frames.count == 1)
    #expect(
      reading.end == .damaged("the packet record at byte 41 claims 262145 captured bytes, 262144 are possible"))
  }

  @Test("a record cut by the end of the file is not delivered, the ones before are")
  func cutRecord() throws {
    var file = PcapBuilder()
    file.record(1, 0, [1])
    file.record(2, 0, [2, 3, 4], captured: 10)
    let reading = try read(file.bytes)
    #expect(reading.frames.map(\.data) == [[1]])
    #expect(reading.end == .truncated("the packet record at byte 41 needs 26 bytes, the file has 19 more"))
  }

  @Test("a frame may be longer than the block that is read at once, and cross its end")
  func longFrames() throws {
    var file = PcapBuilder(snaplen: 0, linkType: 231)
    let lengths = [262_144, 1, 3_000_000, 262_144, 70_000]
    for (index, length) in lengths.enumerated() {
      file.record(index, 0, [UInt8](repeating: UInt8(index + 1), count: length))
    }
    let reading = try read(file.bytes)
    #expect(reading.end == .complete)
    #expect(reading.frames.map(\.data.count) == lengths)
    #expect(reading.frames.enumerated().allSatisfy { index, frame in frame.data.allSatisfy { $0 == index + 1 } })
  }

  @Test("a file of thousands of frames keeps count, place and bytes over block ends")
  func manyFrames() throws {
    var file = PcapBuilder()
    for index in 0..<20_000 {
      file.record(index, 0, [UInt8](repeating: UInt8(truncatingIfNeeded: index), count: index % 180))
    }
    let reading = try read(file.bytes)
    #expect(reading.end == .complete)
    #expect(reading.frames.count == 20_000)
    var place: Int64 = 24
    for (index, frame) in reading.frames.enumerated() {
      let expected = [UInt8](repeating: UInt8(truncatingIfNeeded: index), count: index % 180)
      try #require(frame.number == index + 1 && frame.data == expected)
      try #require(reading.positions[index] == place)
      place += Int64(16 + index % 180)
    }
  }
}
