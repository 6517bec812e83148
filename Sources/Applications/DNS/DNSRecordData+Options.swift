import Bytes

extension DNSRecordData {
  /// Appends what an OPT record says (RFC 6891, section 6.1), which has no presentation form of its own:
  /// `EDNS0 udp=1232 do COOKIE=0123456789abcdef ECS=192.0.2.0/24`.
  ///
  /// - Parameters:
  ///   - udpSize: the field that is the class elsewhere.
  ///   - ttl: extended RCODE (8 bits), version (8), DO (1), zero (15).
  mutating func writeOptions(udpSize: UInt16, ttl: UInt32, to text: inout DNSText) throws(Fault) {
    text.append("EDNS")
    text.append(decimal: ttl >> 16 & 255)
    text.append(" udp=")
    text.append(decimal: udpSize)
    if ttl & 0x8000 != 0 { text.append(" do") }
    while reader.remaining > 0 {
      let code = try reader.u16()
      let value = try reader.bytes(Int(try reader.u16()))
      text.space()
      append(option: code, to: &text)
      guard value.byteCount > 0 else { continue }
      text.append(byte: 0x3d)
      try append(value, ofOption: code, to: &text)
    }
  }

  /// The names of IANA's registry of EDNS0 option codes.
  private func append(option code: UInt16, to text: inout DNSText) {
    switch code {
    case 1: text.append("LLQ")
    case 2: text.append("UL")
    case 3: text.append("NSID")
    case 4: text.append("OWNER")
    case 5: text.append("DAU")
    case 6: text.append("DHU")
    case 7: text.append("N3U")
    case 8: text.append("ECS")
    case 9: text.append("EXPIRE")
    case 10: text.append("COOKIE")
    case 11: text.append("TCP-KEEPALIVE")
    case 12: text.append("PADDING")
    case 13: text.append("CHAIN")
    case 14: text.append("KEY-TAG")
    case 15: text.append("EDE")
    case 16: text.append("CLIENT-TAG")
    case 17: text.append("SERVER-TAG")
    case 18: text.append("REPORT-CHANNEL")
    case 19: text.append("ZONEVERSION")
    default:
      text.append("OPT")
      text.append(decimal: code)
    }
  }

  private func append(_ value: RawSpan, ofOption code: UInt16, to text: inout DNSText) throws(Fault) {
    switch code {
    case 8: try subnet(value, to: &text)
    case 9 where value.byteCount == 4: text.append(decimal: value.u32(at: 0) ?? 0)
    case 11 where value.byteCount == 2: text.append(decimal: value.u16(at: 0) ?? 0)
    case 12: text.append(decimal: value.byteCount)
    case 15:
      guard let info = value.u16(at: 0) else { throw reader.fault(.malformed, "an extended error without a code") }
      text.append(decimal: info)
      guard value.byteCount > 2 else { return }
      text.append(byte: 0x3a)
      text.append(quoted: value.part(from: 2))
    default: text.append(hexadecimal: value)
    }
  }

  /// A client subnet (RFC 7871, section 6): family(2), source prefix length(1), scope prefix length(1), the address's
  /// leading bytes. The scope is shown where it is not 0, as dig does: `192.0.2.0/24/20`.
  private func subnet(_ value: RawSpan, to text: inout DNSText) throws(Fault) {
    guard let family = value.u16(at: 0), let source = value.u8(at: 2), let scope = value.u8(at: 3) else {
      throw reader.fault(.malformed, "a client subnet cut short")
    }
    let size = family == 1 ? 4 : 16
    guard family == 1 || family == 2, value.byteCount - 4 <= size, Int(source) <= size * 8 else {
      throw reader.fault(.malformed, "a bad client subnet")
    }
    var halves: (UInt64, UInt64) = (0, 0)
    for index in 0..<16 {
      let byte = UInt64(index < size ? value.u8(at: 4 + index) ?? 0 : 0)
      if index < 8 { halves.0 = halves.0 << 8 | byte } else { halves.1 = halves.1 << 8 | byte }
    }
    if family == 1 {
      text.append(dotted: UInt32(truncatingIfNeeded: halves.0 >> 32))
    } else {
      text.append(v6: IPAddress(high: halves.0, low: halves.1))
    }
    text.append(byte: 0x2f)
    text.append(decimal: source)
    guard scope > 0 else { return }
    text.append(byte: 0x2f)
    text.append(decimal: scope)
  }
}
