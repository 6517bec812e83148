import Bytes

// Public header of Google's QUIC until Q043 ("QUIC Wire Layout Specification", R. Hamilton and others, 2016):
//
//   flags (8)                    0x01 version, 0x02 reset, 0x04 nonce, 0x08 connection ID, 0x30 size of the number
//   connection ID (64)
//   version (32)                 from clients until the server has answered
//   packet number (8, 16, 32 or 48)
//
// and in front of the frames while nothing is encrypted, also in Q046, a hash of 12 bytes.

/// A client's packet of Google's QUIC that travels in the clear.
struct QUICGooglePacket {
  let version: QUICVersion
  /// Where the connection ID lies.
  let identifier: Range<Int>
  /// Bytes of the packet number.
  let numberSize: Int
  /// Where the frames begin.
  let frames: Int

  /// Bytes of the shortest that is taken for one.
  private static let shortest = 40
  private static let hashSize = 12

  /// The packet with a public header that is a datagram; nil: it is none, or one without a version.
  init?(_ bytes: RawSpan) {
    // A number with three digits behind the Q in the clear.
    guard let flags = bytes.u8(at: 0), flags & 0xcb == 0x09, bytes.byteCount >= QUICGooglePacket.shortest,
      let raw = bytes.u32(at: 9)
    else { return nil }
    version = QUICVersion(rawValue: raw)
    guard let number = version.google, number < 44 else { return nil }
    identifier = 1..<9
    numberSize = [1, 2, 4, 6][Int(flags >> 4 & 3)]
    // Until Q033 a byte of private flags follows the hash.
    frames = 13 + numberSize + QUICGooglePacket.hashSize + (number < 34 ? 1 : 0)
  }

  /// The packet of Q046 that begins with `header`; nil: it is of another version, or no Initial packet.
  init?(_ header: QUICLongHeader) {
    guard header.version == .q046, header.kind == .initial else { return nil }
    version = .q046
    identifier = header.destination
    numberSize = Int(header.first & 3) + 1
    frames = header.end + numberSize + QUICGooglePacket.hashSize
  }

  /// Whether a datagram begins with a packet that has a public header and a version.
  static func begins(_ bytes: RawSpan) -> Bool { QUICGooglePacket(bytes) != nil }

  /// A part of the handshake: where it belongs, and where in the bytes it lies.
  typealias Part = (offset: Int, data: Range<Int>)

  /// The parts of the handshake in `bytes`, the datagram. Frames behind one that is not known are not looked at.
  func parts(_ bytes: RawSpan) -> [Part] {
    var parts: [Part] = []
    let isOld = version.google.map { $0 < 39 } ?? false
    var at = frames
    while let type = bytes.u8(at: at) {
      at += 1
      if type & 0x80 != 0 {
        at += Int(type & 3)
        guard let stream = bytes.u8(at: isOld ? at - Int(type & 3) : at) else { return parts }
        at += 1
        let offsetSize = type >> 2 & 7 == 0 ? 0 : Int(type >> 2 & 7) + 1
        guard let offset = QUICGooglePacket.integer(bytes, &at, size: offsetSize, isOld: isOld) else { return parts }
        var end = bytes.byteCount
        if type & 0x20 != 0 {
          guard let length = QUICGooglePacket.integer(bytes, &at, size: 2, isOld: isOld) else { return parts }
          end = min(end, at + length)
        }
        // The handshake is stream 1.
        if stream == 1, at < end { parts.append((offset, at..<end)) }
        at = end
      } else if type & 0x40 != 0 {
        guard skipACK(bytes, &at, type) else { return parts }
      } else if type == 6 {
        at += numberSize
      } else if type != 0, type != 7 {
        return parts
      }
    }
    return parts
  }

  private func skipACK(_ bytes: RawSpan, _ at: inout Int, _ type: UInt8) -> Bool {
    let sizes = [1, 2, 4, 6]
    let blockSize = sizes[Int(type & 3)]
    at += sizes[Int(type >> 2 & 3)] + 2
    if type & 0x20 != 0 {
      guard let blocks = bytes.u8(at: at) else { return false }
      at += 1 + blockSize + Int(blocks) * (1 + blockSize)
    } else {
      at += blockSize
    }
    guard let times = bytes.u8(at: at) else { return false }
    at += 1
    if times > 0 { at += 5 + 3 * (Int(times) - 1) }
    return true
  }

  /// The CRYPTO frames in the payload of an Initial packet of Q050, whose frames have Google's types.
  static func parts(ofQ050 payload: RawSpan) -> [Part] {
    var parts: [Part] = []
    var at = 0
    while let type = payload.u8(at: at) {
      at += 1
      switch type {
      case 0, 7: continue
      case 8:
        guard let offset = QUICInteger.read(payload, &at), let length = QUICInteger.read(payload, &at) else {
          return parts
        }
        let end = length <= payload.byteCount - at ? at + length : payload.byteCount
        parts.append((offset, at..<end))
        at = end
      default: return parts
      }
    }
    return parts
  }

  private static func integer(_ bytes: RawSpan, _ at: inout Int, size: Int, isOld: Bool) -> Int? {
    guard size <= bytes.byteCount - at else { return nil }
    var value = 0
    for index in 0..<size {
      // Little-endian until Q038.
      guard let byte = bytes.u8(at: isOld ? at + size - 1 - index : at + index) else { return nil }
      value = (value << 8 | Int(byte)) & 0xff_ffff_ffff
    }
    at += size
    return value
  }
}
