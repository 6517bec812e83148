import Glibc

/// Plain values in one piece of memory, by number, all zero at first. It is asked of the system whole, which gives pages
/// of it as they are first written: room for the limit costs nothing until it is used, and nothing ever moves, which in
/// an array that grows would mean to have everything twice for a while. It begins at a page, so that values of a size
/// that divides a cache line, or that it divides, touch no more lines than they have to.
///
/// It is safe to use: numbers are checked, and the values are initialized from the start. `Element` must be a type of
/// which zeros are a value.
@frozen @safe public struct SlotStorage<Element: BitwiseCopyable>: ~Copyable {
  @usableFromInline let base: UnsafeMutablePointer<Element>
  /// How many there are.
  public let count: Int

  /// `count` values of zeros, at least one.
  public init(count: Int) {
    self.count = max(count, 1)
    let size = self.count * MemoryLayout<Element>.stride
    let protection = PROT_READ | PROT_WRITE
    let memory = unsafe mmap(nil, size, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
    // The result is MAP_FAILED, which is -1, or memory of `size` bytes. Without it the program ends, as where Swift itself
    // finds none; what is asked for is a limit of the program's own, nothing from a capture.
    guard let memory = unsafe memory, Int(bitPattern: memory) != -1 else { fatalError("out of memory") }
    unsafe base = memory.bindMemory(to: Element.self, capacity: self.count)
  }

  deinit {
    // The very memory that the initializer got; plain values need no deinitialization.
    unsafe munmap(base, count * MemoryLayout<Element>.stride)
  }

  /// The value with a number from 0 to below `count`.
  @inlinable
  public subscript(slot: Int) -> Element {
    @inline(__always)
    unsafeAddress {
      precondition(slot >= 0 && slot < count)
      // In bounds, and the memory lives as long as `self`.
      return unsafe UnsafePointer(base + slot)
    }
    @inline(__always)
    unsafeMutableAddress {
      precondition(slot >= 0 && slot < count)
      return unsafe base + slot
    }
  }
}
