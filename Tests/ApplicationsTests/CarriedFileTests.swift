import Bytes
import Records
import TestSupport
import Testing

@testable import Applications

@Suite("Objects that are carried")
struct CarriedFileTests {
  /// "twice told " a hundred times, in each coding.
  static let coded: [(codings: [ContentCodings.Coding], hex: String)] = [
    ([.brotli], "1b4b04f81da9539fbb7049f7769720636c0d425696260a8c00daef8b16"),
    ([.zstd], "28b52ffd045895000058747769636520746f6c642001003ef82f5e37f73fdd"),
    (
      [.gzip, .brotli],
      "0b14801f8b08000000000002032b29cf4c4e5528c9cf49512819658e324799a34c729900d4da551d4c04000003"
    ),
    ([.deflate], "2b29cf4c4e5528c9cf49512819658e324799a34c729900"),
  ]
  static let text = Array(String(repeating: "twice told ", count: 100).utf8)
  /// 200 MiB of zeros in brotli begin like this.
  static let bomb = """
    cfffff7ff82700e2b14020f7fe9ffffffff04f00c4610180eefd3fffffffe19f0088c32200ddfb7ffeffffc33f0110870500baf7fffcffff877f\
    02200e0b0074effff9ffff0fff04401c1600e8defff3ffff1ffe0980382c00d0bdffe7ffff3ffc1300715800a07bffcfffff7ff82700e2b00040\
    f7fe9ffffffff04f00c4610180eefd3fffffffe19f0088c30200ddfb7ffeffffc33f0110870500baf7fff9ffff877f02200e0b0074efff00
    """

  static func bytes(_ hex: String) -> [UInt8] {
    let digits = Array(hex.utf8).compactMap { HTTP1Bytes.digit($0) }
    return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }

  private func files(_ pieces: [[UInt8]], codings: ContentCodings = .none, type: String? = nil) -> [EmittedRow] {
    let context = ApplicationContext(sink: RecordSink(captureID: 1))
    var file = CarriedFile(codings: codings, budget: context.decoding)
    for piece in pieces { piece.isEmpty ? file.skip(10) : file.take(piece.bytes) }
    file.emit(
      flowID: 1, frameID: 2, source: "test", name: nil, mediaType: type.map { Array($0.utf8) }, isComplete: true,
      context: context)
    return context.sink.emittedRows()
  }

  // MARK: - Codings

  @Test("each coding is undone, and several in the opposite order, however the bytes are cut", arguments: 0..<4)
  func codings(index: Int) {
    let (codings, hex) = Self.coded[index]
    let data = Self.bytes(hex)
    for size in [1, 2, 3, 7, data.count] {
      let decoder = ContentDecoder(ContentCodings(codings))
      var start = 0
      while start < data.count {
        decoder.decode(data.bytes.part(from: start, to: start + size))
        start += size
      }
      #expect(decoder.count == Self.text.count && decoder.isEnded && decoder.failure == nil, "\(codings) \(size)")
      #expect(decoder.firstBytes == Self.text)
    }
  }

  @Test("the value of Content-Encoding is a list; what is not known leaves all as it is")
  func names() {
    func codings(_ text: String) -> ContentCodings {
      let bytes = Array(text.utf8)
      return ContentCodings(bytes.bytes, 0..<bytes.count)
    }
    #expect(codings("gzip, br").outermostFirst == [.brotli, .gzip])
    #expect(codings("X-GZIP").outermostFirst == [.gzip])
    #expect(codings("identity").canBeRead && !codings("identity").canBeUndone)
    #expect(codings("zstd,deflate").outermostFirst == [.deflate, .zstd])
    #expect(!codings("gzip, aws-chunked").canBeRead && codings("gzip, aws-chunked").outermostFirst.isEmpty)
    #expect(!codings("gzip,gzip,gzip,gzip,gzip").canBeRead)
    #expect(codings("").canBeRead)
  }

  @Test("cut, damaged and padded data end decoding without harm", arguments: 0..<4)
  func damaged(index: Int) {
    let (codings, hex) = Self.coded[index]
    let data = Self.bytes(hex)
    for place in data.indices {
      var mutated = data
      mutated[place] ^= 0x55
      let decoder = ContentDecoder(ContentCodings(codings))
      decoder.decode(mutated.bytes)
      decoder.decode(Self.text.bytes)
      #expect(decoder.count <= FileLimits.decoded)
      let cut = ContentDecoder(ContentCodings(codings))
      cut.decode(data.bytes.part(from: 0, to: place))
      #expect(!cut.isEnded || place == data.count - 1 || codings == [.deflate])
    }
    let padded = ContentDecoder(ContentCodings(codings))
    padded.decode((data + [0, 0, 0]).bytes)
    #expect(padded.count == Self.text.count && padded.isEnded)
  }

  @Test("brotli that decodes to more than the limit is counted up to the limit", .timeLimit(.minutes(1)))
  func bomb() {
    let decoder = ContentDecoder(ContentCodings([.brotli]))
    decoder.decode(Self.bytes(Self.bomb).bytes)
    #expect(decoder.count == FileLimits.decoded)
    #expect(decoder.failure == "it decodes to more than \(FileLimits.decoded) bytes")
  }

  @Test("a zstd frame that wants a larger window than HTTP allows is refused")
  func window() {
    let decoder = ContentDecoder(ContentCodings([.zstd]))
    // Frame header: no content size, a window of 16 MiB (RFC 8878, section 3.1.1.1.2).
    decoder.decode(([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x70] as [UInt8] + [UInt8](repeating: 0, count: 20)).bytes)
    #expect(decoder.failure == "a window of more than 8 MiB is needed")
  }

  @Test("decoders of all bodies together hold no more memory than the limit")
  func memory() {
    let budget = DecodingBudget()
    // A block of one repeated byte (RFC 8878, section 3.1.1.2), in a frame with a window of 8 MiB, which is then held.
    let opening: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x68] + [0x02, 0x00, 0x10, 0x41]
    let decoders = (0..<64).map { _ in ContentDecoder(ContentCodings([.zstd]), budget: budget) }
    for decoder in decoders { decoder.decode(opening.bytes) }
    let refused = decoders.filter { $0.failure?.contains("of memory at once") == true }
    #expect(refused.count > 20 && refused.count < 64)
    #expect(decoders.first?.failure == nil)
  }

  // MARK: - Gaps

  @Test("what stands behind a gap is neither hashed nor taken for the first bytes")
  func gap() {
    let row = files([[], Array("GIF89a......".utf8)]).of("files").first
    #expect(row?["detected_type"] == .null && row?["sha256"] == .null && row?["complete"] == 0)
    #expect(row?["size"] == 12)
    let behind = files([Array("GIF89a\u{3}\0\u{2}\0".utf8), [], [1, 2, 3]]).of("files").first
    #expect(behind?["detected_type"] == "image/gif" && behind?["width"] == 3 && behind?["height"] == 2)
    #expect(behind?["complete"] == 0)
  }

  @Test("a file without a byte has the hash of nothing")
  func empty() {
    let row = files([]).of("files").first
    #expect(row?["sha256"] == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(row?["complete"] == 1)
  }

  // MARK: - Sizes of images

  @Test(
    "each format's header tells width and height",
    arguments: [
      ("image/png", "89504e470d0a1a0a0000000d494844520000001f00000011", 31, 17),
      ("image/gif", "47494638396121000900", 33, 9),
      ("image/bmp", "424d000000000000000036000000280000000c000000f6ffffff", 12, 10),
      ("image/bmp", "424d00000000000000001a0000000c0000000c000a00", 12, 10),
      ("image/webp", "524946460000000057454250565038200000000000000" + "09d012a28001e00", 40, 30),
      ("image/webp", "5249464600000000574542505650384c000000002f28000700", 41, 29),
      ("image/webp", "5249464600000000574542505650385800000000000000002900001b0000", 42, 28),
      (
        "image/avif",
        "000000146973706500000000000000100000001000000014697370650000000000000280000001e0", 640, 480
      ),
    ])
  func sizes(type: String, hex: String, width: Int, height: Int) {
    let bytes = Self.bytes(hex)
    #expect(ImageSize(bytes.bytes, type: type) == ImageSize(width: width, height: height))
    for count in bytes.indices where type != "image/avif" {
      let cut = ImageSize(bytes.bytes.part(from: 0, to: count), type: type)
      #expect(cut == nil)
    }
    #expect(ImageSize(bytes.bytes, type: "text/plain") == nil)
  }

  /// SOI, an APP1 segment with a smaller image in it, fill bytes, DHT, then the frame header of an image of 80 x 60.
  static let jpeg = bytes("ffd8ffe1000dffd8ffc0000b0800010001ffffc400041122ffc2001108003c0050")

  @Test("a JPEG image's size stands in its frame header, behind metadata of any length, however the bytes are cut")
  func jpegSize() {
    for size in [1, 2, 5, 100] {
      var reader = JPEGSizeReader()
      var start = 0
      while start < Self.jpeg.count {
        reader.take(Self.jpeg.bytes.part(from: start, to: start + size))
        start += size
      }
      #expect(reader.size == ImageSize(width: 80, height: 60))
    }
    #expect(ImageSize(Self.jpeg.bytes, type: "image/jpeg") == ImageSize(width: 80, height: 60))
  }

  @Test("a gap within metadata does no harm; anywhere else no size is made up")
  func jpegGap() {
    for place in 1..<Self.jpeg.count {
      var reader = JPEGSizeReader()
      reader.take(Self.jpeg.bytes.part(from: 0, to: place))
      let isFound = reader.size != nil
      reader.skip(2)
      reader.take(Self.jpeg.bytes.part(from: place + 2))
      let isWithin = (6...15).contains(place) || place == 22
      #expect((reader.size != nil) == (isFound || isWithin), "\(place)")
    }
  }

  @Test("segments before the frame header are limited")
  func jpegLimit() {
    var reader = JPEGSizeReader()
    reader.take([UInt8]([0xff, 0xd8]).bytes)
    for _ in 0...FileLimits.jpegSegments { reader.take([UInt8]([0xff, 0xe0, 0, 2]).bytes) }
    #expect(reader.isDone && reader.size == nil)
  }
}
