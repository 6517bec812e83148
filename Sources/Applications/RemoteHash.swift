import Bytes
import Crypto
import Dispatch
import Synchronization

/// A SHA-256 that goes on, on a thread of its own, which all of them share.
final class RemoteHash {
  /// Bytes that are handed over together.
  private static let pieceSize = 131_072
  /// Bytes of all files that may wait to be handed over; when they are more, pieces are smaller.
  private static let waitingLimit = 8 << 20
  /// Pieces that may be under way.
  private static let pieceLimit = 16

  private static let queue = DispatchQueue(label: "pcapindex.files")
  private static let free = DispatchSemaphore(value: pieceLimit)
  private static let waiting = Atomic(0)

  /// What the other thread knows.
  private final class State: Sendable {
    let hash: Mutex<SHA256>

    init(_ hash: SHA256) {
      self.hash = Mutex(hash)
    }
  }

  private let state: State
  private var piece: [UInt8] = []

  /// Goes on with what `hash` has taken in.
  init(_ hash: SHA256) {
    state = State(hash)
  }

  deinit {
    RemoteHash.waiting.subtract(piece.count, ordering: .relaxed)
  }

  /// The next bytes.
  func update(_ bytes: RawSpan) {
    piece.append(span: bytes)
    let waiting = RemoteHash.waiting.add(bytes.byteCount, ordering: .relaxed).newValue
    if piece.count >= RemoteHash.pieceSize || waiting > RemoteHash.waitingLimit { handOver() }
  }

  private func handOver() {
    let full = piece
    // The next will be about as long: it need not find out by moving to larger and larger memory.
    piece = []
    piece.reserveCapacity(full.count)
    RemoteHash.waiting.subtract(full.count, ordering: .relaxed)
    RemoteHash.free.wait()
    RemoteHash.queue.async { [state] in
      // The hash function reads the buffer within the closure and does not keep it.
      unsafe full.withUnsafeBytes { bytes in state.hash.withLock { unsafe $0.update(bufferPointer: bytes) } }
      RemoteHash.free.signal()
    }
  }

  /// The hash of all bytes: the last call.
  func finish() -> SHA256Digest {
    if !piece.isEmpty { handOver() }
    return RemoteHash.queue.sync { state.hash.withLock { $0.finalize() } }
  }
}
