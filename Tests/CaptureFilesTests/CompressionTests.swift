import Bytes
import CLZMA
import CaptureFiles
import Testing

@Suite("compression") struct CompressionTests {
  /// A capture of 2,000 frames whose bytes hardly repeat, so that it has many blocks in each form.
  private static let large: [UInt8] = {
    var generator = SeededGenerator(state: 4)
    var file = PcapBuilder()
    for index in 0..<2_000 {
      file.record(index, 0, (0..<1_000).map { _ in UInt8.random(in: 0...31, using: &generator) })
    }
    return file.bytes
  }()

  @Test("a compressed capture is read as the capture; size and digest are of the file", arguments: Compression.allCases)
  func whole(compression: Compression) throws {
    let plain = try read(CaptureReaderTests.smallNg)
    let file = compressed(CaptureReaderTests.smallNg, compression)
    let reading = try read(file)
    #expect(reading.frames == plain.frames)
    #expect(reading.positions == plain.positions)
    #expect(reading.end == .complete)
    #expect(reading.size == Int64(file.count))
    #expect(try withFile(file) { try CaptureReader(path: $0).compression } == compression)
    #expect(try withFile(file) { try FileDigest.sha256(ofFileAt: $0).sha256 } == reading.digest)
    let isUncompressed = try withFile(CaptureReaderTests.smallNg) { try CaptureReader(path: $0).compression == nil }
    #expect(isUncompressed)
  }

  @Test("many blocks, and more than is read at once", arguments: Compression.allCases)
  func blocks(compression: Compression) throws {
    let reading = try read(compressed(CompressionTests.large, compression))
    #expect(reading.frames.count == 2_000)
    let isSame = reading.frames == (try read(CompressionTests.large)).frames
    #expect(isSame)
    #expect(reading.end == .complete)
  }

  @Test("members follow each other, empty ones and padding between them", arguments: Compression.allCases)
  func members(compression: Compression) throws {
    let bytes = CaptureReaderTests.smallNg
    let file =
      compressed(Array(bytes[..<40]), compression) + compressed([], compression)
      + compressed(Array(bytes[40..<50]), compression) + [0, 0, 0, 0] + compressed(Array(bytes[50...]), compression)
      + [0, 0, 0, 0]
    let reading = try read(file)
    #expect(reading.frames == (try read(bytes)).frames)
    #expect(reading.end == .complete)
  }

  @Test("frames that are to be skipped, as pzstd writes them, are", arguments: [Compression.zstd, .lz4])
  func skippable(compression: Compression) throws {
    let skipped: [UInt8] = [0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4]
    let bytes = CaptureReaderTests.small
    let file =
      skipped + compressed(Array(bytes[..<30]), compression) + skipped + compressed(Array(bytes[30...]), compression)
    let reading = try read(file)
    #expect(reading.frames == (try read(bytes)).frames)
    #expect(reading.end == .complete)
    #expect(try withFile(file) { try CaptureReader(path: $0).compression } == compression)
  }

  @Test("a cut file gives the frames before the cut", arguments: Compression.allCases)
  func cut(compression: Compression) throws {
    let file = compressed(CompressionTests.large, compression)
    let half = Array(file[..<(file.count / 2)])
    let reading = try read(half)
    // Half of them, but for what stands in a block that is not whole.
    #expect((500...1_000).contains(reading.frames.count), "\(reading.frames.count)")
    let isSame = reading.frames == Array((try read(CompressionTests.large)).frames.prefix(reading.frames.count))
    #expect(isSame)
    #expect(
      reading.end == .truncated("the \(compression.rawValue) data ends early, at byte \(half.count) of the file"))
  }

  @Test("damage is told behind the frames before it", arguments: Compression.allCases)
  func damaged(compression: Compression) throws {
    var file = compressed(CompressionTests.large, compression)
    for index in 0..<64 { file[file.count / 2 + index] = 0xff }
    let reading = try read(file)
    // What was not noticed at once is damage of a frame, or told by the checksum.
    #expect((500...2_000).contains(reading.frames.count), "\(reading.frames.count)")
    switch reading.end {
    case .unreadable(let detail): #expect(detail.hasPrefix("\(compression.rawValue): "))
    case .damaged: break
    default: Issue.record("\(reading.end)")
    }
  }

  @Test("a damaged second member is told, and not taken for padding", arguments: Compression.allCases)
  func damagedMember(compression: Compression) throws {
    let bytes = CaptureReaderTests.small
    var second = compressed([1, 2, 3], compression)
    second[0] ^= 0x40
    let file = compressed(bytes, compression) + second
    let reading = try read(file)
    #expect(reading.frames == (try read(bytes)).frames)
    #expect(
      reading.end
        == .unreadable(
          "\(compression.rawValue): other data follows the compressed data, before byte \(file.count) of the file"))
  }

  @Test("an empty file is empty, and what is no capture is named with its compression", arguments: Compression.allCases)
  func refused(compression: Compression) throws {
    guard case .empty = try refusal(compressed([], compression)) else { throw Wrong() }
    let text = try refusal(compressed(Array("just some text\n".utf8), compression))
    guard case .notACapture(_, "text", compression) = text else { throw Wrong() }
    #expect(
      text.description.hasSuffix(
        "not a pcap or pcapng capture compressed with \(compression.rawValue); it looks like text"))
  }

  @Test("a file that is compressed twice is named as that", arguments: Compression.allCases)
  func twice(compression: Compression) throws {
    let error = try refusal(compressed(gzipMember(CaptureReaderTests.small), compression))
    guard case .compressedTwice(_, compression.rawValue, "gzip") = error else { throw Wrong() }
    #expect(
      error.description.hasSuffix(
        "compressed twice, with gzip inside \(compression.rawValue); decompress it once first"))
  }

  @Test("what needs more memory than is allowed is refused, and the limit told")
  func limits() throws {
    // A window of 2^30 bytes: exponent 20 above 10, in the five upper bits.
    let wide: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 20 << 3, 0x01, 0x00, 0x00]
    guard case .damagedCompression(_, let zstd) = try refusal(wide) else { throw Wrong() }
    #expect(zstd.hasPrefix("zstd: a window of more than 128 MiB is needed"))

    // The dictionary's size stands behind the filter's number and the size of its properties: 40 is 4 GiB less a byte.
    var xz = compressed(CaptureReaderTests.small, .xz)
    let header = 12..<(12 + 4 * (Int(xz[12]) + 1))
    let place = try #require(header.first { xz[$0] == 0x21 && xz[$0 + 1] == 1 })
    xz[place + 2] = 40
    let sum = lzma_crc32(Array(xz[header.lowerBound..<(header.upperBound - 4)]), header.count - 4, 0)
    for index in 0..<4 { xz[header.upperBound - 4 + index] = UInt8(truncatingIfNeeded: sum >> UInt32(8 * index)) }
    guard case .damagedCompression(_, let reason) = try refusal(xz) else { throw Wrong() }
    #expect(reason.hasPrefix("xz: 4097 MiB of memory are needed, 256 are allowed"), "\(reason)")
  }

  @Test("no change of bytes traps", arguments: Compression.allCases)
  func mutations(compression: Compression) throws {
    var generator = SeededGenerator(state: 11)
    let file = compressed(CaptureReaderTests.small, compression)
    for _ in 0..<200 {
      var changed = file
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        changed[Int.random(in: 0..<file.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
      }
      try withFile(changed) { path in
        guard let reader = try? CaptureReader(path: path) else { return }
        var count = 0
        _ = reader.forEachFrame { _, _ in
          count += 1
          return count < 10_000
        }
        #expect(count <= 10_000)
      }
    }
  }

  struct Wrong: Error {}
}
