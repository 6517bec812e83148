/// Bytes that are gathered to be sorted: memory that grows.
@safe
struct SortBytes: ~Copyable {
  /// Bytes behind those asked for that may be written over or read.
  private static let slack = 8
  private static let initialCapacity = 4_096

  // Freed in deinit; has `capacity` bytes and the slack. The first `count` are gathered.
  private var memory: UnsafeMutableRawPointer
  private var capacity = initialCapacity
  /// How many there are.
  private(set) var count = 0

  init() {
    unsafe memory = .allocate(byteCount: capacity + SortBytes.slack, alignment: 16)
  }

  deinit {
    unsafe memory.deallocate()
  }

  /// Where the next `size` bytes go; `add` says how many of them were written.
  @inline(__always)
  mutating func place(for size: Int) -> UnsafeMutableRawPointer {
    if size > capacity &- count { resize(to: max(capacity * 2, count + size)) }
    return unsafe memory + count
  }

  /// Counts `size` bytes that were written to `place`, at most as many as were asked for.
  @inline(__always)
  mutating func add(_ size: Int) {
    count &+= size
  }

  /// All of them; they stand until the next change.
  var bytes: UnsafeRawBufferPointer { unsafe UnsafeRawBufferPointer(start: memory, count: count) }

  /// Forgets them all, and gives the memory back unless it is kept.
  mutating func removeAll(keepingCapacity: Bool) {
    count = 0
    if !keepingCapacity { resize(to: SortBytes.initialCapacity) }
  }

  private mutating func resize(to size: Int) {
    let moved = UnsafeMutableRawPointer.allocate(byteCount: size + SortBytes.slack, alignment: 16)
    // The gathered bytes fit into both.
    unsafe moved.copyMemory(from: memory, byteCount: count)
    unsafe memory.deallocate()
    unsafe memory = moved
    capacity = size
  }
}
