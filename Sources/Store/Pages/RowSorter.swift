import Glibc

/// Sorts byte strings of any number in bounded memory, bytewise: first by a 64-bit prefix, then by the bytes themselves.
///
/// Runs of them are sorted and put aside, and merged at the end.
@safe
struct RowSorter: ~Copyable {
  /// A row that is kept. Not private, because the compiler fails on a private type in the memory of another's field.
  struct Entry: BitwiseCopyable {
    let prefix: UInt64
    /// Where it lies in `bytes`, of which there are never more than a number of 32 bits can count.
    let start: UInt32
    let count: UInt32

    func bytes(in all: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
      unsafe UnsafeRawBufferPointer(rebasing: all[Int(start)..<Int(start) + Int(count)])
    }
  }

  private struct Run {
    let start: Int
    let end: Int
  }

  private let spill: SpillFile
  private var entries = SortArray<Entry>()
  private var bytes = SortBytes()
  private var steps = 1
  private var isSorted = false
  private var runs: [Run] = []

  /// An empty sorter which puts runs aside in `spill`.
  init(spill: SpillFile) {
    self.spill = spill
  }

  /// Adds a row, which is copied.
  @inline(__always)
  mutating func add(prefix: UInt64, _ row: UnsafeRawBufferPointer) throws(StoreError) {
    let place = unsafe bytes.place(for: row.count)
    if let base = row.baseAddress { unsafe place.copyMemory(from: base, byteCount: row.count) }
    try add(Entry(prefix: prefix, start: UInt32(clamping: bytes.count), count: UInt32(clamping: row.count)))
  }

  /// Adds a row of at most `capacity` bytes that `write` puts to the place it is given; it returns the place behind. The
  /// prefix are the row's first eight bytes.
  @inline(__always)
  mutating func add(
    capacity: Int, _ write: (UnsafeMutableRawPointer) -> UnsafeMutableRawPointer
  ) throws(StoreError) {
    let place = unsafe bytes.place(for: capacity)
    let count = unsafe write(place) - place
    let prefix = unsafe SortKey.prefix(place, count: count)
    try add(Entry(prefix: prefix, start: UInt32(clamping: bytes.count), count: UInt32(clamping: count)))
  }

  @inline(__always)
  private mutating func add(_ entry: Entry) throws(StoreError) {
    bytes.add(Int(entry.count))
    entries.append(entry)
    isSorted = false
    if bytes.count &+ entries.count &* MemoryLayout<Entry>.size >= steps &* SpillFile.step { try makeRoom() }
  }

  private mutating func makeRoom() throws(StoreError) {
    guard spill.reserveStep() else { return try putAside() }
    steps += 1
  }

  /// Puts what is in memory in order, so that `drain` finds it so.
  mutating func sort() {
    if isSorted { return }
    isSorted = true
    RadixSort.sort(&entries) { $0.prefix }
    var start = 0
    while start < entries.count {
      let prefix = entries.span[start].prefix
      var end = start &+ 1
      while end < entries.count, entries.span[end].prefix == prefix { end &+= 1 }
      if end &- start > 1 { sortEqual(start..<end) }
      start = end
    }
  }

  /// Sorts entries with the same prefix. Those that came in order, as rows do whose indexed values are equal, stay.
  private mutating func sortEqual(_ range: Range<Int>) {
    let all = unsafe bytes.bytes
    let isBefore = { (one: Entry, other: Entry) in
      // Every entry lies within the bytes.
      guard let base = all.baseAddress else { return false }
      let order = unsafe memcmp(base + Int(one.start), base + Int(other.start), Int(min(one.count, other.count)))
      return order == 0 ? one.count < other.count : order < 0
    }
    for index in range.dropFirst() where isBefore(entries.span[index], entries.span[index &- 1]) {
      entries.sort(range, by: isBefore)
      return
    }
  }

  private mutating func putAside() throws(StoreError) {
    sort()
    let start = spill.size
    try unsafe SpilledRows.write(entries.count, bytes: bytes.count, to: spill) { (index) in
      (entries.span[index].prefix, unsafe entries.span[index].bytes(in: bytes.bytes))
    }
    runs.append(Run(start: start, end: spill.size))
    entries.removeAll(keepingCapacity: steps == 1)
    bytes.removeAll(keepingCapacity: steps == 1)
    spill.release(steps: steps - 1)
    steps = 1
  }

  /// Passes all rows to `body` in ascending order; the bytes stand during the call. Nothing may be added afterwards.
  mutating func drain(
    _ body: (UInt64, UnsafeRawBufferPointer) throws(StoreError) -> Void
  ) throws(StoreError) {
    if !runs.isEmpty, entries.count > 0 { try putAside() }
    if !runs.isEmpty {
      entries.removeAll(keepingCapacity: false)
      bytes.removeAll(keepingCapacity: false)
      return try unsafe merge(body)
    }
    sort()
    // Every entry lies within the bytes, which stand until they are all passed.
    for index in entries.span.indices {
      let entry = entries.span[index]
      try unsafe body(entry.prefix, entry.bytes(in: bytes.bytes))
    }
    entries.removeAll(keepingCapacity: false)
    bytes.removeAll(keepingCapacity: false)
    spill.release(steps: steps - 1)
    steps = 1
  }

  private func merge(_ body: (UInt64, UnsafeRawBufferPointer) throws(StoreError) -> Void) throws(StoreError) {
    let sources = runs.map { SpilledRows(spill: spill, start: $0.start, end: $0.end) }
    var heap = MergeHeap()
    let isBefore = { (one: Int, other: Int) in sources[one].isBefore(sources[other]) }
    for (index, source) in sources.enumerated() where try source.advance() {
      heap.insert(source.prefix, from: index, isBefore: isBefore)
    }
    while let (prefix, source) = heap.first {
      try unsafe body(prefix, sources[source].row)
      if try sources[source].advance() {
        heap.replaceFirst(with: sources[source].prefix, isBefore: isBefore)
      } else {
        heap.removeFirst(isBefore: isBefore)
      }
    }
  }
}
