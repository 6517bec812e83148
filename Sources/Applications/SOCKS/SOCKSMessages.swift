import Bytes

/// The lengths of SOCKS messages, each at the beginning of some bytes; nil where more bytes are needed.
///
/// ```
/// greeting  = 5 n methods(n)                                 choice = 5 method                  RFC 1928, section 3
/// login     = 1 n user-name(n) n password(n)                 status = 1 status                  RFC 1929
/// request   = 5 command 0 address port(2)                    reply  = 5 code 0 address port(2)  RFC 1928, section 4
/// address   = 1 IPv4(4) / 3 n name(n) / 4 IPv6(16)
/// request4  = 4 command port(2) IPv4(4) user NUL [ name NUL ]        reply4 = 0 code port(2) IPv4(4)
/// ```
/// In SOCKS4a the name is there where the address is 0.0.0.x with x above zero.
enum SOCKSMessages {
  /// Bytes that are kept of one side: of the longest client's messages, greeting, login and request together.
  static let limit = 257 + 513 + 262
  /// Bytes of the longest user or name of SOCKS4 that is read.
  static let textLimit = 255

  static func greeting(_ bytes: RawSpan) -> Int? {
    whole(bytes, bytes.u8(at: 1).map { 2 + Int($0) })
  }

  static func login(_ bytes: RawSpan) -> Int? {
    guard let name = bytes.u8(at: 1) else { return nil }
    return whole(bytes, bytes.u8(at: 2 + Int(name)).map { 3 + Int(name) + Int($0) })
  }

  /// A request, or a reply, of SOCKS5; 0: a kind of address that does not exist.
  static func request(_ bytes: RawSpan) -> Int? {
    switch bytes.u8(at: 3) {
    case nil: nil
    case 1: whole(bytes, 10)
    case 3: whole(bytes, bytes.u8(at: 4).map { 7 + Int($0) })
    case 4: whole(bytes, 22)
    default: 0
    }
  }

  /// A request of SOCKS4 or 4a; 0: a text is too long, or not printable.
  static func request4(_ bytes: RawSpan) -> Int? {
    guard let address = bytes.u32(at: 4) else { return nil }
    var index = 8
    for _ in 0..<((1...255).contains(address) ? 2 : 1) {
      let start = index
      while true {
        guard let byte = bytes.u8(at: index) else { return nil }
        index += 1
        if byte == 0 { break }
        guard (0x20...0x7e).contains(byte), index - start <= textLimit else { return 0 }
      }
    }
    return index
  }

  /// What the code of a SOCKS4 reply says of the user: 90 granted, 92 and 93 refused by what identd says of him; 91 may have
  /// any reason.
  static func isAccepted(reply4 code: UInt8) -> Bool? {
    switch code {
    case 90: true
    case 92, 93: false
    default: nil
    }
  }

  private static func whole(_ bytes: RawSpan, _ length: Int?) -> Int? {
    length.flatMap { $0 <= bytes.byteCount ? $0 : nil }
  }
}
