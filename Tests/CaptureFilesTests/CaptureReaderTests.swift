import CaptureFiles
import Glibc
import Testing

@Suite("reading") struct CaptureReaderTests {
  static let small: [UInt8] = {
    var file = PcapBuilder()
    for index in 0..<5 { file.record(index, 0, [UInt8](repeating: 1, count: index * 3)) }
    return file.bytes
  }()

  static let smallNg: [UInt8] = {
    var file = PcapngBuilder(littleEndian: false)
    file.interface(1, options: [(2, Array("eth0".utf8)), (9, [9])])
    file.enhanced(0, 1, [1, 2, 3])
    file.simple([4, 5], length: 2)
    file.obsolete(0, drops: 0, 2, [6], length: 1)
    file.section(littleEndian: true)
    file.interface(113)
    file.enhanced(0, 3, [7])
    return file.bytes
  }()

  @Test("digest and size are of the file as it stands on disk")
  func digest() throws {
    // printf of the 24 header bytes below | sha256sum
    let header = PcapBuilder().bytes
    let reading = try read(header)
    #expect(reading.frames.isEmpty)
    #expect(reading.end == .complete)
    #expect(reading.size == 24)
    #expect(reading.digest == "acc530668c8bc60b2d229281130b1899bfc81d70fdada5c34b3236c628f739c8")
    let again = try withFile(header) { try FileDigest.sha256(ofFileAt: $0) }
    #expect(again.sha256 == reading.digest)
    #expect(again.size == 24)
  }

  @Test("digest and size are of the whole file although reading stopped early")
  func digestAfterStop() throws {
    var file = PcapBuilder()
    for index in 0..<30_000 { file.record(index, 0, [UInt8](repeating: 3, count: 100)) }
    try withFile(file.bytes) { path in
      let reader = try CaptureReader(path: path)
      #expect(reader.totalBytes == Int64(file.bytes.count))
      let end = reader.forEachFrame { frame, _ in frame.number < 3 }
      #expect(end == .stopped)
      #expect(reader.bytesRead < Int64(file.bytes.count))
      let (digest, size) = reader.finish()
      let whole = try FileDigest.sha256(ofFileAt: path)
      #expect(digest == whole.sha256)
      #expect(size == whole.size)
      #expect(reader.forEachFrame { _, _ in true } == .stopped)
    }
  }

  @Test("without hashing there is a size and no digest")
  func noHashing() throws {
    try withFile(Self.small) { path in
      let reader = try CaptureReader(path: path, hashing: false)
      let (digest, size) = reader.finish()
      #expect(digest == "")
      #expect(size == Int64(Self.small.count))
    }
  }

  @Test("reading goes on behind the frame at which it stopped", arguments: [small, smallNg])
  func goesOn(bytes: [UInt8]) throws {
    let whole = try read(bytes)
    try withFile(bytes) { path in
      let reader = try CaptureReader(path: path)
      var numbers: [Int] = []
      var end = CaptureEnd.stopped
      for _ in 0...whole.frames.count where end == .stopped {
        end = reader.forEachFrame { frame, _ in
          numbers.append(frame.number)
          return false
        }
      }
      #expect(end == .complete)
      #expect(numbers == whole.frames.map(\.number))
      #expect(reader.forEachFrame { _, _ in true } == .complete)
    }
  }

  @Test("an error of the caller comes out as it is, with its own type")
  func callersError() throws {
    struct Full: Error, Equatable { var frame: Int }
    try withFile(Self.small) { path in
      let reader = try CaptureReader(path: path)
      do throws(Full) {
        _ = try reader.forEachFrame { frame, _ throws(Full) in
          if frame.number == 2 { throw Full(frame: 2) }
          return true
        }
        Issue.record("no error")
      } catch {
        #expect(error == Full(frame: 2))
      }
      var next: Int?
      _ = reader.forEachFrame { frame, _ in
        next = frame.number
        return false
      }
      #expect(next == 3)
    }
  }

  @Test("a pipe is read like a file and has no size before its end")
  func pipe() throws {
    var ends: [CInt] = [0, 0]
    try #require(Glibc.pipe(&ends) == 0)
    defer { close(ends[0]) }
    #expect(write(ends[1], Self.small, Self.small.count) == Self.small.count)
    close(ends[1])
    let reader = try CaptureReader(path: "/dev/fd/\(ends[0])")
    #expect(reader.totalBytes == nil)
    var lengths: [Int] = []
    let end = reader.forEachFrame { frame, _ in
      lengths.append(frame.length)
      return true
    }
    #expect(end == .complete)
    #expect(lengths == [0, 3, 6, 9, 12])
    #expect(reader.finish().size == Int64(Self.small.count))
  }

  @Test(
    "every prefix of a capture gives the frames that are whole in it, and says that it was cut",
    arguments: [small, smallNg])
  func prefixes(bytes: [UInt8]) throws {
    let whole = try read(bytes)
    for count in 0..<bytes.count {
      let prefix = Array(bytes[..<count])
      guard count >= 28 || whole.format == .pcap && count >= 24 else {
        _ = try refusal(prefix)
        continue
      }
      let reading = try read(prefix)
      #expect(reading.frames == Array(whole.frames.prefix(reading.frames.count)))
      switch reading.end {
      case .truncated: break
      case .complete: #expect(whole.positions.contains(Int64(count)) || whole.format == .pcapng)
      default: Issue.record("\(count): \(reading.end)")
      }
      if let next = whole.positions.dropFirst(reading.frames.count + 1).first { #expect(count < next) }
    }
  }

  @Test("no change of bytes traps, and what is delivered stays inside its limits", arguments: [small, smallNg])
  func mutations(bytes: [UInt8]) throws {
    var random = SeededGenerator(state: 2010)
    for round in 0..<1500 {
      var mutated = bytes
      for _ in 0...(round % 4) {
        let index = Int.random(in: 0..<mutated.count, using: &random)
        mutated[index] =
          [0, 1, 0x7f, 0x80, 0xff, UInt8.random(in: 0...255, using: &random)].randomElement(using: &random) ?? 0
      }
      if round % 5 == 0 { mutated.removeLast(Int.random(in: 0..<mutated.count, using: &random)) }
      if round % 7 == 0 { mutated = gzipMember(mutated) }
      try withFile(mutated) { path in
        guard let reader = try? CaptureReader(path: path) else { return }
        var last = 0
        _ = reader.forEachFrame { frame, span in
          #expect(frame.number > last && span.byteCount <= bytes.count)
          last = frame.number
          return true
        }
        #expect(reader.finish().size == Int64(mutated.count))
      }
    }
  }
}

@Suite("gzip") struct GzipTests {
  @Test("a compressed capture is read as the capture, its digest is of the compressed file")
  func compressed() throws {
    let plain = try read(CaptureReaderTests.small)
    let file = gzipMember(CaptureReaderTests.small)
    let reading = try read(file)
    #expect(reading.frames == plain.frames)
    #expect(reading.positions == plain.positions)
    #expect(reading.end == .complete)
    #expect(reading.size == Int64(file.count))
    #expect(try withFile(file) { try FileDigest.sha256(ofFileAt: $0).sha256 } == reading.digest)
  }

  @Test("members follow each other, and what follows the last one is padding")
  func members() throws {
    let bytes = CaptureReaderTests.smallNg
    let file = gzipMember(Array(bytes[..<40])) + gzipMember([]) + gzipMember(Array(bytes[40...])) + [0, 0, 0]
    let reading = try read(file)
    #expect(reading.frames == (try read(bytes)).frames)
    #expect(reading.end == .complete)
  }

  @Test("deflate's own blocks are decoded")
  func deflated() throws {
    // `printf` of an empty little-endian pcap header | gzip -9n
    let file: [UInt8] = [
      0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xbb, 0x72, 0x78, 0xd3, 0x42, 0x26,
      0x06, 0x16, 0x06, 0x18, 0xf8, 0xff, 0x9f, 0x81, 0x81, 0x11, 0xc8, 0x03, 0x00, 0xe1, 0xd7, 0xa1,
      0x11, 0x18, 0x00, 0x00, 0x00,
    ]
    let reading = try read(file)
    #expect(reading.format == .pcap)
    #expect(reading.interfaces.map(\.linkType) == [1])
    #expect(reading.end == .complete)
  }

  @Test("a cut gzip file gives the frames before the cut")
  func cut() throws {
    let file = gzipMember(CaptureReaderTests.small)
    let reading = try read(Array(file.dropLast(20)))
    #expect(reading.frames.map(\.length) == [0, 3, 6, 9])
    #expect(reading.end == .truncated("the gzip data ends early, at byte \(file.count - 20) of the file"))
  }

  @Test("a wrong checksum is told after the frames")
  func checksum() throws {
    var file = gzipMember(CaptureReaderTests.small)
    file[file.count - 8] ^= 1
    let reading = try read(file)
    #expect(reading.frames.count == 5)
    #expect(reading.end == .unreadable("gzip: incorrect data check, before byte \(file.count) of the file"))
  }

  @Test("records longer than the blocks that are read ahead come whole, and the digest is of every byte once")
  func longRecords() throws {
    var file = PcapngBuilder()
    file.interface(1, snaplen: 262_144)
    var expected: [[UInt8]] = []
    for index in 0..<36 {
      let length = [60, 9_000, 65_535, 65_537, 131_072, 262_144][index % 6]
      let data = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ index) }
      if index % 9 == 8 {
        file.block(0x0bad) { body in body.append([UInt8](repeating: UInt8(index), count: 60_000 &* index)) }
      }
      file.enhanced(0, UInt64(index), data)
      expected.append(data)
    }
    let reading = try read(file.bytes)
    #expect(reading.end == .complete)
    // Not the frames themselves, which a failure would print.
    #expect(reading.frames.map(\.length) == expected.map(\.count))
    let isSame = reading.frames.map(\.data) == expected
    #expect(isSame)
    #expect(reading.size == Int64(file.bytes.count))
    let piped = try withFile(file.bytes) { path in
      let pipe = "\(path).pipe"
      try #require(mkfifo(pipe, 0o600) == 0)
      defer { unlink(pipe) }
      let writer = try #require(popen("cat '\(path)' > '\(pipe)'", "w"))
      defer { pclose(writer) }
      return try read(path: pipe)
    }
    #expect(piped.end == .complete)
    #expect(piped.digest == reading.digest)
    let isSameThroughPipe = piped.frames.map(\.data) == expected
    #expect(isSameThroughPipe)
  }

  @Test("a large compressed capture crosses the blocks")
  func large() throws {
    var file = PcapBuilder()
    for index in 0..<2_000 { file.record(index, 0, [UInt8](repeating: 3, count: 1500)) }
    let reading = try read(gzipMember(file.bytes))
    #expect(reading.frames.count == 2_000)
    #expect(reading.end == .complete)
  }
}
