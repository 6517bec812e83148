import Dispatch
import Glibc
import Synchronization

/// Reads a file on a thread of its own, two blocks ahead of whoever takes them: who decodes need not wait for the kernel's
/// copying.
final class ReadAhead {
  /// What a read came to.
  typealias Result = FileBytes.Result

  /// Bytes left in front of what is read, for the rest of the block before.
  private static let headroom = 65_536
  private static let slotCount = 2

  private struct Content: ~Copyable {
    var block: MemoryBlock
    var result = Result.end
  }

  private final class Slot: Sendable {
    let content: Mutex<Content>

    init(capacity: Int) {
      content = Mutex(Content(block: MemoryBlock(capacity: capacity)))
    }
  }

  private let descriptor: CInt
  private let digest: FileDigest?
  private let queue: DispatchQueue
  private let ready = DispatchSemaphore(value: 0)
  private let slots: [Slot]
  private var next = 0

  /// Goes on reading where the open file `descriptor`, which stays the caller's, stands. What is read is taken into
  /// `digest` in its order.
  init(descriptor: CInt, blockSize: Int, digest: FileDigest?) {
    self.descriptor = descriptor
    self.digest = digest
    queue = digest?.queue ?? DispatchQueue(label: "pcapindex.read")
    slots = (0..<ReadAhead.slotCount).map { _ in Slot(capacity: ReadAhead.headroom + blockSize) }
    for slot in slots { fill(slot) }
  }

  private func fill(_ slot: Slot) {
    queue.async { [descriptor, digest, ready] in
      slot.content.withLock { content in
        // Whoever still reads the block that was given back is ahead in the queue.
        content.block.settle()
        content.result = FileBytes.read(descriptor, into: &content.block, from: ReadAhead.headroom)
        if case .bytes(let count) = content.result {
          digest?.update(&content.block, ReadAhead.headroom, ReadAhead.headroom + count)
        }
      }
      ready.signal()
    }
  }

  /// Puts the next bytes behind those of `block` from `lower` to `upper`, which are then in another block or place.
  func take(_ block: inout MemoryBlock, _ lower: inout Int, _ upper: inout Int) -> Result {
    ready.wait()
    let slot = slots[next]
    let result = slot.content.withLock { content in
      if case .bytes(let count) = content.result {
        ReadAhead.join(&content.block, count, &block, &lower, &upper)
      }
      return content.result
    }
    guard case .bytes = result else {
      // It stays so.
      ready.signal()
      return result
    }
    next = (next + 1) % slots.count
    fill(slot)
    return result
  }

  private static func join(
    _ read: inout MemoryBlock, _ count: Int, _ block: inout MemoryBlock, _ lower: inout Int, _ upper: inout Int
  ) {
    let rest = upper - lower
    if rest <= headroom {
      read.copy(lower, upper, of: block, to: headroom - rest)
      swap(&read, &block)
      (lower, upper) = (headroom - rest, headroom + count)
      return
    }
    // A record longer than the room for it: the block grows until it is whole.
    if block.capacity - upper < count {
      block.moveToFront(lower, upper)
      (lower, upper) = (0, rest)
      // By doubling, so that a record that only claims to be large costs no more memory than the file has bytes.
      if block.capacity - upper < count { block.grow(to: max(block.capacity * 2, upper + count)) }
    }
    block.settle()
    block.copy(headroom, headroom + count, of: read, to: upper)
    upper += count
  }

  /// Waits until nothing is read any more.
  func stop() {
    queue.sync {}
  }
}
