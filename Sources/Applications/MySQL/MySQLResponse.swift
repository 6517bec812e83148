import Bytes

/// The packet with which a client answers the greeting (MySQL internals, Protocol::HandshakeResponse41 and 320).
///
/// ```
/// capabilities(4) max packet(4) charset(1) zero(23) user NUL response [database NUL] [plugin NUL]   little-endian
/// capabilities(2) max packet(3) user NUL response                                                  before 4.1
/// ```
struct MySQLResponse: Equatable, Sendable {
  /// Bits of `capabilities`.
  private enum Flag {
    static let connectWithDatabase: UInt32 = 0x8
    static let protocol41: UInt32 = 0x200
    static let encryption: UInt32 = 0x800
    static let secureConnection: UInt32 = 0x8000
    static let plugin: UInt32 = 0x80000
    static let lengthEncodedResponse: UInt32 = 0x200000
  }

  /// Whether the client asks for TLS and will send the packet again within it; nothing else is told then.
  var asksEncryption = false
  var user = ""
  var response: [UInt8] = []
  /// Nil: none named.
  var database: String?
  /// How the response was made; nil: not named.
  var plugin: String?

  /// The packet behind its header; nil: malformed.
  init?(_ bytes: RawSpan) {
    guard let low = bytes.u16(at: 0)?.byteSwapped else { return nil }
    guard UInt32(low) & Flag.protocol41 != 0 else {
      guard let end = bytes.firstIndex(of: 0, from: 5) else { return nil }
      user = WireText.text(bytes.part(from: 5, to: end))
      plugin = "mysql_old_password"
      response = bytes.part(from: end + 1, to: bytes.firstIndex(of: 0, from: end + 1) ?? .max).copied()
      return
    }
    guard let flags = bytes.u32(at: 0)?.byteSwapped, bytes.byteCount >= 32 else { return nil }
    if flags & Flag.encryption != 0, bytes.byteCount == 32 {
      asksEncryption = true
      return
    }
    guard let end = bytes.firstIndex(of: 0, from: 32) else { return nil }
    user = WireText.text(bytes.part(from: 32, to: end))
    var offset = end + 1
    if flags & (Flag.secureConnection | Flag.lengthEncodedResponse) != 0 {
      guard let length = MySQLResponse.length(bytes, &offset, isEncoded: flags & Flag.lengthEncodedResponse != 0),
        length <= bytes.byteCount - offset
      else { return nil }
      response = bytes.part(from: offset, to: offset + length).copied()
      offset += length
    } else {
      let end = bytes.firstIndex(of: 0, from: offset) ?? bytes.byteCount
      response = bytes.part(from: offset, to: end).copied()
      offset = end + 1
    }
    if flags & Flag.connectWithDatabase != 0, let end = bytes.firstIndex(of: 0, from: offset) {
      database = end == offset ? nil : WireText.text(bytes.part(from: offset, to: end))
      offset = end + 1
    }
    if flags & Flag.plugin != 0, offset < bytes.byteCount {
      plugin = WireText.text(bytes.part(from: offset, to: bytes.firstIndex(of: 0, from: offset) ?? .max))
    }
  }

  /// The length of the response: one byte, or length-encoded, of which none needs more than two bytes behind the first.
  private static func length(_ bytes: RawSpan, _ offset: inout Int, isEncoded: Bool) -> Int? {
    guard let first = bytes.u8(at: offset) else { return nil }
    offset += 1
    guard isEncoded, first > 0xfa else { return Int(first) }
    guard first == 0xfc, let length = bytes.u16(at: offset)?.byteSwapped else { return nil }
    offset += 2
    return Int(length)
  }
}
