import Bytes
import Testing

@testable import Applications

@Suite("Lines and texts")
struct TextTests {
  /// The lines in `text`, cut into pieces of `size`.
  private static func lines(_ bytes: [UInt8], cutInto size: Int) -> [TextLine] {
    var reader = LineReader()
    var lines: [TextLine] = []
    for start in stride(from: 0, to: bytes.count, by: size) {
      let piece = Array(bytes[start..<min(bytes.count, start + size)])
      var index = 0
      while index < piece.count {
        if let line = reader.next(piece.bytes, at: &index, in: FrameStamp(id: Int64(start / size), time: nil)) {
          lines.append(line)
        }
      }
    }
    return lines
  }

  @Test("lines end at a line feed, one carriage return before it left off", arguments: [1, 2, 3, 100])
  func lines(_ size: Int) {
    let found = TextTests.lines(Array("a\r\n\r\nb\nc\r\r\n\nrest".utf8), cutInto: size)
    #expect(found.map { String(decoding: $0.bytes, as: UTF8.self) } == ["a", "", "b", "c\r", ""])
    #expect(found.map(\.frame.id) == [0, 3, 5, 7, 11].map { Int64($0 / size) })
    #expect(!found.contains { $0.isCut || $0.isBehindGap })
  }

  @Test("of a long line the beginning and the tail are kept", arguments: [1, 7, 100_000])
  func longLines(_ size: Int) {
    for extra in [0, 1, 2, 5000] {
      let bytes = [UInt8](repeating: 0x61, count: LineReader.limit + extra - 3) + Array("xyz".utf8)
      let found = TextTests.lines(bytes + Array("\r\nnext\n".utf8), cutInto: size)
      #expect(found.count == 2)
      #expect(found[0].bytes.count == LineReader.limit)
      #expect(found[0].isCut == (extra > 0))
      #expect(found[0].bytes.suffix(4) == Array("axyz".utf8)[...])
      #expect(!found[1].isCut)
    }
  }

  @Test("behind a gap a line says so")
  func gap() {
    var reader = LineReader()
    let (first, second) = (Array("abc".utf8), Array("def\nghi\n".utf8))
    let frame = FrameStamp(id: 1, time: nil)
    var index = 0
    #expect(reader.next(first.bytes, at: &index, in: frame) == nil)
    reader.gap()
    index = 0
    let line = reader.next(second.bytes, at: &index, in: frame)
    #expect(line?.bytes == Array("def".utf8))
    #expect(line?.isBehindGap == true)
    #expect(reader.next(second.bytes, at: &index, in: frame)?.isBehindGap == false)
    #expect(reader.end() == nil)
  }

  @Test(
    "a text ends at a line of one dot", arguments: [1, 2, 3, 100],
    [
      (".\r\n", 3, 3), ("a\r\n.\r\nb", 6, 6), ("..\r\n.\r\n", 7, 7), ("a\n.\nb", nil, 4), ("a\r\n.\nb\r\n.\r\n", 11, 5),
      ("a.\r\n.\r\n", 7, 7), ("\n.\r\n", nil, 4), (".\r.\r\n.\r\n", 8, 8), ("a\r\n.\r\r\n.\r\n", 10, 10),
    ] as [(String, Int?, Int?)])
  func dots(_ size: Int, _ sample: (text: String, strict: Int?, lenient: Int?)) {
    let bytes = Array(sample.text.utf8)
    for (isStrict, wanted) in [(true, sample.strict), (false, sample.lenient)] {
      var text = DotEndedText(isStrict: isStrict)
      var found: Int?
      for start in stride(from: 0, to: bytes.count, by: size) where found == nil {
        let piece = Array(bytes[start..<min(bytes.count, start + size)])
        var index = 0
        if text.skip(piece.bytes, at: &index) { found = start + index } else { #expect(index == piece.count) }
      }
      #expect(found == wanted, "\(sample.text.debugDescription), strict: \(isStrict)")
    }
  }
}
