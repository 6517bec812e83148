import Bytes

/// The parts of an LDAPMessage (RFC 4511, section 4.1.1) that every one has.
///
/// ```
/// LDAPMessage ::= SEQUENCE {
///   messageID  INTEGER (0 .. 2147483647),
///   protocolOp CHOICE { bindRequest [APPLICATION 0], ... },
///   controls   [0] Controls OPTIONAL }
/// ```
struct LDAPMessage {
  /// Tags of operations.
  static let bindRequest: UInt8 = 0x60
  static let bindResponse: UInt8 = 0x61
  static let searchRequest: UInt8 = 0x63
  static let extendedRequest: UInt8 = 0x77
  static let extendedResponse: UInt8 = 0x78
  /// Tags of Windows' own ways in a bind.
  static let sicily: ClosedRange<UInt8> = 0x89...0x8b

  /// Bytes of one message that are kept. A bind with a large Kerberos ticket has some 12,000.
  static let keepLimit = 65_536

  private static let operations: Set<UInt8> = [
    0x60, 0x61, 0x42, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x4a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f, 0x50, 0x73, 0x77,
    0x78, 0x79,
  ]

  /// Where the operation begins, and its tag, as far as the bytes tell.
  enum Look {
    case more
    case no
    case operation(tag: UInt8, offset: Int, total: Int)
  }

  /// What stands at the start of `bytes`.
  static func look(_ bytes: RawSpan) -> Look {
    if let first = bytes.u8(at: 0), first != BERReader.sequence { return .no }
    switch BERHeader.look(bytes) {
    case .more: return .more
    case .no: return .no
    case .header(let header):
      guard let tag = bytes.u8(at: header.size) else { return .more }
      guard tag == BERReader.integer else { return .no }
      guard let count = bytes.u8(at: header.size + 1) else { return .more }
      guard (1...4).contains(count) else { return .no }
      guard let high = bytes.u8(at: header.size + 2) else { return .more }
      guard high < 0x80 else { return .no }
      let offset = header.size + 2 + Int(count)
      guard let operation = bytes.u8(at: offset) else { return .more }
      guard operations.contains(operation), offset + 2 <= header.total else { return .no }
      return .operation(tag: operation, offset: offset, total: header.total)
    }
  }

  /// How long a message is, and whether it may tell something about a login or encryption.
  static func measure(_ bytes: RawSpan) -> MessageMeasure {
    switch look(bytes) {
    case .more: .more
    case .no: .no
    case .operation(bindRequest, _, let total), .operation(bindResponse, _, let total),
      .operation(extendedRequest, _, let total), .operation(extendedResponse, _, let total):
      .keep(total)
    case .operation(_, _, let total): .skip(total)
    }
  }
}
