import Bytes
import Testing

@testable import Applications

@Suite("Messages that tell their length")
struct MessageAssemblerTests {
  /// A length in two bytes, which counts itself; 0xffff is none, and over 0xf000 the message is of no interest.
  private static func measure(_ bytes: RawSpan) -> MessageMeasure {
    guard let length = bytes.u16(at: 0) else { return .more }
    if length == 0xffff { return .no }
    return length > 0xf000 ? .skip(Int(length) - 0xf000) : .keep(Int(length))
  }

  /// The messages in pieces of `size`; each piece is a frame.
  private static func messages(
    _ assembler: inout MessageAssembler, _ bytes: [UInt8], cutInto size: Int
  ) -> [AssembledMessage] {
    var found: [AssembledMessage] = []
    for (index, start) in stride(from: 0, to: bytes.count, by: size).enumerated() {
      let piece = Array(bytes[start..<min(start + size, bytes.count)])
      var offset = 0
      while let message = assembler.next(
        in: piece.bytes, from: &offset, frame: FrameStamp(id: Int64(index), time: nil), measure: measure)
      {
        found.append(message)
      }
      #expect(offset == piece.count || assembler.isLost)
    }
    return found
  }

  @Test("whatever the pieces", arguments: [1, 2, 3, 5, 100])
  func pieces(_ size: Int) {
    var assembler = MessageAssembler(keepLimit: 8)
    let bytes: [UInt8] = [0, 3, 9, 0xf0, 4, 1, 1, 0, 2, 0, 12, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0, 3, 7]
    let found = Self.messages(&assembler, bytes, cutInto: size)
    #expect(found.map(\.bytes) == [[0, 3, 9], [0, 2], [0, 12, 1, 2, 3, 4, 5, 6], [0, 3, 7]])
    #expect(found.map(\.isCut) == [false, false, true, false])
    #expect(found.map(\.frame.id) == [0, 7, 9, 21].map { Int64($0 / size) })
    #expect(assembler.heldBytes == 0)
  }

  @Test("a gap within a message drops it, one beyond it too, and what is no message ends the direction")
  func gaps() {
    var assembler = MessageAssembler(keepLimit: 100)
    #expect(Self.messages(&assembler, [0, 8, 1], cutInto: 9).isEmpty)
    #expect(assembler.heldBytes == 3)
    assembler.gap(of: 2)
    #expect(Self.messages(&assembler, [4, 5, 6, 0, 3, 9], cutInto: 2).map(\.bytes) == [[0, 3, 9]])
    #expect(Self.messages(&assembler, [0, 8, 1], cutInto: 9).isEmpty)
    assembler.gap(of: 50)
    #expect(Self.messages(&assembler, [0, 3, 9], cutInto: 1).map(\.bytes) == [[0, 3, 9]])
    assembler.gap(of: 1)
    #expect(Self.messages(&assembler, [0xff, 0xff, 0, 3, 9], cutInto: 1).isEmpty)
    #expect(assembler.isLost && assembler.heldBytes == 0)
    // A length that is shorter than itself.
    var other = MessageAssembler(keepLimit: 100)
    #expect(Self.messages(&other, [0, 1, 0, 3, 9], cutInto: 1).isEmpty)
    #expect(other.isLost)
  }
}
