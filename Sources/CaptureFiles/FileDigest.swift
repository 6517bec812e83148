import Bytes
import Crypto
import Dispatch
import Synchronization

/// SHA-256 (FIPS 180-4) of whole files, computed on a thread of its own while the caller reads on.
public struct FileDigest {
  /// Blocks that may wait, which bounds memory.
  private static let depth = 4

  private final class Hasher: Sendable {
    let state = Mutex(SHA256())
  }

  private let hasher = Hasher()
  private let queue = DispatchQueue(label: "pcapindex.digest")
  private let free = DispatchSemaphore(value: 0)

  init() {
    // Counted up from 0: a semaphore must not be released below the value that it began with.
    for _ in 0..<FileDigest.depth { free.signal() }
  }

  /// Takes in the next bytes of the file.
  func update(_ bytes: UnsafeRawBufferPointer) {
    let block = unsafe [UInt8](bytes)
    free.wait()
    queue.async { [hasher, free] in
      hasher.state.withLock { $0.update(data: block) }
      free.signal()
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
