import Bytes

/// A performative of the SASL layer of AMQP 1.0 (part 5, section 5.3.3): a descriptor and a list, whose first two fields
/// are read.
struct AMQPPerformative: Equatable {
  /// 0x40 mechanisms, 0x41 init, 0x42 challenge, 0x43 response, 0x44 outcome.
  let descriptor: UInt8
  /// The binary, string or symbol in the first place; of a byte that byte. Nil: null or something else.
  let first: [UInt8]?
  /// The same in the second place.
  let second: [UInt8]?

  /// Nil where `body` is of another form.
  init?(_ body: [UInt8]) {
    let bytes = body.bytes
    var offset: Int
    if bytes.u16(at: 0) == 0x0053, let code = bytes.u8(at: 2) {
      (descriptor, offset) = (code, 3)
    } else if bytes.u64(at: 1).map({ $0 >> 8 }) == 0x80_0000_0000_0000, bytes.u8(at: 0) == 0,
      let code = bytes.u8(at: 9)
    {
      (descriptor, offset) = (code, 10)
    } else {
      return nil
    }
    let count: UInt32?
    switch bytes.u8(at: offset) {
    case 0x45: (count, offset) = (0, offset + 1)
    case 0xc0: (count, offset) = (bytes.u8(at: offset + 2).map(UInt32.init), offset + 3)
    case 0xd0: (count, offset) = (bytes.u32(at: offset + 5), offset + 9)
    default: return nil
    }
    guard (0x40...0x44).contains(descriptor), let count else { return nil }
    first = count > 0 ? AMQPPerformative.value(bytes, at: &offset) : nil
    second = count > 1 ? AMQPPerformative.value(bytes, at: &offset) : nil
  }

  /// One value (part 1, section 1.6), behind which `offset` is moved; behind one that is not read nothing is.
  private static func value(_ bytes: RawSpan, at offset: inout Int) -> [UInt8]? {
    let start: Int
    let length: Int?
    switch bytes.u8(at: offset) {
    case 0x50: (start, length) = (offset + 1, 1)
    case 0xa0, 0xa1, 0xa3: (start, length) = (offset + 2, bytes.u8(at: offset + 1).map(Int.init))
    case 0xb0, 0xb1, 0xb3: (start, length) = (offset + 5, bytes.u32(at: offset + 1).map(Int.init))
    case 0x40: (start, length) = (offset + 1, nil)
    default: (start, length) = (bytes.byteCount, nil)
    }
    offset = start
    guard let length, start + length <= bytes.byteCount else { return nil }
    offset = start + length
    return bytes.part(from: start, to: offset).copied()
  }
}
