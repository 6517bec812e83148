import Bytes
import Crypto
import Dispatch
import Synchronization

/// SHA-256 (FIPS 180-4) of whole files, computed on a thread of its own while the caller reads on.
public struct FileDigest: Sendable {
  private final class Hasher: Sendable {
    let state = Mutex(SHA256())
  }

  private let hasher = Hasher()
  /// Where what is lent is taken in, in order.
  let queue = DispatchQueue(label: "pcapindex.digest")

  init() {}

  /// Takes in the next bytes of the file, which stand in `block` from `lower` to `upper` and are lent until they are
  /// taken in.
  func update(_ block: inout MemoryBlock, _ lower: Int, _ upper: Int) {
    unsafe block.lend(lower, upper) { bytes, returned in
      // Read by this one closure; the block keeps them until `returned` is signalled.
      nonisolated(unsafe) let bytes = unsafe bytes
      queue.async { [hasher] in
        hasher.state.withLock { unsafe $0.update(bufferPointer: bytes) }
        returned.signal()
      }
    }
  }

  /// The digest of the bytes so far, 64 lower-case hexadecimal digits.
  var text: String {
    queue.sync { [hasher] in hasher.state.withLock { hexadecimal($0.finalize()) } }
  }

  /// The digest (64 lower-case hexadecimal digits) and size in bytes of the file at `path`, as it stands on disk.
  public static func sha256(ofFileAt path: String) throws(CaptureFileError) -> (sha256: String, size: Int64) {
    var input = try BlockInput(path: path, hashing: true)
    input.drain()
    if case .failed(let reason) = input.ending { throw .unreadable(path: path, reason: reason) }
    return (input.digest, input.bytesRead)
  }
}
