import Bytes

// Long Header Packet {                                        RFC 9000, section 17.2
//   Header Form (1) = 1,
//   Fixed Bit (1) = 1,
//   Long Packet Type (2),
//   Type-Specific Bits (4),
//   Version (32),
//   Destination Connection ID Length (8),
//   Destination Connection ID (0..160),
//   Source Connection ID Length (8),
//   Source Connection ID (0..160),
//   Type-Specific Payload (..),
// }
//
// Initial: Token Length (i), Token (..), Length (i), Packet Number (8..32), Packet Payload (8..)
// 0-RTT and Handshake: Length (i), Packet Number (8..32), Packet Payload (8..)
// Retry: Retry Token (..), Retry Integrity Tag (128)

/// The front of a QUIC packet with a long header.
struct QUICLongHeader {
  /// Bytes of the longest connection ID (RFC 9000, section 17.2).
  static let identifierLimit = 20

  /// What kind of packet it is.
  enum Kind: Sendable {
    case versionNegotiation, initial, zeroRTT, handshake, retry
  }

  /// The first byte; its low four bits may be protected.
  let first: UInt8
  let version: QUICVersion
  /// Where the packet begins in its datagram.
  let start: Int
  /// Where the Destination Connection ID lies.
  let destination: Range<Int>
  /// Where the Source Connection ID lies.
  let source: Range<Int>

  /// Where that lies which the kind of packet decides.
  var end: Int { source.upperBound }

  /// The header at `offset` of a datagram; nil: there is none of a version that is known, or it is cut off.
  init?(_ bytes: RawSpan, at offset: Int) {
    guard let first = bytes.u8(at: offset), first & 0x80 != 0, let raw = bytes.u32(at: offset + 1) else { return nil }
    self.first = first
    version = QUICVersion(rawValue: raw)
    guard version == .negotiation || version.isKnown || version.isReserved else { return nil }
    start = offset
    let at = offset + 5
    if version.hasShortLengths {
      guard let lengths = bytes.u8(at: at) else { return nil }
      let middle = at + 1 + QUICLongHeader.length(nibble: lengths >> 4)
      destination = (at + 1)..<middle
      source = middle..<(middle + QUICLongHeader.length(nibble: lengths & 15))
    } else {
      guard let count = bytes.u8(at: at) else { return nil }
      destination = (at + 1)..<(at + 1 + Int(count))
      guard let next = bytes.u8(at: destination.upperBound) else { return nil }
      source = (destination.upperBound + 1)..<(destination.upperBound + 1 + Int(next))
      guard version == .negotiation || destination.count <= QUICLongHeader.identifierLimit else { return nil }
      guard version == .negotiation || source.count <= QUICLongHeader.identifierLimit else { return nil }
    }
    guard source.upperBound <= bytes.byteCount else { return nil }
  }

  private static func length(nibble: UInt8) -> Int { nibble == 0 ? 0 : Int(nibble) + 3 }

  /// What kind of packet it is (RFC 9000, section 17.2; RFC 9369, section 3.2).
  var kind: Kind {
    if version == .negotiation { return .versionNegotiation }
    let type = first >> 4 & 3
    return switch version == .v2 ? (type &- 1) & 3 : type {
    case 0: .initial
    case 1: .zeroRTT
    case 2: .handshake
    default: .retry
    }
  }

  /// What lies behind the header of an Initial, 0-RTT or Handshake packet.
  struct Body {
    /// Bytes of the token; 0: none, or not an Initial packet.
    let tokenLength: Int
    /// Where the packet number lies.
    let packetNumber: Int
    /// Where the packet ends, which may be behind what the capture has.
    let end: Int
  }

  /// What lies behind the header; nil: it is cut off, or its lengths do not fit a datagram.
  func body(_ bytes: RawSpan) -> Body? {
    var at = end
    var tokenLength = 0
    if kind == .initial {
      guard let length = QUICInteger.length(bytes, &at) else { return nil }
      tokenLength = length
      at += length
    }
    // A packet number and the authentication tag are the least.
    guard let length = QUICInteger.read(bytes, &at), (17...0xffff).contains(length) else { return nil }
    return Body(tokenLength: tokenLength, packetNumber: at, end: at + length)
  }
}
