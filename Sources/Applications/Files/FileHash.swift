import Bytes
import Crypto

/// The SHA-256 (FIPS 180-4) of a file whose bytes come in pieces: that of a short one is computed at once, that of a longer
/// one on a thread of its own, since hashing takes longer than all else that is done with a file's bytes.
struct FileHash {
  /// Bytes from which on a file is long: less costs no more than to switch threads.
  private static let shortLimit = 32_768

  private var state = SHA256()
  private var length = 0
  private var rest: RemoteHash?

  /// The next bytes.
  mutating func update(_ bytes: RawSpan) {
    if let rest { return rest.update(bytes) }
    length &+= bytes.byteCount
    // The hash function reads the buffer within the closure and does not keep it.
    unsafe bytes.withUnsafeBytes { unsafe state.update(bufferPointer: $0) }
    if length >= FileHash.shortLimit { rest = RemoteHash(state) }
  }

  /// The hash of all bytes: the last call.
  func finish() -> SHA256Digest {
    rest?.finish() ?? state.finalize()
  }
}
