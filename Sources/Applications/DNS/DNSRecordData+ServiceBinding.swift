import Bytes

extension DNSRecordData {
  /// SVCB and HTTPS (RFC 9460, section 2): a priority, a target name, and parameters in ascending order of their keys.
  ///
  /// ```
  /// parameter = key(2) length(2) value
  /// ```
  mutating func serviceBinding(to text: inout DNSText) throws(Fault) {
    text.append(decimal: try reader.u16())
    text.space()
    try name(to: &text)
    var previous = -1
    while reader.remaining > 0 {
      let key = Int(try reader.u16())
      let length = Int(try reader.u16())
      guard key > previous else { throw reader.fault(.malformed, "parameters out of order") }
      previous = key
      let value = try reader.bytes(length)
      text.space()
      append(key: key, to: &text)
      try append(value, of: key, to: &text)
    }
  }

  /// The names of IANA's registry of service parameter keys.
  private func append(key: Int, to text: inout DNSText) {
    switch key {
    case 0: text.append("mandatory")
    case 1: text.append("alpn")
    case 2: text.append("no-default-alpn")
    case 3: text.append("port")
    case 4: text.append("ipv4hint")
    case 5: text.append("ech")
    case 6: text.append("ipv6hint")
    case 7: text.append("dohpath")
    case 8: text.append("ohttp")
    default:
      text.append("key")
      text.append(decimal: key)
    }
  }

  private mutating func append(_ value: RawSpan, of key: Int, to text: inout DNSText) throws(Fault) {
    switch key {
    case 2, 8:
      guard value.byteCount == 0 else { throw reader.fault(.malformed, "a value where none may be") }
      return
    case 0...6: text.append(byte: 0x3d)
    default:
      guard value.byteCount > 0 else { return }
      text.append(byte: 0x3d)
    }
    switch key {
    case 0: try mandatory(value, to: &text)
    case 1: try protocols(value, to: &text)
    case 3:
      guard value.byteCount == 2, let port = value.u16(at: 0) else { throw reader.fault(.malformed, "a bad port") }
      text.append(decimal: port)
    case 4: try hints(value, size: 4, to: &text)
    case 5: text.append(base64: value)
    case 6: try hints(value, size: 16, to: &text)
    default: opaque(value, to: &text)
    }
  }

  private func mandatory(_ value: RawSpan, to text: inout DNSText) throws(Fault) {
    guard value.byteCount > 0, value.byteCount % 2 == 0 else { throw reader.fault(.malformed, "bad mandatory keys") }
    for offset in stride(from: 0, to: value.byteCount, by: 2) {
      if offset > 0 { text.append(byte: 0x2c) }
      append(key: Int(value.u16(at: offset) ?? 0), to: &text)
    }
  }

  private mutating func hints(_ value: RawSpan, size: Int, to text: inout DNSText) throws(Fault) {
    guard value.byteCount > 0, value.byteCount % size == 0 else { throw reader.fault(.malformed, "bad address hints") }
    for offset in stride(from: 0, to: value.byteCount, by: size) {
      if offset > 0 { text.append(byte: 0x2c) }
      guard let hint = size == 4 ? IPAddress(v4: value, at: offset) : IPAddress(v6: value, at: offset) else { break }
      if address == nil { address = hint }
      if size == 4 { text.append(dotted: hint.v4) } else { text.append(v6: hint) }
    }
  }

  /// Protocol identifiers, each with a length byte. A comma or backslash in one is escaped for the list, and the
  /// escapes again for the quoted string (RFC 9460, appendix A.1).
  private func protocols(_ value: RawSpan, to text: inout DNSText) throws(Fault) {
    guard value.byteCount > 0 else { throw reader.fault(.malformed, "an empty protocol list") }
    let isPlain = value.firstIndex(of: 0x2c) == nil && value.firstIndex(of: 0x5c) == nil
    let needsQuotes = !isPlain || value.firstIndex(of: 0x20) != nil || value.firstIndex(of: 0x22) != nil
    if needsQuotes { text.append(byte: 0x22) }
    var offset = 0
    while let length = value.u8(at: offset) {
      if offset > 0 { text.append(byte: 0x2c) }
      offset += 1
      guard length > 0, offset + Int(length) <= value.byteCount else {
        throw reader.fault(.malformed, "a bad protocol identifier")
      }
      for index in offset..<(offset + Int(length)) {
        guard let byte = value.u8(at: index) else { break }
        switch byte {
        case 0x5c: text.append("\\\\\\\\")
        case 0x2c: text.append("\\\\,")
        case 0x22: text.append("\\\"")
        default: text.append(byte: byte)
        }
      }
      offset += Int(length)
    }
    if needsQuotes { text.append(byte: 0x22) }
  }

  /// A value of unknown form: as it is where it is one plain word, else quoted, with `\DDD` for what is not printable.
  private func opaque(_ value: RawSpan, to text: inout DNSText) {
    var isWord = true
    for index in 0..<value.byteCount {
      guard let byte = value.u8(at: index) else { break }
      isWord = isWord && byte > 0x20 && byte < 0x7f && ![0x22, 0x28, 0x29, 0x3b, 0x5c].contains(byte)
    }
    if !isWord { text.append(byte: 0x22) }
    for index in 0..<value.byteCount {
      guard let byte = value.u8(at: index) else { break }
      if byte < 0x20 || byte > 0x7e {
        text.append(byte: 0x5c)
        text.append(decimal: Int(byte), width: 3)
      } else {
        if byte == 0x22 || byte == 0x5c { text.append(byte: 0x5c) }
        text.append(byte: byte)
      }
    }
    if !isWord { text.append(byte: 0x22) }
  }
}
