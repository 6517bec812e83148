import Bytes
import Crypto
import Dispatch
import Synchronization

/// A SHA-256 that goes on, on a thread of its own, which all of them share.
final class RemoteHash {
  /// Bytes that are handed over together.
  private static let pieceSize = 65_536
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

  /// Bytes on their way to the other thread.
  private final class Piece: Sendable {
    let bytes: Mutex<[UInt8]>

    init(_ bytes: consuming [UInt8]) {
      self.bytes = Mutex(bytes)
    }

    /// Exchanges its bytes for others.
    func swap(_ other: inout [UInt8]) {
      bytes.withLock { Swift.swap(&$0, &other) }
    }
  }

  /// Emptied pieces, which keep their memory for the next bytes.
  private static let emptied = Mutex<[Piece]>([])

  private let state: State
  private var piece: [UInt8] = []

  /// Goes on with what `hash` has taken in.
  init(_ hash: SHA256) {
    state = State(hash)
    RemoteHash.emptied.withLock { $0.popLast() }?.swap(&piece)
  }

  deinit {
    RemoteHash.waiting.subtract(piece.count, ordering: .relaxed)
    let rest = Piece([])
    rest.swap(&piece)
    RemoteHash.keep(rest)
  }

  /// The next bytes.
  func update(_ bytes: RawSpan) {
    piece.append(span: bytes)
    let waiting = RemoteHash.waiting.add(bytes.byteCount, ordering: .relaxed).newValue
    if piece.count >= RemoteHash.pieceSize || waiting > RemoteHash.waitingLimit { handOver() }
  }

  private func handOver() {
    let count = piece.count
    let full = RemoteHash.emptied.withLock { $0.popLast() } ?? Piece([])
    full.swap(&piece)
    // The next will be about as long: it need not find out by moving to larger and larger memory.
    piece.reserveCapacity(count)
    RemoteHash.waiting.subtract(count, ordering: .relaxed)
    RemoteHash.free.wait()
    RemoteHash.queue.async { [state] in
      full.bytes.withLock { bytes in
        // The hash function reads the buffer within the closure and does not keep it.
        unsafe bytes.withUnsafeBytes { bytes in state.hash.withLock { unsafe $0.update(bufferPointer: bytes) } }
      }
      RemoteHash.keep(full)
      RemoteHash.free.signal()
    }
  }

  /// Keeps the memory of `piece` for other bytes.
  private static func keep(_ piece: Piece) {
    piece.bytes.withLock { $0.removeAll(keepingCapacity: true) }
    emptied.withLock { if $0.count < pieceLimit { $0.append(piece) } }
  }

  /// The hash of all bytes: the last call.
  func finish() -> SHA256Digest {
    if !piece.isEmpty { handOver() }
    return RemoteHash.queue.sync { state.hash.withLock { $0.finalize() } }
  }
}
