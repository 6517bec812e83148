import Bytes
import Records
import TestSupport
import Testing

private struct Sample: Record {
  static let table = Table("samples", ["value", "other"])
  let value: Int64?
  let other: String

  func encode(into row: inout RowEncoder) {
    row.integer(value)
    row.text(other)
  }
}

private struct Raw: Record {
  static let table = Table("raw", ["text", "blob", "truth"])
  let bytes: [UInt8]

  func encode(into row: inout RowEncoder) {
    row.text(wire: bytes.bytes)
    row.blob(bytes)
    row.boolean(nil)
  }
}

@Suite("Encoded rows")
struct RowEncoderTests {
  /// The values around each border of SQLite's serial types.
  static let borders: [Int64] =
    [0, 1, 2, -1, .max, .min]
    + [7, 15, 23, 31, 47].flatMap { bits -> [Int64] in
      let power: Int64 = 1 << bits
      return [power - 1, power, power + 1, -power - 1, -power, -power + 1]
    }

  @Test("give every integer back", arguments: borders)
  func integers(value: Int64) {
    let sink = RecordSink(captureID: 1)
    sink.emit(Sample(value: value, other: "x"))
    #expect(
      sink.emittedRows() == [EmittedRow(table: "samples", id: 1, values: ["value": .integer(value), "other": "x"])])
  }

  @Test("give texts of any length back", arguments: [0, 1, 56, 57, 58, 59, 8185, 8186, 8187, 100_000])
  func texts(length: Int) {
    let sink = RecordSink(captureID: 1)
    let text = String(repeating: "é", count: length)
    sink.emit(Sample(value: nil, other: text))
    #expect(sink.emittedRows().first?["other"] == .text(text))
  }

  @Test("are byte for byte what SQLite writes for 1, 'ab'")
  func format() {
    let sink = RecordSink(captureID: 1)
    sink.emit(Sample(value: 300, other: "ab"))
    let batch = sink.take()
    #expect(batch.row(batch.entries[0]).copied() == [4, 0, 2, 17, 1, 44, 0x61, 0x62])
  }

  @Test("hold text from the wire by the rule of WireText")
  func wire() {
    let sink = RecordSink(captureID: 1)
    sink.emit(Raw(bytes: [0x61, 0xff, 0]))
    let row = sink.emittedRows()[0]
    #expect(row["text"] == .text("a\u{efff}\u{ef00}"))
    #expect(row["blob"] == .blob([0x61, 0xff, 0]))
    #expect(row["truth"] == .null)
  }

  @Test("get identifiers behind those that the database holds, and keep one row an address")
  func identifiers() throws {
    let known = try #require(IPAddress("192.0.2.1"))
    let new = try #require(IPAddress("192.0.2.2"))
    let sink = RecordSink(captureID: 1, storedIDs: ["samples": 41, "addresses": 5], addresses: [known: 3])
    #expect(sink.newID(of: Sample.self) == 42)
    #expect(sink.emit(Sample(value: 1, other: "")) == 43)
    #expect(sink.addressID(known) == 3)
    #expect(sink.addressID(new) == 6)
    #expect(sink.addressID(new) == 6)
    #expect(sink.emittedRows().of("addresses").map { $0["ip"] } == ["192.0.2.2"])
  }
}
