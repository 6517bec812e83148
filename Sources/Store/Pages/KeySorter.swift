/// Sorts 64-bit keys of any number in bounded memory: runs of them are sorted by radix and put aside, and merged at the end.
struct KeySorter: ~Copyable {
  /// Keys in a step of memory.
  static let step = SpillFile.step / MemoryLayout<UInt64>.size
  /// Most steps that are sorted at once, which takes as much memory again.
  private static let maximumSteps = 16

  private struct Run {
    let start: Int
    let count: Int
  }

  private let spill: SpillFile
  private var keys = SortArray<UInt64>()
  private var steps = 1
  private var runs: [Run] = []

  /// An empty sorter which puts runs aside in `spill`.
  init(spill: SpillFile) {
    self.spill = spill
  }

  /// Adds a key.
  @inline(__always)
  mutating func add(_ key: UInt64) throws(StoreError) {
    if keys.count == steps &* KeySorter.step { try makeRoom() }
    keys.append(key)
  }

  private mutating func makeRoom() throws(StoreError) {
    guard steps < KeySorter.maximumSteps, spill.reserveStep() else { return try putAside() }
    steps += 1
  }

  private mutating func putAside() throws(StoreError) {
    RadixSort.sort(&keys) { $0 }
    let start = spill.size
    // The bytes are the array's own and live for the call.
    try unsafe spill.append(keys.bytes)
    runs.append(Run(start: start, count: keys.count))
    keys.removeAll(keepingCapacity: steps == 1)
    spill.release(steps: steps - 1)
    steps = 1
  }

  /// Puts the keys in order where all are in memory, so that `drain` finds them so.
  mutating func sort() {
    if runs.isEmpty { RadixSort.sort(&keys) { $0 } }
  }

  /// Passes all keys to `body` in ascending order, equal ones as often as they were added. Nothing may be added afterwards.
  @inline(__always)
  mutating func drain(_ body: (UInt64) throws(StoreError) -> Void) throws(StoreError) {
    if runs.isEmpty {
      RadixSort.sort(&keys) { $0 }
      for index in keys.span.indices { try body(keys.span[index]) }
      keys.removeAll(keepingCapacity: false)
      spill.release(steps: steps - 1)
      steps = 1
      return
    }
    if keys.count > 0 { try putAside() }
    keys.removeAll(keepingCapacity: false)
    try merge(body)
  }

  private func merge(_ body: (UInt64) throws(StoreError) -> Void) throws(StoreError) {
    var sources: [SpilledKeys] = []
    var heap = MergeHeap()
    // Equal keys are alike.
    let isBefore = { (one: Int, other: Int) in one < other }
    for run in runs {
      var source = SpilledKeys(spill: spill, start: run.start, count: run.count)
      if let first = try source.next() { heap.insert(first, from: sources.count, isBefore: isBefore) }
      sources.append(source)
    }
    while let (key, source) = heap.first {
      try body(key)
      if let next = try sources[source].next() {
        heap.replaceFirst(with: next, isBefore: isBefore)
      } else {
        heap.removeFirst(isBefore: isBefore)
      }
    }
  }
}
