import Bytes

/// Tells LDAP by its first message: a bind, a search or an extended request, whose fields are looked at as far as they
/// have one possible form.
enum LDAPProbe {
  /// What the bytes of one side say of a client's first message.
  static func look(_ bytes: RawSpan) -> Probe {
    switch LDAPMessage.look(bytes) {
    case .more: return .more
    case .no: return .no
    case .operation(let tag, let offset, let total):
      switch BERHeader.look(bytes, at: offset) {
      case .more: return .more
      case .no: return .no
      case .header(let header):
        let end = offset + header.total
        // Only controls may follow the operation.
        guard end == total || end < total && bytes.u8(at: end) ?? 0xa0 == 0xa0 else { return .no }
        return look(bytes, tag: tag, at: offset + header.size, end: end)
      }
    }
  }

  private static func look(_ bytes: RawSpan, tag: UInt8, at start: Int, end: Int) -> Probe {
    switch tag {
    case LDAPMessage.bindRequest:
      return bind(bytes, at: start, end: end)
    case LDAPMessage.searchRequest:
      return field(bytes, at: start, end: end, tag: BERReader.octetString) { bytes, behind in
        // scope and derefAliases, both ENUMERATED 0 to 3, then the size limit.
        matches(bytes, at: behind, [0x0a...0x0a, 1...1, 0...3, 0x0a...0x0a, 1...1, 0...3, 2...2])
      }
    case LDAPMessage.extendedRequest:
      guard let first = bytes.u8(at: start), let length = bytes.u8(at: start + 1) else { return .more }
      guard first == 0x80, (5...64).contains(length), start + 2 + Int(length) <= end else { return .no }
      return name(bytes, at: start + 2, count: Int(length))
    default: return .no
    }
  }

  private static func bind(_ bytes: RawSpan, at start: Int, end: Int) -> Probe {
    let version = matches(bytes, at: start, [2...2, 1...1, 2...3])
    guard case .match = version else { return version }
    return field(bytes, at: start + 3, end: end, tag: BERReader.octetString) { bytes, behind in
      guard let tag = bytes.u8(at: behind) else { return .more }
      guard tag == 0x80 || tag == 0xa3 || LDAPMessage.sicily.contains(tag) else { return .no }
      switch BERHeader.look(bytes, at: behind) {
      case .more: return .more
      case .no: return .no
      case .header(let header): return behind + header.total == end ? .match : .no
      }
    }
  }

  /// Whether a requestName, an object identifier in dotted decimal, stands at `offset`.
  private static func name(_ bytes: RawSpan, at offset: Int, count: Int) -> Probe {
    for index in 0..<count {
      guard let byte = bytes.u8(at: offset + index) else { return .more }
      guard byte &- 0x30 < 10 || byte == UInt8(ascii: ".") && index > 0 else { return .no }
    }
    return .match
  }

  /// Passes over the element with `tag` at `offset` and asks `next` of what is behind it.
  private static func field(
    _ bytes: RawSpan, at offset: Int, end: Int, tag: UInt8, next: (RawSpan, Int) -> Probe
  ) -> Probe {
    guard let found = bytes.u8(at: offset) else { return .more }
    guard found == tag else { return .no }
    switch BERHeader.look(bytes, at: offset) {
    case .more: return .more
    case .no: return .no
    case .header(let header): return offset + header.total < end ? next(bytes, offset + header.total) : .no
    }
  }

  private static func matches(_ bytes: RawSpan, at offset: Int, _ ranges: [ClosedRange<UInt8>]) -> Probe {
    for (index, range) in ranges.enumerated() {
      guard let byte = bytes.u8(at: offset + index) else { return .more }
      guard range.contains(byte) else { return .no }
    }
    return .match
  }
}
