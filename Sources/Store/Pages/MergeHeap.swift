/// The heads of sorted runs, the smallest first: a binary heap of keys and the numbers of their runs. Of equal keys
/// `isBefore` decides, asked with the numbers of two runs.
struct MergeHeap {
  private var entries: [(key: UInt64, source: Int)] = []

  /// The smallest head and the run that it is from.
  var first: (key: UInt64, source: Int)? { entries.first }

  /// Adds the head of a run.
  mutating func insert(_ key: UInt64, from source: Int, isBefore: (Int, Int) -> Bool) {
    entries.append((key, source))
    var index = entries.count - 1
    while index > 0 {
      let parent = (index - 1) / 2
      guard precedes(index, parent, isBefore) else { return }
      entries.swapAt(index, parent)
      index = parent
    }
  }

  /// Puts the next key of the smallest head's run in its place.
  mutating func replaceFirst(with key: UInt64, isBefore: (Int, Int) -> Bool) {
    entries[0].key = key
    siftDown(isBefore)
  }

  /// Takes the smallest head away: its run is over.
  mutating func removeFirst(isBefore: (Int, Int) -> Bool) {
    entries.swapAt(0, entries.count - 1)
    entries.removeLast()
    siftDown(isBefore)
  }

  private mutating func siftDown(_ isBefore: (Int, Int) -> Bool) {
    var index = 0
    while true {
      let left = 2 * index + 1
      guard left < entries.count else { return }
      let right = left + 1
      let child = right < entries.count && precedes(right, left, isBefore) ? right : left
      guard precedes(child, index, isBefore) else { return }
      entries.swapAt(index, child)
      index = child
    }
  }

  private func precedes(_ one: Int, _ other: Int, _ isBefore: (Int, Int) -> Bool) -> Bool {
    if entries[one].key != entries[other].key { return entries[one].key < entries[other].key }
    return isBefore(entries[one].source, entries[other].source)
  }
}
