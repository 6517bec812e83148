import Bytes

/// The header of a DNS message (RFC 1035, section 4.1.1; RFC 2535, section 6.1 for AD and CD).
///
/// ```
///   0  1  2  3  4  5  6  7  8  9 10 11 12 13 14 15
/// +--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+
/// |                      ID                       |
/// |QR|   Opcode  |AA|TC|RD|RA| Z|AD|CD|   RCODE   |
/// |                    QDCOUNT                    |
/// |                    ANCOUNT                    |
/// |                    NSCOUNT                    |
/// |                    ARCOUNT                    |
/// +--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+
/// ```
struct DNSHeader: Sendable, BitwiseCopyable {
  /// Bytes of the header.
  static let size = 12
  /// The shortest question: the root, a type and a class.
  static let questionMinimum = 5
  /// The shortest record: the root, type, class, TTL and an empty RDATA.
  static let recordMinimum = 11

  let id: UInt16
  let flags: UInt16
  /// Of the zone section in an update (RFC 2136).
  let questionCount: Int
  /// Of the answer, authority and additional sections.
  let recordCounts: (answer: Int, authority: Int, additional: Int)

  /// The header at `offset` of `bytes`, or nil where fewer than 12 bytes are left.
  init?(_ bytes: RawSpan, at offset: Int = 0) {
    guard let first = bytes.u32(at: offset), let second = bytes.u32(at: offset &+ 4),
      let third = bytes.u32(at: offset &+ 8)
    else { return nil }
    id = UInt16(truncatingIfNeeded: first >> 16)
    flags = UInt16(truncatingIfNeeded: first)
    questionCount = Int(second >> 16)
    recordCounts = (Int(second & 0xffff), Int(third >> 16), Int(third & 0xffff))
  }

  var isResponse: Bool { flags & 0x8000 != 0 }
  var opcode: Int { Int(flags >> 11 & 15) }
  var isAuthoritative: Bool { flags & 0x0400 != 0 }
  var isTruncated: Bool { flags & 0x0200 != 0 }
  /// The four bits of the header; EDNS has eight more.
  var rcode: Int { Int(flags & 15) }
  /// The bit that must be zero.
  var hasReservedBit: Bool { flags & 0x0040 != 0 }

  /// Whether a message of `length` bytes has room for the sections that the header counts, and its opcode is assigned.
  func isPlausible(length: Int) -> Bool {
    let records = recordCounts.answer + recordCounts.authority + recordCounts.additional
    let least = DNSHeader.size + questionCount * DNSHeader.questionMinimum + records * DNSHeader.recordMinimum
    return DNSCodes.isAssigned(opcode: opcode) && least <= length
  }
}
