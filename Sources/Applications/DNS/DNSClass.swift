import Records

/// The class of a question or record that is not `IN` (RFC 6895, section 3.2).
struct DNSClass: Sendable, BitwiseCopyable {
  /// RFC 2136: what is to be deleted, or must not be there.
  static let none: UInt16 = 254

  let value: UInt16

  /// The class in a field of 16 bits, whose highest one is mDNS's (RFC 6762, sections 5.4 and 10.2); nil: it is `IN`.
  init?(_ field: UInt16) {
    value = field & 0x7fff
    if value == 1 { return nil }
  }

  /// Its mnemonic; nil: none.
  var mnemonic: StaticString? {
    switch value {
    case 3: "CH"
    case 4: "HS"
    case 254: "NONE"
    case 255: "ANY"
    default: nil
    }
  }
}

extension RowEncoder {
  /// The name of a class, or RFC 3597's `CLASS32`; NULL for `IN`.
  mutating func text(_ recordClass: DNSClass?) {
    guard let recordClass else { return null() }
    if let mnemonic = recordClass.mnemonic { text(mnemonic) } else { text("CLASS\(recordClass.value)") }
  }
}
