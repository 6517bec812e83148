import Bytes
import Testing

@testable import Applications

@Suite("BER")
struct BERTests {
  private static func look(_ bytes: [UInt8]) -> BERHeader.Look { BERHeader.look(bytes.bytes) }

  @Test("headers with short and long lengths; every cut of one asks for more")
  func headers() {
    #expect(Self.look([0x30, 5]) == .header(BERHeader(tag: 0x30, size: 2, length: 5)))
    #expect(Self.look([0x30, 0x81, 200]) == .header(BERHeader(tag: 0x30, size: 3, length: 200)))
    // As Windows writes it.
    let long: [UInt8] = [0x61, 0x84, 0, 0, 1, 2]
    #expect(Self.look(long) == .header(BERHeader(tag: 0x61, size: 6, length: 258)))
    for count in 0..<long.count { #expect(Self.look(Array(long[..<count])) == .more) }
  }

  @Test(
    "no tags of several octets, no indefinite lengths, none over the limit",
    arguments: [
      [0x1f, 1], [0x3f, 0x81, 1, 0], [0x30, 0x80], [0x30, 0x85, 0, 0, 0, 0, 1], [0x30, 0xff],
      [0x30, 0x84, 0x10, 0, 0, 1],
    ] as [[UInt8]])
  func refused(_ bytes: [UInt8]) {
    #expect(Self.look(bytes) == .no)
  }

  @Test("integers of up to eight octets, with their sign")
  func integers() throws {
    func integer(_ content: [UInt8]) throws(Fault) -> Int64 {
      let bytes: [UInt8] = .ber(2, content)
      var reader = BERReader(bytes.bytes)
      return try reader.integer()
    }
    #expect(try integer([0x7f]) == 127)
    #expect(try integer([0xff]) == -1)
    #expect(try integer([0, 0x80]) == 128)
    #expect(try integer([0x80, 0, 0, 0, 0, 0, 0, 0]) == .min)
    #expect(throws: Fault.self) { try integer([]) }
    #expect(throws: Fault.self) { try integer(Array(repeating: 1, count: 9)) }
  }

  @Test("elements one after the other; none may go beyond what holds it, nor too deep")
  func elements() throws {
    let bytes: [UInt8] = .ber(0x30, .ber(integer: 7), .ber(4, "ab"), [5, 0])
    var outer = BERReader(bytes.bytes)
    var reader = try outer.enter(0x30)
    let isOuterAtEnd = outer.isAtEnd
    let number = try reader.integer()
    let isAbsent = try reader.optional(6) == nil
    let text = try reader.content(4).copied()
    let skipped = try reader.skip()
    let (isAtEnd, next) = (reader.isAtEnd, reader.nextTag)
    #expect(isOuterAtEnd && isAtEnd && isAbsent)
    #expect(number == 7)
    #expect(text == Array("ab".utf8))
    #expect(skipped == 5)
    #expect(next == nil)
    let liar: [UInt8] = [0x30, 4, 4, 3, 1, 2]
    var liarReader = BERReader(liar.bytes)
    var inside = try liarReader.enter(0x30)
    do throws(Fault) {
      _ = try inside.content(4)
      Issue.record("an element longer than what holds it")
    } catch {
      #expect(error.reason == .truncated)
    }
    let deep = (0..<40).reduce([UInt8]()) { inner, _ in .ber(0x30, inner) }
    let depth = BERTests.depth(BERReader(deep.bytes))
    #expect(depth == BERReader.depthLimit)
  }

  private static func depth(_ reader: consuming BERReader) -> Int {
    var reader = reader
    do throws(Fault) {
      return 1 + depth(try reader.enter(0x30))
    } catch {
      return 0
    }
  }
}
