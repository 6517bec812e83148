import Bytes

extension PcapFileHeader {
  /// Records that are looked at, as far as the file's beginning holds them.
  private static let recordsChecked = 3

  /// Takes the length of the records' headers that the records themselves speak for, where that of the magic number makes no
  /// sense: patched versions of libpcap wrote more behind the lengths and left the magic number as it was. libpcap does not
  /// read these; Wireshark tells them in the same way.
  ///
  /// - Red Hat's of 1999 (ss990417): interface index, protocol and packet type, 8 bytes.
  /// - SuSE's of 1999 (ss990915), with the magic number of Alexey Kuznetzov's: CPUs as well, 12 bytes.
  /// - Nokia's: 4 bytes.
  mutating func settleRecordHeader(_ beginning: RawSpan) {
    guard lengthOrder == .capturedFirst, sensibleRecords(beginning, recordHeaderLength) == nil else { return }
    let others = recordHeaderLength == 16 ? [24, 20] : recordHeaderLength == 24 ? [28] : []
    // One record may make sense by chance.
    if let other = others.first(where: { (sensibleRecords(beginning, $0) ?? 0) >= 2 }) { recordHeaderLength = other }
  }

  /// Records at the start of the file that make sense with headers of `length` bytes; nil where one does not.
  private func sensibleRecords(_ beginning: RawSpan, _ length: Int) -> Int? {
    let order = ByteOrder(isLittleEndian: isLittleEndian)
    let limit = CaptureLimits.frameLength(linkType: linkType)
    let unitsPerSecond = 1_000_000_000 / nanosecondsPerUnit
    var offset = headerLength
    for count in 0..<PcapFileHeader.recordsChecked {
      guard let fraction = order.u32(beginning, at: offset &+ 4), let captured = order.u32(beginning, at: offset &+ 8),
        let wire = order.u32(beginning, at: offset &+ 12)
      else { return count }
      guard Int64(fraction) < unitsPerSecond, Int(captured) <= limit, captured <= wire else { return nil }
      offset &+= length &+ Int(captured)
      if offset > beginning.byteCount { return count }
    }
    return PcapFileHeader.recordsChecked
  }
}
