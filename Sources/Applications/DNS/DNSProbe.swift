import Bytes

/// Tells DNS messages from other bytes.
enum DNSProbe {
  /// DNS (RFC 1035, section 4.2).
  static let dnsPort: UInt16 = 53
  /// Multicast DNS (RFC 6762).
  static let mdnsPort: UInt16 = 5353
  /// Link-local multicast name resolution (RFC 4795).
  static let llmnrPort: UInt16 = 5355

  /// Ports whose traffic looks like DNS and is not (NetBIOS name and datagram services), or is known to be another
  /// protocol's (SSDP).
  static func isForeign(_ port: UInt16) -> Bool {
    port == 137 || port == 138 || port == 1900
  }

  /// Whether datagrams of this port are not called `dns`: they are another protocol's, or have a name of their own.
  static func isElse(_ port: UInt16) -> Bool {
    isForeign(port) || port == mdnsPort || port == llmnrPort
  }

  /// Whether a header is such as a resolver or server sends that has one question, in a message of `length` bytes.
  static func hasUsualHeader(_ header: DNSHeader, length: Int) -> Bool {
    header.questionCount == 1 && !header.hasReservedBit && header.isPlausible(length: length)
      && header.opcode != DNSCodes.statefulOperations && header.rcode <= 11 && (header.isResponse || header.rcode == 0)
      && (header.isResponse || header.opcode == 5 || header.recordCounts.answer <= 1)
  }

  /// Whether `bytes` are one whole message with a question, to their last byte.
  static func isWholeMessage(_ bytes: RawSpan) -> Bool {
    guard let header = DNSHeader(bytes), hasUsualHeader(header, length: bytes.byteCount) else { return false }
    guard var offset = endOfQuestion(bytes) else { return false }
    let counts = header.recordCounts
    for _ in 0..<(counts.answer + counts.authority + counts.additional) {
      guard let end = DNSName.end(bytes, at: offset), let fields = bytes.u32(at: end),
        let length = bytes.u16(at: end + 8)
      else { return false }
      let isOption = fields >> 16 == UInt32(DNSRecordType.opt.value)
      guard isOption || DNSCodes.isKnown(recordClass: UInt16(truncatingIfNeeded: fields)) else { return false }
      offset = end + 10 + Int(length)
      guard offset <= bytes.byteCount else { return false }
    }
    return offset == bytes.byteCount
  }

  /// The offset behind the first question, or nil where there is no valid one.
  static func endOfQuestion(_ bytes: RawSpan) -> Int? {
    guard let end = DNSName.end(bytes, at: DNSHeader.size), let type = bytes.u16(at: end), type != 0,
      let recordClass = bytes.u16(at: end + 2), DNSCodes.isKnown(recordClass: recordClass)
    else { return nil }
    return end + 4
  }

  /// What a datagram from `side` says. On `port` every datagram is taken; elsewhere only what is a message throughout.
  static func datagram(_ payload: RawSpan, from side: Side, flow: FlowIdentity, port: UInt16) -> Probe {
    if payload.byteCount == 0 { return .more }
    let isServer = flow.server.port == port
    let isClient = flow.client.port == port
    if !isServer, !isWholeMessage(payload) { return .no }
    if isServer, !isClient { return .match }
    guard let header = DNSHeader(payload) else { return .match }
    return header.isResponse == (side == .server) ? .match : .reversed
  }
}
