import Bytes
import Crypto
import Dispatch
import Synchronization

/// The SHA-256 (FIPS 180-4) of a file whose bytes come in pieces: that of a short one is computed at once, that of a longer
/// one on a thread of its own, since hashing takes longer than all else that is done with a file's bytes.
struct FileHash {
  /// Bytes from which on a file is long: less costs no more than to switch threads.
  private static let shortLimit = 32_768
  /// Bytes that are handed over together.
  private static let pieceSize = 32_768
  /// Pieces of all files that may be under way, which bounds memory.
  private static let pieceLimit = 32

  private static let queue = DispatchQueue(label: "pcapindex.files")
  private static let free = DispatchSemaphore(value: pieceLimit)

  /// What the other thread knows of a file.
  private final class Remote: Sendable {
    let state: Mutex<SHA256>

    init(_ state: SHA256) {
      self.state = Mutex(state)
    }
  }

  private var state = SHA256()
  private var length = 0
  private var remote: Remote?
  private var pending: [UInt8] = []

  /// Bytes that are kept.
  var heldBytes: Int { pending.count }

  /// The next bytes.
  mutating func update(_ bytes: RawSpan) {
    length &+= bytes.byteCount
    if let remote {
      pending.append(span: bytes)
      if pending.count >= FileHash.pieceSize { handOver(to: remote) }
      return
    }
    // The hash function reads the buffer within the closure and does not keep it.
    unsafe bytes.withUnsafeBytes { unsafe state.update(bufferPointer: $0) }
    if length >= FileHash.shortLimit { remote = Remote(state) }
  }

  private mutating func handOver(to remote: Remote) {
    var piece: [UInt8] = []
    piece.reserveCapacity(FileHash.pieceSize + 2_048)
    swap(&piece, &pending)
    FileHash.free.wait()
    FileHash.queue.async { [piece] in
      // The hash function reads the buffer within the closure and does not keep it.
      unsafe piece.withUnsafeBytes { bytes in remote.state.withLock { unsafe $0.update(bufferPointer: bytes) } }
      FileHash.free.signal()
    }
  }

  /// The hash of all bytes: the last call.
  mutating func finish() -> SHA256Digest {
    guard let remote else { return state.finalize() }
    handOver(to: remote)
    return FileHash.queue.sync { remote.state.withLock { $0.finalize() } }
  }
}
