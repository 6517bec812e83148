import Bytes
import Testing

@Suite("A byte reader")
struct ByteReaderTests {
  @Test("reads integers in network byte order and says how far it is")
  func integers() throws {
    let bytes: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18]
    var reader = ByteReader(bytes.bytes, layer: "test")
    #expect(try reader.u8() == 1)
    #expect(try reader.u16() == 0x0203)
    #expect(try reader.u24() == 0x04_0506)
    #expect(try reader.u32() == 0x0708_090a)
    #expect(try reader.u64() == 0x0b0c_0d0e_0f10_1112)
    #expect(reader.remaining == 0)
    #expect(reader.offset == 18)
  }

  @Test("throws a fault that says where and how many bytes were wanted, and consumes nothing")
  func truncated() throws {
    let bytes: [UInt8] = [1, 2, 3]
    var reader = ByteReader(bytes.bytes, layer: "test")
    _ = try reader.u8()
    var fault: Fault?
    do throws(Fault) { _ = try reader.u32() } catch { fault = error }
    #expect(fault == Fault("test", .truncated, at: 1, "4 bytes wanted, 2 left"))
    #expect(fault?.description == "test truncated at byte 1: 4 bytes wanted, 2 left")
    #expect(reader.remaining == 2)
  }

  @Test("refuses lengths below zero and beyond the end", arguments: [-1, Int.min, 4, Int.max])
  func lengths(count: Int) {
    let bytes: [UInt8] = [1, 2, 3]
    var reader = ByteReader(bytes.bytes, layer: "test")
    var faults = 0
    do throws(Fault) { try reader.skip(count) } catch { faults += 1 }
    do throws(Fault) { try reader.seek(to: count) } catch { faults += 1 }
    do throws(Fault) { _ = try reader.bytes(count) } catch { faults += 1 }
    #expect(faults == 3)
    #expect(reader.offset == 0)
  }

  @Test("parts of a span are clamped, whatever is asked for")
  func parts() {
    let bytes: [UInt8] = [1, 2, 3, 4]
    let span = bytes.bytes
    #expect(span.part(from: 1, to: 3).copied() == [2, 3])
    #expect(span.part(from: 3, to: 1).copied() == [])
    #expect(span.part(from: -5, to: 2).copied() == [1, 2])
    #expect(span.part(from: 2, to: .max).copied() == [3, 4])
    #expect(span.part(from: .max, to: .min).copied() == [])
    #expect(span.u16(at: 3) == nil)
    #expect(span.u16(at: -1) == nil)
    #expect(span.u32(at: .max) == nil)
    #expect(span.u64(at: 0) == nil)
    let starts = [0, 1, 3, -1].map { bytes.bytes.starts(with: "\u{2}\u{3}", at: $0) }
    #expect(starts == [false, true, false, false])
    #expect(span.firstIndex(of: 3, from: -2) == 2)
    #expect(span.firstIndex(of: 3, from: 0, to: 2) == nil)
  }
}
