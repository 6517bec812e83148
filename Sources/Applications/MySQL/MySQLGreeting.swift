import Bytes

/// The first packet of a server of MySQL or MariaDB (MySQL internals, Protocol::HandshakeV10).
///
/// ```
/// length(3) sequence(1) 10 version NUL thread(4) challenge(8) 0 capabilities(2) charset(1) status(2) capabilities(2)
/// challenge length(1) zero(6) zero or MariaDB's capabilities(4) challenge plugin NUL              little-endian
/// ```
enum MySQLGreeting {
  /// Bytes that its version may have.
  static let versionLimit = 64

  /// Bytes of the packet without its header.
  private static let lengths: ClosedRange<UInt32> = 45...400

  /// Whether `bytes` begin with one.
  static func probe(_ bytes: RawSpan) -> Probe {
    guard bytes.u8(at: 2) ?? 0 == 0, bytes.u8(at: 3) ?? 0 == 0, bytes.u8(at: 4) ?? 10 == 10 else { return .no }
    guard bytes.u8(at: 4) != nil, let head = bytes.u32(at: 0) else { return .more }
    guard lengths.contains((head >> 8).byteSwapped >> 8) else { return .no }
    guard let first = bytes.u8(at: 5) else { return .more }
    // '5.7.44', '8.0.36-0ubuntu', '11.4.2-MariaDB', '5.5.5-10.11.6-MariaDB'.
    guard first &- 0x30 < 10 else { return .no }
    for offset in 5..<(5 + versionLimit) {
      guard let byte = bytes.u8(at: offset) else { return .more }
      if byte == 0 { return behindVersion(bytes, at: offset + 1) }
      guard (0x20...0x7e).contains(byte) else { return .no }
    }
    return .no
  }

  private static func behindVersion(_ bytes: RawSpan, at offset: Int) -> Probe {
    guard bytes.u8(at: offset + 12) ?? 0 == 0 else { return .no }
    for place in (offset + 21)..<(offset + 27) {
      guard let byte = bytes.u8(at: place) else { return .more }
      guard byte == 0 else { return .no }
    }
    return .match
  }
}
