import Records

/// A row of `frame_flags`, whose key is the frame's.
///
/// The flags word (draft-ietf-opsawg-pcapng, section 4.3.1), bits from the least significant:
///
/// ```
///  0- 1  direction: 1 inbound, 2 outbound
///  2- 4  reception: 1 unicast, 2 multicast, 3 broadcast, 4 promiscuous
///  5- 8  bytes of the frame check sequence
/// 16-31  errors of the link layer
/// ```
struct FrameFlagsRecord: Record {
  static let table = Table("frame_flags", ["direction", "reception", "fcs_length", "errors"])

  let flags: UInt32

  /// Nil where the flags say nothing.
  init?(_ flags: UInt32) {
    // Bits 9 to 15 are reserved.
    guard flags & 0xffff_01ff != 0 else { return nil }
    self.flags = flags
  }

  func encode(into row: inout RowEncoder) {
    switch flags & 3 {
    case 1: row.text("in")
    case 2: row.text("out")
    default: row.null()
    }
    switch flags >> 2 & 7 {
    case 1: row.text("unicast")
    case 2: row.text("multicast")
    case 3: row.text("broadcast")
    case 4: row.text("promiscuous")
    default: row.null()
    }
    let length = flags >> 5 & 15
    row.integer(length == 0 ? nil : Int64(length))
    row.integer(flags >> 16)
  }
}
