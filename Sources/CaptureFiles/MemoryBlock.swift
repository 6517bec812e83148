import Dispatch
import Glibc

/// A piece of memory that a system call writes into and parsers borrow from.
///
/// Bytes in it can be lent to another thread, which reads them while the owner does. The owner must not write over them
/// before `settle`, except by what does that itself.
///
/// It has its memory for itself, so that it may go from one thread to another.
@safe struct MemoryBlock: ~Copyable, @unchecked Sendable {
  private var base: UnsafeMutableRawPointer
  /// Counts loans that are over.
  private let returned = DispatchSemaphore(value: 0)
  private var loans = 0
  /// Its size in bytes.
  private(set) var capacity: Int

  /// A zeroed block, so that no borrowed span can show uninitialized memory.
  init(capacity: Int) {
    self.capacity = max(capacity, 1)
    unsafe base = MemoryBlock.zeroed(self.capacity)
  }

  deinit {
    for _ in 0..<loans { returned.wait() }
    unsafe free(base)
  }

  /// Zeroed memory, of which the system makes what is used: a large block is not written to before.
  private static func zeroed(_ count: Int) -> UnsafeMutableRawPointer {
    // A block's size is bounded by the limits on what it holds. Without memory the program ends, as where Swift itself
    // finds none.
    guard let memory = unsafe calloc(count, 1) else { fatalError("out of memory") }
    return unsafe memory
  }

  /// Waits until no other thread reads the block.
  mutating func settle() {
    while loans > 0 {
      returned.wait()
      loans -= 1
    }
  }

  /// Lends the bytes from `lower` to `upper` to another thread. `body` has to see to it that the semaphore is signalled
  /// once when they are not read any more; they are valid until then.
  mutating func lend(_ lower: Int, _ upper: Int, _ body: (UnsafeRawBufferPointer, DispatchSemaphore) -> Void) {
    loans += 1
    unsafe part(lower, upper).withUnsafeBytes { unsafe body($0, returned) }
  }

  /// The bytes from `lower` to `upper`, both clamped.
  @_lifetime(borrow self)
  func part(_ lower: Int, _ upper: Int) -> RawSpan {
    let end = min(max(upper, 0), capacity)
    let start = min(max(lower, 0), end)
    // In bounds by the clamping above, and the memory lives as long as `self`, which the span borrows.
    let span = unsafe RawSpan(_unsafeStart: base.advanced(by: start), byteCount: end &- start)
    return unsafe _overrideLifetime(span, borrowing: self)
  }

  /// Moves the bytes from `lower` to `upper` to the front.
  mutating func moveToFront(_ lower: Int, _ upper: Int) {
    guard 0 < lower, lower <= upper, upper <= capacity else { return }
    settle()
    // memmove semantics: source and target may overlap.
    unsafe base.copyMemory(from: base.advanced(by: lower), byteCount: upper &- lower)
  }

  /// Whether another thread may still read the block.
  var isLent: Bool { loans > 0 }

  /// Takes over the bytes from `lower` to `upper` of `other`, at the front, and makes room for as much as `other` has.
  mutating func take(_ lower: Int, _ upper: Int, of other: borrowing MemoryBlock) {
    settle()
    grow(to: other.capacity)
    guard 0 <= lower, lower <= upper, upper <= other.capacity else { return }
    unsafe base.copyMemory(from: other.base.advanced(by: lower), byteCount: upper &- lower)
  }

  /// Copies the bytes from `lower` to `upper` of `other` to `place`, as far as both have room.
  mutating func copy(_ lower: Int, _ upper: Int, of other: borrowing MemoryBlock, to place: Int) {
    guard 0 <= lower, lower <= upper, upper <= other.capacity, place >= 0 else { return }
    let count = min(upper &- lower, capacity &- place)
    guard count > 0 else { return }
    // In bounds of both, which are different memory.
    unsafe base.advanced(by: place).copyMemory(from: other.base.advanced(by: lower), byteCount: count)
  }

  /// Makes the block larger; the bytes in it stay.
  mutating func grow(to wanted: Int) {
    guard wanted > capacity else { return }
    settle()
    let larger = unsafe MemoryBlock.zeroed(wanted)
    unsafe larger.copyMemory(from: base, byteCount: capacity)
    unsafe free(base)
    unsafe base = larger
    capacity = wanted
  }

  /// Lends the memory behind `start` to be written; the pointer must not outlive the call.
  mutating func withFree<Result>(from start: Int, _ body: (UnsafeMutableRawBufferPointer) -> Result) -> Result {
    let start = min(max(start, 0), capacity)
    return unsafe body(UnsafeMutableRawBufferPointer(start: base.advanced(by: start), count: capacity &- start))
  }
}
