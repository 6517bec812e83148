import Bytes

/// The header of a packet of TDS ([MS-TDS] 2.2.3.1).
///
/// ```
/// type(1) status(1) length(2, with the header) spid(2) packet(1) window(1)
/// ```
enum TDSPacket {
  /// Bytes of the header.
  static let headerSize = 8
  /// Bytes of one packet: SQL Server allows no more.
  static let lengthLimit = 32_767

  /// Types.
  static let login7: UInt8 = 0x10
  /// A message of SSPI, by which Windows' own authentication goes on.
  static let sspi: UInt8 = 0x11
  static let preLogin: UInt8 = 0x12

  /// How long a packet is.
  static func measure(_ bytes: RawSpan) -> MessageMeasure {
    guard let type = bytes.u8(at: 0) else { return .more }
    guard (1...18).contains(type) else { return .no }
    guard let length = bytes.u16(at: 2) else { return .more }
    return (headerSize...lengthLimit).contains(Int(length)) ? .keep(Int(length)) : .no
  }

  /// Whether a client's first bytes are a PRELOGIN or a LOGIN7: neither has a window, both are short and have fields
  /// with few possible values.
  static func probe(_ bytes: RawSpan) -> Probe {
    guard let type = bytes.u8(at: 0) else { return .more }
    guard type == preLogin || type == login7, bytes.u8(at: 1) ?? 1 <= 1, bytes.u8(at: 2) ?? 0 <= 0x10,
      bytes.u8(at: 7) ?? 0 == 0
    else { return .no }
    guard let length = bytes.u16(at: 2) else { return .more }
    guard length >= 20 else { return .no }
    if type == preLogin {
      // The first option is VERSION: type 0, an offset behind the options, six bytes.
      guard bytes.u8(at: 8) ?? 0 == 0, bytes.u8(at: 9) ?? 0 == 0 else { return .no }
      guard let offset = bytes.u16(at: 9), let size = bytes.u16(at: 11) else { return .more }
      return offset >= 6 && Int(offset) + 6 + headerSize <= Int(length) && size == 6 ? .match : .no
    }
    // LOGIN7's length, then its version, both little-endian.
    guard let size = bytes.u32(at: 8)?.byteSwapped, let version = bytes.u32(at: 12) else { return .more }
    let isWhole = bytes.u8(at: 1) == 0 || Int(size) + headerSize == Int(length)
    // 0x70000000 to 0x74000004, the last byte on the wire being the first of the number.
    return isWhole && size >= 94 && size <= 131_072 && (0x70...0x74).contains(version & 0xff) ? .match : .no
  }
}
