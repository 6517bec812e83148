import Glibc

/// Sorts byte strings of any number in bounded memory, bytewise: first by a 64-bit prefix, then by the bytes themselves.
///
/// Runs of them are sorted and put aside, and merged at the end.
@safe
struct RowSorter: ~Copyable {
  private struct Entry: BitwiseCopyable {
    let prefix: UInt64
    let start: Int
    let count: Int
  }

  private struct Run {
    let start: Int
    let end: Int
  }

  private let spill: SpillFile
  private var entries: [Entry] = []
  private var bytes: [UInt8] = []
  private var steps = 1
  private var runs: [Run] = []

  /// An empty sorter which puts runs aside in `spill`.
  init(spill: SpillFile) {
    self.spill = spill
  }

  /// Adds a row, which is copied.
  mutating func add(prefix: UInt64, _ row: UnsafeRawBufferPointer) throws(StoreError) {
    entries.append(Entry(prefix: prefix, start: bytes.count, count: row.count))
    unsafe bytes.append(contentsOf: row)
    if size >= steps &* SpillFile.step { try makeRoom() }
  }

  /// Bytes in memory.
  @inline(__always)
  private var size: Int { bytes.count &+ entries.count &* MemoryLayout<Entry>.size }

  private mutating func makeRoom() throws(StoreError) {
    guard spill.reserveStep() else { return try putAside() }
    steps += 1
  }

  /// Adds a row whose bytes `fill` appends; its prefix are the first eight of them.
  @inline(__always)
  mutating func add(_ fill: (inout [UInt8]) -> Void) throws(StoreError) {
    let start = bytes.count
    fill(&bytes)
    let prefix = SortKey.prefix(of: bytes, from: start)
    entries.append(Entry(prefix: prefix, start: start, count: bytes.count - start))
    if size >= steps &* SpillFile.step { try makeRoom() }
  }

  private mutating func sort() {
    // The bytes are the array's own; every entry lies within them.
    unsafe bytes.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return }
      entries.sort { left, right in
        if left.prefix != right.prefix { return left.prefix < right.prefix }
        let order = unsafe memcmp(base + left.start, base + right.start, min(left.count, right.count))
        return order == 0 ? left.count < right.count : order < 0
      }
    }
  }

  private mutating func putAside() throws(StoreError) {
    sort()
    let start = spill.size
    var run: [UInt8] = []
    run.reserveCapacity(bytes.count + entries.count * SpilledRows.headSize)
    // Every entry lies within the bytes.
    unsafe bytes.withUnsafeBytes { bytes in
      for entry in entries {
        unsafe SpilledRows.append(
          prefix: entry.prefix, UnsafeRawBufferPointer(rebasing: bytes[entry.start..<entry.start + entry.count]),
          to: &run)
      }
    }
    try spill.append(run)
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
    if !runs.isEmpty, !entries.isEmpty { try putAside() }
    sort()
    let sorted = entries
    let all = bytes
    entries = []
    bytes = []
    spill.release(steps: steps - 1)
    steps = 1
    if !runs.isEmpty { return try unsafe merge(body) }
    var failure: StoreError?
    // Every entry lies within the bytes.
    unsafe all.withUnsafeBytes { bytes in
      do throws(StoreError) {
        for entry in sorted {
          try unsafe body(
            entry.prefix, UnsafeRawBufferPointer(rebasing: bytes[entry.start..<entry.start + entry.count]))
        }
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
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
