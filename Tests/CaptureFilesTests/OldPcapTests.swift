import CPcap
import CaptureFiles
import Testing

@Suite("pcap variants") struct OldPcapTests {
  /// What libpcap reads of a file: time in ns, wire length and bytes of each packet.
  private func libpcap(_ bytes: [UInt8]) throws -> [Seen] {
    try withFile(bytes) { path in
      var message = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
      let handle = pcap_open_offline_with_tstamp_precision(path, UInt32(PCAP_TSTAMP_PRECISION_NANO), &message)
      let file = try #require(handle, "\(String(decoding: message.map { UInt8(bitPattern: $0) }, as: UTF8.self))")
      defer { pcap_close(file) }
      var seen: [Seen] = []
      var header: UnsafeMutablePointer<pcap_pkthdr>?
      var data: UnsafePointer<UInt8>?
      while pcap_next_ex(file, &header, &data) == 1, let header = header?.pointee, let data {
        seen.append(
          Seen(
            number: seen.count + 1, time: Int64(header.ts.tv_sec) * 1_000_000_000 + Int64(header.ts.tv_usec),
            length: Int(header.len), data: Array(UnsafeBufferPointer(start: data, count: Int(header.caplen)))))
      }
      return seen
    }
  }

  /// Records with `extra` bytes behind the lengths.
  private func file(
    magic: Int, littleEndian: Bool, version: (Int, Int) = (2, 4), extra: Int = 0, wireFirst: Bool = false
  ) -> [UInt8] {
    var file = PcapBuilder(magic: magic, littleEndian: littleEndian, version: version)
    file.trailer = [UInt8](repeating: 7, count: extra)
    for index in 1...5 {
      let data = [UInt8](repeating: UInt8(index), count: 20 * index)
      let lengths = (data.count, data.count + 10 * (index - 1))
      file.record(
        1_000_000_000 + index, 999_999 - index, data, captured: wireFirst ? lengths.1 : lengths.0,
        length: wireFirst ? lengths.0 : lengths.1)
    }
    return file.bytes
  }

  @Test("every magic number that libpcap knows gives what libpcap reads", arguments: [true, false])
  func magics(littleEndian: Bool) throws {
    for (magic, extra) in [(0xa1b2_c3d4, 0), (0xa1b2_3c4d, 0), (0xa1b2_cd34, 8)] {
      let bytes = file(magic: magic, littleEndian: littleEndian, extra: extra)
      let reading = try read(bytes)
      #expect(reading.frames == (try libpcap(bytes)))
      #expect(reading.frames.count == 5)
      #expect(reading.end == .complete)
    }
  }

  @Test(
    "every version that libpcap knows gives what libpcap reads",
    arguments: [(2, 0), (2, 1), (2, 2), (2, 3), (2, 4), (543, 0)], [true, false])
  func versions(version: (Int, Int), littleEndian: Bool) throws {
    for wireFirst in version == (2, 3) ? [true, false] : [version.0 == 543 || version.1 < 3] {
      let bytes = file(magic: 0xa1b2_c3d4, littleEndian: littleEndian, version: version, wireFirst: wireFirst)
      let reading = try read(bytes)
      #expect(reading.frames == (try libpcap(bytes)))
      #expect(reading.frames.map(\.data.count) == [20, 40, 60, 80, 100])
    }
  }

  @Test(
    "headers of records that patches made longer are told by the records",
    arguments: [(0xa1b2_c3d4, 8), (0xa1b2_c3d4, 4), (0xa1b2_cd34, 12)], [true, false])
  func patches(variant: (Int, Int), littleEndian: Bool) throws {
    let reading = try read(file(magic: variant.0, littleEndian: littleEndian, extra: variant.1))
    #expect(reading.frames.map(\.data.count) == [20, 40, 60, 80, 100])
    #expect(reading.end == .complete)
  }

  @Test("a damaged record of the usual format is damage, and no other format")
  func damage() throws {
    var bytes = file(magic: 0xa1b2_c3d4, littleEndian: true)
    // The captured length of the second record.
    bytes[24 + 36 + 11] = 0xff
    let reading = try read(bytes)
    #expect(reading.frames.map(\.data.count) == [20])
    guard case .damaged = reading.end else {
      Issue.record("\(reading.end)")
      return
    }
  }
}
