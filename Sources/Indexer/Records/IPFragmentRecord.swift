import Records

/// A row of `ip_fragments`, whose key is the frame's.
struct IPFragmentRecord: Record {
  static let table = Table(
    "ip_fragments", ["identification", "fragment_offset", "more_fragments", "ip_protocol"])

  let identification: UInt32
  /// Bytes.
  let offset: Int32
  let moreFragments: Bool
  /// IANA protocol number.
  let ipProtocol: UInt8

  func encode(into row: inout RowEncoder) {
    row.integer(identification)
    row.integer(offset)
    row.boolean(moreFragments)
    row.integer(ipProtocol)
  }
}
