import Bytes

/// What the header of a message of SMB 1 ([MS-CIFS] 2.2.3.1, 32 bytes) or of SMB 2 and 3 ([MS-SMB2] 2.2.1, 64 bytes)
/// says. All numbers are little-endian.
///
/// ```
/// SMB 1: ff "SMB", command 1, status 4, flags 1, flags2 2, ..., multiplex identifier 2 at 30
/// SMB 2: fe "SMB", size 2 (64), credit charge 2, status 4, command 2, credits 2, flags 4, next 4, message identifier 8
/// ```
struct SMBHeader {
  static let version1 = 0xff53_4d42 as UInt32
  static let version2 = 0xfe53_4d42 as UInt32
  /// An encrypted message of SMB 3 ([MS-SMB2] 2.2.41).
  static let encrypted = 0xfd53_4d42 as UInt32
  /// A compressed message of SMB 3.1.1 ([MS-SMB2] 2.2.42).
  static let compressed = 0xfc53_4d42 as UInt32
  /// Bytes of the header of SMB 1.
  static let size1 = 32
  /// Bytes of the header of SMB 2.
  static let size2 = 64
  /// Bytes from which `kind` is known.
  static let kindSize = 14

  /// What a message is for, as far as logins need it.
  enum Kind {
    case negotiate, sessionSetup, other
  }

  let isVersion2: Bool
  let kind: Kind
  let isResponse: Bool
  /// Whether texts are UTF-16. Only for SMB 1.
  let isUnicode: Bool
  /// What the server says.
  let status: SMBStatus
  /// The same in a request and its response.
  let messageID: UInt64

  /// The header at the front of `message`; nil where there is none, or one of a message that is encrypted or compressed.
  init?(_ message: RawSpan) {
    guard let kind = SMBHeader.kind(message) else { return nil }
    self.kind = kind
    isVersion2 = message.u32(at: 0) == SMBHeader.version2
    if isVersion2 {
      guard message.byteCount >= SMBHeader.size2, let flags = message.u32(at: 16), let status = message.u32(at: 8),
        let identifier = message.u64(at: 24)
      else { return nil }
      isResponse = flags.byteSwapped & 1 == 1
      isUnicode = true
      self.status = SMBStatus(code: status.byteSwapped)
      messageID = identifier
    } else {
      guard message.byteCount > SMBHeader.size1, let flags = message.u8(at: 9), let flags2 = message.u16(at: 10),
        let status = message.u32(at: 5), let identifier = message.u16(at: 30)
      else { return nil }
      isResponse = flags & 0x80 != 0
      isUnicode = flags2.byteSwapped & 0x8000 != 0
      self.status =
        flags2.byteSwapped & 0x4000 != 0
        ? SMBStatus(code: status.byteSwapped)
        : SMBStatus(errorClass: UInt8(status >> 24), error: UInt16(truncatingIfNeeded: status).byteSwapped)
      messageID = UInt64(identifier)
    }
  }

  /// What the message that begins so is for, `other` also where it is encrypted or compressed; nil where it is none of SMB.
  static func kind(_ message: RawSpan) -> Kind? {
    switch message.u32(at: 0) {
    case version1:
      switch message.u8(at: 4) {
      case 0x72: return .negotiate
      case 0x73: return .sessionSetup
      default: return .other
      }
    case version2:
      guard message.u16(at: 4) == 0x4000 else { return nil }
      return message.u16(at: 12) == 0x0100 ? .sessionSetup : .other
    case encrypted, compressed: return .other
    default: return nil
    }
  }
}
