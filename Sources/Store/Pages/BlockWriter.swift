import CSQLite
import Dispatch
import Glibc
import Synchronization

/// Writes blocks of a file on a thread of its own, in the order in which they are given, while the next one is filled.
@safe
final class BlockWriter {
  /// Blocks: one is filled, the others wait to be written.
  private static let blockCount = 3
  /// SYNC_FILE_RANGE_WRITE.
  private static let beginWriting: UInt32 = 2

  /// What the other thread met.
  private final class Outcome: Sendable {
    let failure = Mutex<StoreError?>(nil)
  }

  private let descriptor: Int32
  private let name: String
  private let blockSize: Int
  private let queue = DispatchQueue(label: "pcapindex.pages")
  private let written = DispatchSemaphore(value: 0)
  private let outcome = Outcome()
  // All blocks, one behind the other; freed in deinit, when nothing is under way any more.
  private let blocks: UnsafeMutableRawPointer
  private var filling = 0
  private var underWay = 0

  /// A writer to the open file `descriptor`, which stays the caller's; `name` is what errors call it.
  init(descriptor: Int32, name: String, blockSize: Int) {
    self.descriptor = descriptor
    self.name = name
    self.blockSize = blockSize
    unsafe blocks = .allocate(byteCount: blockSize * BlockWriter.blockCount, alignment: 4096)
  }

  deinit {
    for _ in 0..<underWay { written.wait() }
    unsafe blocks.deallocate()
  }

  /// The block that is to be filled: `blockSize` bytes, which are the caller's until `submit`.
  var block: UnsafeMutableRawPointer { unsafe blocks + filling * blockSize }

  /// Has the first `count` bytes of the block written at `offset` of the file; the next block is then `block`. Throws the
  /// error that an earlier block met.
  func submit(count: Int, at offset: Int) throws(StoreError) {
    // Nobody touches the block before it is written: it is the next to be filled only when all others have been.
    nonisolated(unsafe) let bytes = unsafe UnsafeRawPointer(block)
    underWay += 1
    queue.async { [descriptor, name, outcome, written] in
      do throws(StoreError) {
        try unsafe BlockWriter.write(bytes, count: count, at: offset, to: descriptor, name: name)
        // Advice only: what is on the disk by then need not be waited for at the end.
        _ = sync_file_range(descriptor, Int64(offset), Int64(count), BlockWriter.beginWriting)
      } catch {
        outcome.failure.withLock { $0 = $0 ?? error }
      }
      written.signal()
    }
    filling = (filling + 1) % BlockWriter.blockCount
    if underWay == BlockWriter.blockCount {
      written.wait()
      underWay -= 1
    }
    try check()
  }

  /// Waits until all blocks are written, and throws the first error that was met.
  func finish() throws(StoreError) {
    while underWay > 0 {
      written.wait()
      underWay -= 1
    }
    try check()
  }

  private func check() throws(StoreError) {
    if let failure = outcome.failure.withLock({ $0 }) { throw failure }
  }

  /// Writes `count` bytes at `offset` of the open file `descriptor`, which errors call `name`.
  static func write(
    _ bytes: UnsafeRawPointer, count: Int, at offset: Int, to descriptor: Int32, name: String
  ) throws(StoreError) {
    // C calls with memory of the stated size, which the caller holds.
    var written = 0
    while written < count {
      let step = unsafe pwrite(descriptor, bytes + written, count - written, off_t(offset + written))
      if step < 0 {
        if errno == EINTR { continue }
        throw StoreError(name, errno: errno)
      }
      written += step
    }
  }
}
