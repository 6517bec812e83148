import Bytes

/// Types of which the registry holds one each, and few zones any. Where RFC and BIND differ in a form, it is BIND's.
extension DNSRecordData {
  /// WKS (RFC 1035, section 3.4.2): an address, a protocol number and a bitmap of its ports.
  mutating func services(to text: inout DNSText) throws(Fault) {
    text.append(dotted: try reader.u32())
    text.space()
    text.append(decimal: try reader.u8())
    try bits(to: &text) { text, bit in text.append(decimal: bit) }
  }

  /// NSAP (RFC 1706, section 5): `0x47000580...`.
  mutating func serviceAccessPoint(to text: inout DNSText) throws(Fault) {
    text.append("0x")
    text.append(hexadecimal: try reader.bytes(reader.remaining))
  }

  /// NXT (RFC 2535, section 5.2): a name and a bitmap of types without windows.
  mutating func nextName(to text: inout DNSText) throws(Fault) {
    try name(to: &text)
    guard let first = reader.whole.u8(at: reader.offset), first & 0x80 == 0 else {
      throw reader.fault(.unsupported, "another form of NXT")
    }
    try bits(to: &text) { text, bit in text.append(DNSRecordType(value: bit)) }
  }

  /// The numbers of the bits set in the rest, each with a blank before it.
  private mutating func bits(
    to text: inout DNSText, _ write: (inout DNSText, UInt16) -> Void
  ) throws(Fault) {
    let bits = try reader.bytes(reader.remaining)
    guard bits.byteCount <= 8192 else { throw reader.fault(.malformed, "a bitmap too long") }
    for index in 0..<bits.byteCount {
      guard let byte = bits.u8(at: index), byte != 0 else { continue }
      for bit in 0..<8 where byte & (0x80 >> UInt8(bit)) != 0 {
        text.space()
        write(&text, UInt16(truncatingIfNeeded: index << 3 | bit))
      }
    }
  }

  /// A6 (RFC 2874, section 3.1): prefix length, the address's other bits, and the prefix's name where it has a length.
  mutating func prefixedAddress(to text: inout DNSText) throws(Fault) {
    let prefix = Int(try reader.u8())
    guard prefix <= 128 else { throw reader.fault(.malformed, "a prefix of \(prefix) bits") }
    text.append(decimal: prefix)
    if prefix < 128 {
      let suffix = try reader.bytes((128 - prefix + 7) / 8)
      text.space()
      text.append(v6: DNSRecordData.address(suffix, at: 16 - suffix.byteCount))
    }
    guard prefix > 0 else { return }
    text.space()
    try name(to: &text)
  }

  /// The address that has `bytes` from its byte `start` on, and zeros elsewhere.
  private static func address(_ bytes: RawSpan, at start: Int) -> IPAddress {
    var halves: (UInt64, UInt64) = (0, 0)
    for index in 0..<16 {
      let byte = UInt64(index < start ? 0 : bytes.u8(at: index - start) ?? 0)
      if index < 8 { halves.0 = halves.0 << 8 | byte } else { halves.1 = halves.1 << 8 | byte }
    }
    return IPAddress(high: halves.0, low: halves.1)
  }

  /// APL (RFC 3123, section 4): items of family(2), prefix length(1), negation(1 bit) and length(7 bits), the address's
  /// leading bytes: `1:192.168.32.0/21 !1:192.168.38.0/28`.
  mutating func prefixes(to text: inout DNSText) throws(Fault) {
    var isFirst = true
    while reader.remaining > 0 {
      let family = try reader.u16()
      let prefix = try reader.u8()
      let mark = try reader.u8()
      let part = try reader.bytes(Int(mark & 0x7f))
      let size = family == 1 ? 4 : 16
      guard family == 1 || family == 2 else { throw reader.fault(.unsupported, "addresses of family \(family)") }
      guard part.byteCount <= size, Int(prefix) <= 8 * size else { throw reader.fault(.malformed, "a bad prefix") }
      if !isFirst { text.space() }
      isFirst = false
      if mark & 0x80 != 0 { text.append(byte: 0x21) }
      text.append(decimal: family)
      text.append(byte: 0x3a)
      let address = DNSRecordData.address(part, at: 0)
      if family == 1 {
        text.append(dotted: UInt32(truncatingIfNeeded: address.high >> 32))
      } else {
        text.append(v6: address)
      }
      text.append(byte: 0x2f)
      text.append(decimal: prefix)
    }
  }

  /// IPSECKEY (RFC 4025, section 2): precedence, kind of gateway, algorithm, gateway, key.
  mutating func keyOfGateway(to text: inout DNSText) throws(Fault) {
    let (precedence, kind, algorithm) = (try reader.u8(), try reader.u8(), try reader.u8())
    text.append(decimal: precedence)
    text.space()
    text.append(decimal: kind)
    text.space()
    text.append(decimal: algorithm)
    text.space()
    try gateway(kind, to: &text)
    let key = try reader.bytes(reader.remaining)
    guard key.byteCount > 0 else { return }
    text.space()
    text.append(base64: key)
  }

  /// AMTRELAY (RFC 8777, section 4.2): precedence, discovery optional(1 bit), kind of relay(7 bits), relay.
  mutating func multicastRelay(to text: inout DNSText) throws(Fault) {
    text.append(decimal: try reader.u8())
    let kind = try reader.u8()
    text.space()
    text.append(decimal: kind >> 7)
    text.space()
    text.append(decimal: kind & 0x7f)
    text.space()
    try gateway(kind & 0x7f, to: &text)
  }

  /// A gateway or relay: 0 none, 1 an IPv4 address, 2 an IPv6 address, 3 a name.
  private mutating func gateway(_ kind: UInt8, to text: inout DNSText) throws(Fault) {
    switch kind {
    case 0: text.append(byte: 0x2e)
    case 1: text.append(dotted: try reader.u32())
    case 2: text.append(v6: IPAddress(high: try reader.u64(), low: try reader.u64()))
    case 3: try name(to: &text)
    default: throw reader.fault(.unsupported, "a gateway of kind \(kind)")
    }
  }

  /// CERT (RFC 4398, section 2): kind, key tag, algorithm, certificate.
  mutating func certificate(to text: inout DNSText) throws(Fault) {
    let kind = try reader.u16()
    if let mnemonic = DNSRecordData.certificateKind(kind) {
      text.append(mnemonic)
    } else {
      text.append(decimal: kind)
    }
    text.space()
    text.append(decimal: try reader.u16())
    text.space()
    let algorithm = try reader.u8()
    if let mnemonic = DNSRecordData.algorithm(algorithm) {
      text.append(mnemonic)
    } else {
      text.append(decimal: algorithm)
    }
    text.space()
    text.append(base64: try reader.bytes(reader.remaining))
  }

  private static func certificateKind(_ kind: UInt16) -> StaticString? {
    switch kind {
    case 1: "PKIX"
    case 2: "SPKI"
    case 3: "PGP"
    case 4: "IPKIX"
    case 5: "ISPKI"
    case 6: "IPGP"
    case 7: "ACPKIX"
    case 8: "IACPKIX"
    case 253: "URI"
    case 254: "OID"
    default: nil
    }
  }

  /// Names of DNSSEC algorithms (IANA dns-sec-alg-numbers).
  private static func algorithm(_ number: UInt8) -> StaticString? {
    switch number {
    case 1: "RSAMD5"
    case 2: "DH"
    case 3: "DSA"
    case 5: "RSASHA1"
    case 6: "NSEC3DSA"
    case 7: "NSEC3RSASHA1"
    case 8: "RSASHA256"
    case 10: "RSASHA512"
    case 12: "ECCGOST"
    case 13: "ECDSAP256SHA256"
    case 14: "ECDSAP384SHA384"
    case 15: "ED25519"
    case 16: "ED448"
    case 252: "INDIRECT"
    case 253: "PRIVATEDNS"
    case 254: "PRIVATEOID"
    default: nil
    }
  }

  /// HIP (RFC 8005, section 5): length of the tag(1), algorithm(1), length of the key(2), tag, key, rendezvous servers.
  mutating func hostIdentity(to text: inout DNSText) throws(Fault) {
    let tagLength = Int(try reader.u8())
    text.append(decimal: try reader.u8())
    let keyLength = Int(try reader.u16())
    text.space()
    text.append(hexadecimal: try reader.bytes(tagLength))
    text.space()
    text.append(base64: try reader.bytes(keyLength))
    while reader.remaining > 0 {
      text.space()
      try name(to: &text)
    }
  }

  /// DSYNC (RFC 9859, section 2.1): type, scheme, port, target.
  mutating func synchronization(to text: inout DNSText) throws(Fault) {
    text.append(DNSRecordType(value: try reader.u16()))
    text.space()
    let scheme = try reader.u8()
    if scheme == 1 { text.append("NOTIFY") } else { text.append(decimal: scheme) }
    text.space()
    text.append(decimal: try reader.u16())
    text.space()
    try name(to: &text)
  }

  /// TKEY (RFC 2930, section 2): algorithm, inception, expiration, mode, error, key, other data.
  mutating func transactionKey(to text: inout DNSText) throws(Fault) {
    try name(to: &text)
    for _ in 0..<2 {
      text.space()
      text.append(decimal: try reader.u32())
    }
    text.space()
    text.append(decimal: try reader.u16())
    text.space()
    let error = Int(try reader.u16())
    text.append(text: error == 16 ? "BADSIG" : DNSCodes.name(rcode: error))
    for _ in 0..<2 {
      let data = try reader.bytes(Int(try reader.u16()))
      text.space()
      text.append(decimal: data.byteCount)
      guard data.byteCount > 0 else { continue }
      text.space()
      text.append(base64: data)
    }
  }

  /// DOA (draft-durand-doa-over-dns): enterprise, type, location, media type, data.
  mutating func digitalObject(to text: inout DNSText) throws(Fault) {
    text.append(decimal: try reader.u32())
    text.space()
    text.append(decimal: try reader.u32())
    text.space()
    text.append(decimal: try reader.u8())
    text.space()
    text.append(quoted: try reader.bytes(Int(try reader.u8())))
    text.space()
    let data = try reader.bytes(reader.remaining)
    if data.byteCount == 0 { text.append(byte: 0x2d) } else { text.append(base64: data) }
  }
}
