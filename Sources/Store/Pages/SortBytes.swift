import Glibc

/// Bytes that are gathered to be sorted: memory that grows as that of `SortArray` does.
@safe
struct SortBytes: ~Copyable {
  /// Bytes behind those asked for that may be written over or read.
  private static let slack = 8
  private static let initialCapacity = 4_096

  // From malloc, freed in deinit; has `capacity` bytes and the slack. The first `count` are gathered.
  private var memory: UnsafeMutableRawPointer
  private var capacity = initialCapacity
  /// How many there are.
  private(set) var count = 0

  init() {
    unsafe memory = SortBytes.resize(nil, to: capacity)
  }

  deinit {
    unsafe free(memory)
  }

  private static func resize(_ memory: UnsafeMutableRawPointer?, to capacity: Int) -> UnsafeMutableRawPointer {
    // Bounded as what is sorted at once. Without memory the program ends, as where Swift itself finds none.
    guard let resized = unsafe realloc(memory, capacity + slack) else { fatalError("out of memory") }
    return unsafe resized
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

  @inline(never)
  private mutating func resize(to size: Int) {
    unsafe memory = SortBytes.resize(memory, to: size)
    capacity = size
  }
}
