/// A piece of memory that a system call writes into and parsers borrow from.
@safe struct MemoryBlock: ~Copyable {
  private var base: UnsafeMutableRawPointer
  /// Its size in bytes.
  private(set) var capacity: Int

  /// A zeroed block. Zeroed once, so that no borrowed span can show uninitialized memory.
  init(capacity: Int) {
    self.capacity = max(capacity, 1)
    unsafe base = .allocate(byteCount: self.capacity, alignment: 16)
    unsafe base.initializeMemory(as: UInt8.self, repeating: 0, count: self.capacity)
  }

  deinit {
    unsafe base.deallocate()
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
    // memmove semantics: source and target may overlap.
    unsafe base.copyMemory(from: base.advanced(by: lower), byteCount: upper &- lower)
  }

  /// Makes the block larger; the bytes in it stay.
  mutating func grow(to wanted: Int) {
    guard wanted > capacity else { return }
    let larger = UnsafeMutableRawPointer.allocate(byteCount: wanted, alignment: 16)
    unsafe larger.copyMemory(from: base, byteCount: capacity)
    unsafe larger.advanced(by: capacity).initializeMemory(as: UInt8.self, repeating: 0, count: wanted &- capacity)
    unsafe base.deallocate()
    unsafe base = larger
    capacity = wanted
  }

  /// Lends the memory behind `start` to be written; the pointer must not outlive the call.
  mutating func withFree<Result>(from start: Int, _ body: (UnsafeMutableRawBufferPointer) -> Result) -> Result {
    let start = min(max(start, 0), capacity)
    return unsafe body(UnsafeMutableRawBufferPointer(start: base.advanced(by: start), count: capacity &- start))
  }

  /// Lends the bytes from `lower` to `upper`; the pointer must not outlive the call.
  func withBytes<Result>(_ lower: Int, _ upper: Int, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    unsafe part(lower, upper).withUnsafeBytes { unsafe body($0) }
  }
}
