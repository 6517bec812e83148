import Bytes
import Crypto
import CryptoExtras
import Foundation
import Testing

@testable import Applications

/// Builds QUIC packets for tests.
enum QUICBytes {
  /// The connection ID of the examples in RFC 9001 and RFC 9369.
  static let destination = TLSBytes.bytes("8394c8f03e515708")
  /// The server's connection ID in them.
  static let server = TLSBytes.bytes("f067a5502a4262b5")

  /// RFC 9001, appendix A.2: the CRYPTO frame of the client.
  static let clientFrame = TLSBytes.bytes(
    """
    060040f1010000ed0303ebf8fa56f12939b9584a3896472ec40bb863cfd3e86804fe3a47f06a2b69484c00000413011302010000c000000010
    000e00000b6578616d706c652e636f6dff01000100000a00080006001d0017001800100007000504616c706e00050005010000000000330026
    0024001d00209370b2c9caa47fbabaf4559fedba753de171fa71f50f1ce15d43e994ec74d748002b0003020304000d0010000e040305030603
    0203080408050806002d00020101001c00024001003900320408ffffffffffffffff05048000ffff07048000ffff0801100104800075300901
    100f088394c8f03e51570806048000ffff
    """)

  /// A variable-length integer of two bytes, or one.
  static func integer(_ value: Int) -> [UInt8] {
    value < 64 ? [UInt8(value)] : value < 16384 ? TLSBytes.u16(0x4000 | value) : [0x80, 0] + TLSBytes.u16(value)
  }

  /// A CRYPTO frame.
  static func crypto(_ data: [UInt8], at offset: Int = 0) -> [UInt8] {
    [6] + integer(offset) + integer(data.count) + data
  }

  /// An Initial packet with these frames, padded to `size` bytes of payload and protected.
  static func initial(
    _ frames: [UInt8], version: QUICVersion = .v1, from side: Side = .client, to destination: [UInt8]? = nil,
    source: [UInt8] = [], keyedBy key: [UInt8]? = nil, number: UInt32 = 0, numberSize: Int = 4, token: [UInt8] = [],
    size: Int = 1162
  ) throws -> [UInt8] {
    let keys = try #require(
      QUICPacketKeys(version, destination: key ?? QUICBytes.destination, side: side))
    let payload = frames + [UInt8](repeating: 0, count: max(0, size - frames.count))
    let type: UInt8 = version == .v2 ? 0xd0 : 0xc0
    var header = [type | UInt8(numberSize - 1)]
    header += (0..<4).reversed().map { UInt8(truncatingIfNeeded: version.rawValue >> UInt32(8 * $0)) }
    header += TLSBytes.vector8(destination ?? QUICBytes.destination) + TLSBytes.vector8(source)
    header += integer(token.count) + token + TLSBytes.u16(0x4000 | (numberSize + payload.count + 16))
    let at = header.count
    header += (0..<numberSize).reversed().map { UInt8(truncatingIfNeeded: number >> UInt32(8 * $0)) }
    var nonce = keys.iv
    for index in 0..<4 { nonce[11 - index] ^= UInt8(truncatingIfNeeded: number >> UInt32(8 * index)) }
    let sealed = try AES.GCM.seal(payload, using: keys.key, nonce: AES.GCM.Nonce(data: nonce), authenticating: header)
    var packet = header + [UInt8](sealed.ciphertext) + [UInt8](sealed.tag)
    var mask = Array(packet[(at + 4)..<(at + 20)])
    try AES.permute(&mask, key: keys.headerKey)
    packet[0] ^= mask[0] & 15
    for index in 0..<numberSize { packet[at + index] ^= mask[1 + index] }
    return packet
  }

  /// A long header packet of another kind with a payload that nobody can read.
  static func sealed(_ first: UInt8, version: Int = 1, to destination: [UInt8], source: [UInt8], count: Int = 60)
    -> [UInt8]
  {
    [first] + TLSBytes.u16(version >> 16) + TLSBytes.u16(version & 0xffff) + TLSBytes.vector8(destination)
      + TLSBytes.vector8(source) + integer(count) + [UInt8](repeating: 0x5a, count: count)
  }

  /// A ClientHello message for `name` with so many more bytes of an extension.
  static func hello(_ name: String, padding: Int = 0, more: [[UInt8]] = []) -> [UInt8] {
    TLSBytes.message(
      1,
      TLSBytes.clientHello(
        suites: [0x1301],
        extensions: [
          TLSBytes.ext(21, [UInt8](repeating: 0, count: padding)), TLSBytes.sni(name), TLSBytes.alpn(["h3"]),
          TLSBytes.versions([0x0304]),
        ] + more))
  }

  /// A ServerHello message of TLS 1.3.
  static let answer = TLSBytes.message(
    2, TLSBytes.serverHello(suite: 0x1301, extensions: [TLSBytes.ext(43, [3, 4])]))

  /// A CHLO of Google's handshake with these values.
  static func tags(_ values: [(String, [UInt8])]) -> [UInt8] {
    func little(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
    var bytes = Array("CHLO".utf8) + [UInt8(values.count), 0, 0, 0]
    var end = 0
    for (tag, value) in values {
      end += value.count
      bytes += Array(tag.utf8) + [UInt8](repeating: 0, count: 4 - tag.utf8.count) + little(end)
    }
    return bytes + values.flatMap { $0.1 }
  }
}
