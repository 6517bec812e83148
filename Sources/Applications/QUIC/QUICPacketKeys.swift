import Bytes
import Crypto
import CryptoExtras
import FoundationEssentials

/// What protects the Initial packets of one side (RFC 9001, section 5). Anybody can work it out: it follows from a
/// connection ID that travels in the clear.
struct QUICPacketKeys: Sendable {
  let key: SymmetricKey
  let headerKey: SymmetricKey
  let iv: [UInt8]

  /// The keys of `side` where `destination` is the connection ID that the client made up, or took from a Retry packet;
  /// nil: those of the version are not known.
  init?(_ version: QUICVersion, destination: [UInt8], side: Side) {
    guard let salt = version.salt else { return nil }
    let initial = HKDF<SHA256>.extract(inputKeyMaterial: SymmetricKey(data: destination), salt: salt)
    let secret = QUICPacketKeys.expand(initial, side == .client ? "client in" : "server in", "", 32)
    key = QUICPacketKeys.expand(secret, version.label, "key", 16)
    headerKey = QUICPacketKeys.expand(secret, version.label, "hp", 16)
    // The key lends its bytes within the closure.
    iv = unsafe QUICPacketKeys.expand(secret, version.label, "iv", 12).withUnsafeBytes { unsafe [UInt8]($0) }
  }

  /// HKDF-Expand-Label (RFC 8446, section 7.1) with no context.
  private static func expand(
    _ secret: some ContiguousBytes, _ front: StaticString, _ back: StaticString, _ count: Int
  ) -> SymmetricKey {
    var label: [UInt8] = [0, UInt8(truncatingIfNeeded: count), 0]
    for part in ["tls13 " as StaticString, front, back] {
      part.withUTF8Buffer { unsafe label.append(contentsOf: $0) }
    }
    label[2] = UInt8(truncatingIfNeeded: label.count - 3)
    label.append(0)
    return HKDF<SHA256>.expand(pseudoRandomKey: secret, info: label, outputByteCount: count)
  }

  /// The payload of a packet, without its protection.
  struct Opened {
    var payload: [UInt8]
    var packetNumber: UInt64
    /// Whether the authentication tag agrees. It is not looked at where the capture cut the packet.
    var isAuthentic: Bool
  }

  /// Removes the protection of the packet that begins at `start` of its datagram (RFC 9001, section 5.3 and 5.4).
  ///
  /// - Parameters:
  ///   - body: where its parts lie.
  ///   - largest: the largest packet number of its sender before it; nil: none.
  /// - Returns: nil: the keys are not its own, or what is captured of it is too short.
  func open(_ bytes: RawSpan, from start: Int, _ body: QUICLongHeader.Body, largest: UInt64?) -> Opened? {
    let at = body.packetNumber
    var mask = bytes.part(from: at + 4, to: at + 20).copied()
    guard mask.count == 16, (try? AES.permute(&mask, key: headerKey)) != nil else { return nil }
    var header = bytes.part(from: start, to: at + 4).copied()
    header[0] ^= mask[0] & 0x0f
    let size = Int(header[0] & 3) + 1
    var short: UInt64 = 0
    for index in 0..<size {
      header[at - start + index] ^= mask[1 + index]
      short = short << 8 | UInt64(header[at - start + index])
    }
    header.removeLast(4 - size)
    let number = QUICPacketKeys.packetNumber(short, size: size, largest: largest)
    var nonce = iv
    for index in 0..<8 { nonce[11 - index] ^= UInt8(truncatingIfNeeded: number >> UInt64(8 * index)) }

    guard body.end <= bytes.byteCount else {
      guard let payload = decrypt(bytes.part(from: at + size, to: body.end - 16), nonce) else { return nil }
      return Opened(payload: payload, packetNumber: number, isAuthentic: false)
    }
    let sealed = bytes.part(from: at + size, to: body.end - 16).copied()
    let tag = bytes.part(from: body.end - 16, to: body.end).copied()
    guard let nonce = try? AES.GCM.Nonce(data: nonce),
      let box = try? AES.GCM.SealedBox(nonce: nonce, ciphertext: sealed, tag: tag),
      let payload = try? AES.GCM.open(box, using: key, authenticating: header)
    else { return nil }
    return Opened(payload: [UInt8](payload), packetNumber: number, isAuthentic: true)
  }

  /// The first part of a payload, whose tag the capture lacks. GCM encrypts in counter mode from 2 on (NIST SP 800-38D,
  /// section 7.1).
  private func decrypt(_ bytes: RawSpan, _ nonce: [UInt8]) -> [UInt8]? {
    guard bytes.byteCount > 0, let nonce = try? AES._CTR.Nonce(nonceBytes: nonce + [0, 0, 0, 2]),
      let payload = try? AES._CTR.decrypt(bytes.copied(), using: key, nonce: nonce)
    else { return nil }
    return [UInt8](payload)
  }

  /// The packet number whose low `size` bytes are `short` and that is nearest to the one behind `largest` (RFC 9000,
  /// appendix A.3).
  private static func packetNumber(_ short: UInt64, size: Int, largest: UInt64?) -> UInt64 {
    guard let largest else { return short }
    let window: UInt64 = 1 << UInt64(8 * size)
    let expected = largest + 1
    let candidate = expected & ~(window - 1) | short
    if candidate + window / 2 <= expected, candidate < 1 << 62 - window { return candidate + window }
    if candidate > expected + window / 2, candidate >= window { return candidate - window }
    return candidate
  }
}
