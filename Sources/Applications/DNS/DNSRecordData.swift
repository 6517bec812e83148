import Bytes

/// Turns the RDATA of one record into presentation form.
///
/// Names in it are unfolded wherever they stand, also in types whose names must not be compressed (RFC 3597,
/// section 4).
struct DNSRecordData: ~Escapable {
  /// At the RDATA, over the message up to the RDATA's end.
  var reader: ByteReader
  /// Bytes that names may still unfold to; see `DNSName.budget`.
  var work: Int
  /// The record's address, or its first address hint.
  var address: IPAddress?
  private let start: Int

  /// The data at `rdata` of `message`.
  @_lifetime(copy message)
  init(_ message: RawSpan, _ rdata: Range<Int>, work: Int) {
    var reader = ByteReader(message.part(from: 0, to: rdata.upperBound), layer: "DNS record")
    // The caller has checked the range; at an impossible one nothing would be read.
    try? reader.seek(to: rdata.lowerBound)
    self.reader = reader
    self.work = work
    self.start = rdata.lowerBound
  }

  /// Appends the data in its type's presentation form, or in RFC 3597's where it has none. Bytes left over are a fault.
  mutating func write(_ type: DNSRecordType, _ recordClass: UInt16, to text: inout DNSText) throws(Fault) {
    // An update deletes with class ANY or NONE and no data (RFC 2136, section 2.5).
    if reader.remaining == 0, recordClass >= 254 { return writeUnknown(to: &text) }
    switch type.value {
    case 1:
      // The Chaos net's addresses are something else.
      guard recordClass & 0x7fff != 3, recordClass & 0x7fff != 4 else { return writeUnknown(to: &text) }
      try writeAddress(isV4: true, to: &text)
    case 28: try writeAddress(isV4: false, to: &text)
    case 2, 3, 4, 5, 7, 8, 9, 12, 23, 39: try name(to: &text)
    case 11: try services(to: &text)
    case 15, 18, 21, 36, 107: try write("2N", to: &text)
    case 6: try write("NN44444", to: &text)
    case 14, 17, 58: try write("NN", to: &text)
    case 26: try write("2NN", to: &text)
    case 16, 56, 99, 258, 261, 262, 263: try strings(to: &text)
    case 13: try write("SS", to: &text)
    case 19: try write("S", to: &text)
    case 20: try strings(to: &text)
    case 22: try serviceAccessPoint(to: &text)
    case 27: try write("SSS", to: &text)
    case 30: try nextName(to: &text)
    case 31, 32: try write("H", to: &text)
    case 33: try write("222N", to: &text)
    case 35: try write("22SSSN", to: &text)
    case 38: try prefixedAddress(to: &text)
    case 40: try write("111B", to: &text)
    case 42: try prefixes(to: &text)
    case 45: try keyOfGateway(to: &text)
    case 43, 59, 32768, 32769: try write("211H", to: &text)
    case 25, 48, 57, 60: try write("211B", to: &text)
    case 24, 46: try write("T114DD2NB", to: &text)
    case 47: try write("NM", to: &text)
    case 50: try write("112LCM", to: &text)
    case 51: try write("112L", to: &text)
    case 62: try write("42M", to: &text)
    case 52, 53: try write("111H", to: &text)
    case 44: try write("11H", to: &text)
    case 63: try write("411H", to: &text)
    case 37: try certificate(to: &text)
    case 55: try hostIdentity(to: &text)
    case 66: try synchronization(to: &text)
    case 49, 61, 67, 68: try write("B", to: &text)
    case 256: try write("22Q", to: &text)
    case 257: try authorization(to: &text)
    case 29: try location(to: &text)
    case 64, 65: try serviceBinding(to: &text)
    case 104, 106: try locator(to: &text)
    case 105:
      try write("2", to: &text)
      text.space()
      text.append(dotted: try reader.u32())
    case 108: try dashed(6, to: &text)
    case 109: try dashed(8, to: &text)
    case 249: try transactionKey(to: &text)
    case 250: try signature(to: &text)
    case 259: try digitalObject(to: &text)
    case 260: try multicastRelay(to: &text)
    default: return writeUnknown(to: &text)
    }
    guard reader.remaining == 0 else { throw reader.fault(.malformed, "bytes left over") }
  }

  /// Appends RFC 3597's form for any data, `\# 4 c0000201`, from its first byte on.
  mutating func writeUnknown(to text: inout DNSText) {
    let rdata = reader.whole.part(from: start)
    text.append("\\# ")
    text.append(decimal: rdata.byteCount)
    guard rdata.byteCount > 0 else { return }
    text.space()
    text.append(hexadecimal: rdata)
  }

  /// Appends fields with blanks between them. In `layout`, `1`, `2` and `4` are integers of so many bytes, `N` a name,
  /// `S` a character-string, `Q` the rest as one quoted string, `H` and `B` the rest in hexadecimal and base64, `T` a
  /// record type, `D` a date, `L` a salt, `C` a hashed owner's name, `M` the rest as a bitmap of types.
  private mutating func write(_ layout: String, to text: inout DNSText) throws(Fault) {
    var isFirst = true
    for field in layout.utf8 {
      // A bitmap puts a blank before each of its types, and may be empty.
      if !isFirst, field != UInt8(ascii: "M") { text.space() }
      isFirst = false
      switch field {
      case UInt8(ascii: "1"): text.append(decimal: try reader.u8())
      case UInt8(ascii: "2"): text.append(decimal: try reader.u16())
      case UInt8(ascii: "4"): text.append(decimal: try reader.u32())
      case UInt8(ascii: "N"): try name(to: &text)
      case UInt8(ascii: "S"): try string(to: &text)
      case UInt8(ascii: "Q"): text.append(quoted: try reader.bytes(reader.remaining))
      case UInt8(ascii: "H"): text.append(hexadecimal: try reader.bytes(reader.remaining))
      case UInt8(ascii: "B"): text.append(base64: try reader.bytes(reader.remaining))
      case UInt8(ascii: "T"): text.append(DNSRecordType(value: try reader.u16()))
      case UInt8(ascii: "D"): text.append(time: try reader.u32())
      case UInt8(ascii: "L"): try salt(to: &text)
      case UInt8(ascii: "C"): text.append(base32Hex: try reader.bytes(Int(try reader.u8())))
      default: try typeBitmap(to: &text)
      }
    }
  }

  mutating func name(to text: inout DNSText) throws(Fault) {
    let end = try text.append(nameOf: reader.whole, at: reader.offset, work: &work)
    try reader.seek(to: end)
  }

  private mutating func writeAddress(isV4: Bool, to text: inout DNSText) throws(Fault) {
    if isV4 {
      let value = try reader.u32()
      address = IPAddress(v4: value)
      text.append(dotted: value)
    } else {
      let value = IPAddress(high: try reader.u64(), low: try reader.u64())
      address = value
      text.append(v6: value)
    }
  }

  /// A character-string: a length byte and as many bytes (RFC 1035, section 3.3).
  private mutating func string(to text: inout DNSText) throws(Fault) {
    text.append(quoted: try reader.bytes(Int(try reader.u8())))
  }

  private mutating func strings(to text: inout DNSText) throws(Fault) {
    try string(to: &text)
    while reader.remaining > 0 {
      text.space()
      try string(to: &text)
    }
  }

  /// CAA (RFC 8659, section 4.1): flags, tag length, tag, value.
  private mutating func authorization(to text: inout DNSText) throws(Fault) {
    text.append(decimal: try reader.u8())
    text.space()
    let tag = try reader.bytes(Int(try reader.u8()))
    guard tag.byteCount > 0 else { throw reader.fault(.malformed, "an empty tag") }
    for index in 0..<tag.byteCount {
      guard let byte = tag.u8(at: index), (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte | 0x20) else {
        throw reader.fault(.malformed, "a tag that is not alphanumeric")
      }
      text.append(byte: byte)
    }
    text.space()
    text.append(quoted: try reader.bytes(reader.remaining))
  }

  /// NID and L64 (RFC 6742): a preference and 64 bits in four groups, without leading zeros as BIND writes them.
  private mutating func locator(to text: inout DNSText) throws(Fault) {
    text.append(decimal: try reader.u16())
    for group in 0..<4 {
      text.append(byte: group == 0 ? 0x20 : 0x3a)
      text.append(text: String(try reader.u16(), radix: 16))
    }
  }

  /// EUI48 and EUI64 (RFC 7043).
  private mutating func dashed(_ count: Int, to text: inout DNSText) throws(Fault) {
    for index in 0..<count {
      if index > 0 { text.append(byte: 0x2d) }
      text.append(hexadecimal: try reader.u8())
    }
  }
}
