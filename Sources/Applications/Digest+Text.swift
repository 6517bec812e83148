import Bytes
import Crypto
import FoundationEssentials
import Records

extension RowEncoder {
  /// A digest in hexadecimal, or NULL.
  mutating func text(_ digest: (some Digest)?) {
    guard let digest else { return null() }
    // The digest lends its bytes within the closure.
    unsafe digest.withUnsafeBytes { bytes in unsafe text(hexadecimal: bytes.bytes) }
  }
}

extension [UInt8] {
  /// Appends the first `count` bytes of a digest in hexadecimal.
  mutating func append(hexadecimal digest: some Digest, count: Int) {
    // The digest lends its bytes within the closure.
    unsafe digest.withUnsafeBytes { bytes in
      let bytes = unsafe bytes.bytes
      for index in 0..<count {
        guard let byte = bytes.u8(at: index) else { break }
        append(hexDigit(byte >> 4))
        append(hexDigit(byte))
      }
    }
  }
}

extension HashFunction {
  /// The digest of `bytes`.
  static func hash(_ bytes: RawSpan) -> Digest {
    var hash = Self()
    // The hash function reads the bytes within the closure and does not keep them.
    unsafe bytes.withUnsafeBytes { unsafe hash.update(bufferPointer: $0) }
    return hash.finalize()
  }
}
