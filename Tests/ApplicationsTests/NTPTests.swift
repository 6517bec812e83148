import Applications
import Bytes
import Records
import TestSupport
import Testing

/// NTP messages.
private enum NTP {
  /// `reference` and a time of sending in seconds since 1900 with its fraction.
  static func message(
    _ first: UInt8, stratum: UInt8 = 2, reference: [UInt8] = [192, 0, 2, 1], seconds: UInt32 = 0, fraction: UInt32 = 0
  ) -> [UInt8] {
    var bytes: [UInt8] = [first, stratum, 6, 0xe9] + [UInt8](repeating: 0, count: 8)
    bytes += reference + [UInt8](repeating: 0, count: 24)
    for value in [seconds, fraction] {
      for shift: UInt32 in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
    }
    return bytes
  }
}

@Suite("NTP")
struct NTPTests {
  private func rows(_ datagrams: [(Side, [UInt8])], time: Int64? = 1_700_000_000_000_000_000) -> [EmittedRow] {
    let context = ApplicationContext(sink: RecordSink(captureID: 1))
    let parser = NTPParser(flow: ParserDriver.flow(port: 123))
    for (index, (side, bytes)) in datagrams.enumerated() {
      parser.consume(
        bytes.bytes, length: bytes.count, from: side, in: FrameStamp(id: Int64(index + 1), time: time), context: context
      )
    }
    parser.finish(context: context)
    return context.sink.emittedRows().of("ntp_messages")
  }

  @Test("version, mode, stratum and reference; the offset is of a server's clock")
  func messages() {
    // 1700000000 s since 1970, and half a second.
    let rows = rows([
      (.client, NTP.message(0x23, stratum: 0, reference: [0, 0, 0, 0], seconds: 3_908_988_800, fraction: 1 << 31)),
      (.server, NTP.message(0x24, seconds: 3_908_988_800, fraction: 1 << 31)),
      (.server, NTP.message(0x1c, stratum: 1, reference: Array("GPS\0".utf8), seconds: 3_908_988_799)),
      (.server, NTP.message(0xe4, stratum: 0, reference: Array("RATE".utf8))),
      (.client, NTP.message(0x21)), (.server, NTP.message(0x0d)),
    ])
    #expect(rows.map { $0["mode"] } == ["client", "server", "server", "server", "symmetric-active", "broadcast"])
    #expect(rows.map { $0["version"] } == [4, 4, 3, 4, 4, 1])
    #expect(rows.map { $0["stratum"] } == [0, 2, 1, 0, 2, 2])
    #expect(rows.map { $0["reference"] } == [nil, "192.0.2.1", "GPS", "RATE", "192.0.2.1", "192.0.2.1"])
    #expect(rows.map { $0["offset_ns"] } == [nil, 500_000_000, -1_000_000_000, nil, nil, nil])
    #expect(rows.allSatisfy { $0["request"] == nil && $0["is_response"] == nil })
  }

  @Test("the next era begins in 2036; without a time of the frame there is no offset")
  func eras() {
    let next = NTP.message(0x24, seconds: 1)
    #expect(rows([(.server, next)], time: 2_085_978_496_000_000_000)[0]["offset_ns"] == 1_000_000_000)
    #expect(rows([(.server, next)], time: nil)[0]["offset_ns"] == nil)
    #expect(rows([(.server, next)], time: .min)[0]["offset_ns"] == nil)
  }

  @Test("requests that reflectors are looked for with, the first ones of a flow")
  func controls() {
    let monlist: [UInt8] = [0x17, 0, 3, 42, 0, 0, 0, 0]
    let readvar: [UInt8] = [0x16, 2] + [UInt8](repeating: 0, count: 10)
    let rows = rows([
      (.client, monlist), (.client, readvar), (.server, [0x97, 0, 3, 20] + [UInt8](repeating: 0, count: 100)),
      (.server, [0x16, 0x9f] + [UInt8](repeating: 0, count: 10)),
    ])
    #expect(rows.map { $0["mode"] } == ["private", "control", "private", "control"])
    #expect(rows.map { $0["request"] } == ["monlist", "readvar", "monlist", "31"])
    #expect(rows.map { $0["is_response"] } == [0, 0, 1, 1])
    #expect(self.rows(Array(repeating: (.client, monlist), count: 100)).count == 16)
  }

  @Test("port 123 with a version, a mode and its length is what tells NTP")
  func probe() {
    func answer(_ bytes: [UInt8], _ side: Side, _ port: UInt16 = 123) -> String {
      "\(NTPParser.probe(bytes.bytes, from: side, flow: ParserDriver.flow(port: port)))"
    }
    #expect(answer(NTP.message(0x23), .client) == "match")
    #expect(answer(NTP.message(0x24), .client) == "reversed")
    #expect(answer(NTP.message(0x24), .server) == "match")
    #expect(answer(NTP.message(0x25), .client) == "match")
    #expect(answer(NTP.message(0x23), .client, 5000) == "no")
    for length in 0..<48 { #expect(answer(Array(NTP.message(0x23).prefix(length)), .client) == "no") }
    for first: UInt8 in [0x00, 0x03, 0x20, 0x2b] { #expect(answer(NTP.message(first), .client) == "no") }
    #expect(answer([0x17, 0, 3, 42, 0, 0, 0, 0], .client) == "match")
    #expect(answer([0x17, 0, 3, 42, 0, 0, 0], .client) == "no")
  }
}
