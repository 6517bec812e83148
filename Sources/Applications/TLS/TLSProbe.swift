import Bytes

/// Tells TLS and DTLS by their first bytes.
enum TLSProbe {
  /// What the bytes of one side look like.
  private enum Look {
    case silent
    case clientHello
    case serverHello
    case records
    case more
    case no
  }

  /// What the first bytes of a TCP connection say.
  static func stream(client: RawSpan, server: RawSpan, fromStart: Bool) -> Probe {
    let clientLook = look(client, fromStart: fromStart)
    let serverLook = look(server, fromStart: fromStart)
    switch (clientLook, serverLook) {
    case (.clientHello, _), (_, .serverHello): return .match
    case (.serverHello, _), (_, .clientHello): return .reversed
    case (.no, _), (_, .no): return .no
    case (.records, _), (_, .records): return .match
    default: return .more
    }
  }

  private static func look(_ bytes: RawSpan, fromStart: Bool) -> Look {
    guard let first = bytes.u8(at: 0) else { return .silent }
    if first & 0x80 != 0 { return lookSSLv2(bytes) }
    guard (20...23).contains(first), bytes.u8(at: 1).map({ $0 == 3 }) ?? true,
      bytes.u8(at: 2).map({ $0 <= 4 }) ?? true
    else { return .no }
    guard let high = bytes.u8(at: 0), let version = bytes.u16(at: 1), let length = bytes.u16(at: 3) else {
      return .more
    }
    let header = TLSRecordHeader(UInt64(high) << 32 | UInt64(version) << 16 | UInt64(length))
    guard let header, header.isTypical else { return .no }
    guard bytes.byteCount > TLSRecordHeader.size else { return .more }
    if first == 22 {
      let hello = lookHello(bytes, recordLength: header.length)
      if hello != .no || fromStart { return hello }
    }
    return followsRecord(bytes, behind: header.length + TLSRecordHeader.size) ? .records : .no
  }

  /// Whether the bytes behind the first record, as far as there are any, begin another one.
  private static func followsRecord(_ bytes: RawSpan, behind offset: Int) -> Bool {
    guard let type = bytes.u8(at: offset) else { return true }
    return (20...24).contains(type) && bytes.u8(at: offset + 1).map { $0 == 3 } ?? true
  }

  /// A hello at the start of a handshake record: type, a length that suits the record's, and a version.
  private static func lookHello(_ bytes: RawSpan, recordLength: Int) -> Look {
    guard let type = bytes.u8(at: 5), type == 1 || type == 2 else { return .no }
    guard let high = bytes.u8(at: 6), let low = bytes.u16(at: 7), let major = bytes.u8(at: 9) else {
      return (bytes.u8(at: 6) ?? 0) <= 1 ? .more : .no
    }
    let length = Int(high) << 16 | Int(low)
    // A ClientHello has at least a version, a random and three lengths; one that is longer than its record goes on in
    // the next.
    guard length >= 36, length <= TLSHandshakeRows.messageLimit else { return .no }
    if type == 1 {
      // Other messages cannot follow a ClientHello in its record.
      guard major == 3, length + 4 >= recordLength else { return .no }
      return .clientHello
    }
    return major == 3 || major == 0x7f ? .serverHello : .no
  }

  private static func lookSSLv2(_ bytes: RawSpan) -> Look {
    if let type = bytes.u8(at: 2), type != 1 { return .no }
    guard let head = bytes.u32(at: 0), let last = bytes.u8(at: 4) else { return .more }
    let header = UInt64(head) << 8 | UInt64(last)
    guard SSLv2ClientHello.begins(header) else { return .no }
    guard let kinds = bytes.u16(at: 5), let session = bytes.u16(at: 7), let challenge = bytes.u16(at: 9) else {
      return .more
    }
    let length = 9 + Int(kinds) + Int(session) + Int(challenge)
    return kinds > 0 && kinds % 3 == 0 && length == SSLv2ClientHello.length(header) ? .clientHello : .no
  }

  /// What a datagram from `side` says: a DTLS record (RFC 6347, section 4.1) of a version in use. Hellos also tell which
  /// side is the client.
  static func datagram(_ payload: RawSpan, from side: Side) -> Probe {
    guard let record = DTLSRecordHeader(payload) else { return .no }
    guard record.type == 22, record.epoch == 0 else { return .match }
    guard let fragment = DTLSFragmentHeader(payload, at: DTLSRecordHeader.size),
      DTLSFragmentHeader.size + fragment.count <= record.length
    else { return .no }
    switch TLSHandshakeType(rawValue: fragment.type) {
    case .clientHello: return side == .client ? .match : .reversed
    case .serverHello, .helloVerifyRequest: return side == .server ? .match : .reversed
    case nil: return .no
    default: return .match
    }
  }
}
