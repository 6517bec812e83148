import Glibc

/// Plain values that are gathered to be sorted. Memory grows where it lies as far as the system can give its pages another
/// address, so that what is gathered is not copied again and again.
@safe
struct SortArray<Element: BitwiseCopyable>: ~Copyable {
  private static var initialCapacity: Int { 512 }

  // From malloc, freed in deinit; has room for `capacity` values, of which the first `count` are initialized.
  private var memory: UnsafeMutablePointer<Element>
  private var capacity: Int
  /// How many there are.
  private(set) var count = 0

  /// No values, and room for `capacity`.
  init(capacity: Int = SortArray.initialCapacity) {
    self.capacity = max(capacity, 1)
    unsafe memory = SortArray.resize(nil, to: self.capacity)
  }

  deinit {
    unsafe free(memory)
  }

  private typealias Memory = UnsafeMutablePointer<Element>

  private static func resize(_ memory: Memory?, to capacity: Int) -> Memory {
    // What is sorted at once is bounded, and so is this size. Without memory the program ends, as where Swift itself finds
    // none.
    guard let resized = unsafe realloc(memory, capacity * MemoryLayout<Element>.stride) else {
      fatalError("out of memory")
    }
    return unsafe resized.assumingMemoryBound(to: Element.self)
  }

  /// Adds a value.
  @inline(__always)
  mutating func append(_ element: Element) {
    if count == capacity { grow() }
    unsafe (memory + count).initialize(to: element)
    count &+= 1
  }

  @inline(never)
  private mutating func grow() {
    capacity *= 2
    unsafe memory = SortArray.resize(memory, to: capacity)
  }

  /// Has `other` hold as many values as this, of no meaning.
  func match(_ other: inout SortArray) {
    if other.capacity < count {
      other.capacity = count
      unsafe other.memory = SortArray.resize(other.memory, to: count)
    }
    // Plain values: any bytes are one, and the sorting writes each before it reads it.
    other.count = count
  }

  /// The values.
  var span: Span<Element> {
    @_lifetime(borrow self)
    get {
      let span = unsafe Span(_unsafeStart: memory, count: count)
      return unsafe _overrideLifetime(span, borrowing: self)
    }
  }

  /// The values, to be changed.
  var mutableSpan: MutableSpan<Element> {
    @_lifetime(&self)
    mutating get {
      let span = unsafe MutableSpan(_unsafeStart: memory, count: count)
      return unsafe _overrideLifetime(span, mutating: &self)
    }
  }

  /// The values as bytes; they stand until the next change.
  var bytes: UnsafeRawBufferPointer {
    unsafe UnsafeRawBufferPointer(UnsafeBufferPointer(start: memory, count: count))
  }

  /// Sorts the values of `range`.
  mutating func sort(_ range: Range<Int>, by isBefore: (Element, Element) -> Bool) {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    var part = unsafe UnsafeMutableBufferPointer(start: memory + range.lowerBound, count: range.count)
    unsafe part.sort(by: isBefore)
  }

  /// Forgets them all, and gives the memory back unless it is kept.
  mutating func removeAll(keepingCapacity: Bool) {
    count = 0
    if !keepingCapacity, capacity > SortArray.initialCapacity {
      unsafe free(memory)
      capacity = SortArray.initialCapacity
      unsafe memory = SortArray.resize(nil, to: capacity)
    }
  }
}
