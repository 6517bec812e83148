import Glibc

/// Reads a run of rows that was put aside while rows are sorted: of each eight bytes of prefix, four of length, then its
/// bytes; numbers in the machine's byte order, since nobody else reads them.
@safe
final class SpilledRows {
  static let headSize = 12
  private static let bytesPerRead = 32_768

  private let spill: SpillFile
  private var offset: Int
  private let end: Int
  // Freed in deinit. What was read lies between `next` and `filled`.
  private var block = UnsafeMutableRawBufferPointer.allocate(byteCount: bytesPerRead, alignment: 16)
  private var next = 0
  private var filled = 0

  /// The current row's prefix.
  private(set) var prefix: UInt64 = 0
  private var start = 0
  private var count = 0

  /// The run between two offsets of `spill`; `advance` goes to its first row.
  init(spill: SpillFile, start: Int, end: Int) {
    self.spill = spill
    offset = start
    self.end = end
  }

  deinit {
    unsafe block.deallocate()
  }

  /// The current row's bytes, which stand until the next `advance`.
  var row: UnsafeRawBufferPointer { unsafe UnsafeRawBufferPointer(rebasing: block[start..<start + count]) }

  /// Whether the current row comes before that of another run, the prefixes being equal.
  func isBefore(_ other: SpilledRows) -> Bool {
    // Both rows lie within their blocks.
    guard let one = unsafe block.baseAddress, let two = unsafe other.block.baseAddress else { return false }
    let order = unsafe memcmp(one + start, two + other.start, min(count, other.count))
    return order == 0 ? count < other.count : order < 0
  }

  /// Goes to the next row; false behind the last.
  func advance() throws(StoreError) -> Bool {
    try fill(SpilledRows.headSize)
    guard filled - next >= SpilledRows.headSize else { return false }
    prefix = unsafe block.loadUnaligned(fromByteOffset: next, as: UInt64.self)
    count = Int(unsafe block.loadUnaligned(fromByteOffset: next + 8, as: UInt32.self))
    next += SpilledRows.headSize
    try fill(count)
    guard filled - next >= count else { return false }
    start = next
    next += count
    return true
  }

  /// Sees to it that the block holds `count` bytes from `next` on, if the run has as many.
  private func fill(_ count: Int) throws(StoreError) {
    guard filled - next < count, offset < end else { return }
    let kept = filled - next
    let size = max(SpilledRows.bytesPerRead, count)
    // What is kept is moved to the front, of a larger block where the row wants one.
    if unsafe size > block.count {
      let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 16)
      unsafe larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: block[next..<filled]))
      unsafe block.deallocate()
      unsafe block = larger
    } else if let base = unsafe block.baseAddress, kept > 0 {
      unsafe memmove(base, base + next, kept)
    }
    next = 0
    filled = kept
    let got = try unsafe spill.read(
      into: UnsafeMutableRawBufferPointer(rebasing: block[kept...]), at: offset, end: end)
    offset += got
    filled += got
  }

  /// Writes a run of `count` rows, which have `bytes` bytes together, to `spill`: `row` gives the prefix and the bytes of
  /// each.
  static func write(
    _ count: Int, bytes: Int, to spill: SpillFile, row: (Int) -> (prefix: UInt64, bytes: UnsafeRawBufferPointer)
  ) throws(StoreError) {
    let size = bytes + count * headSize
    let run = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
    defer { unsafe run.deallocate() }
    var place = unsafe run
    for index in 0..<count {
      // Heads and bytes of all rows fill the run.
      let (prefix, bytes) = unsafe row(index)
      unsafe place.storeBytes(of: prefix, as: UInt64.self)
      unsafe place.storeBytes(of: UInt32(clamping: bytes.count), toByteOffset: 8, as: UInt32.self)
      unsafe place += headSize
      if let base = bytes.baseAddress { unsafe place.copyMemory(from: base, byteCount: bytes.count) }
      unsafe place += bytes.count
    }
    try unsafe spill.append(UnsafeRawBufferPointer(start: run, count: size))
  }
}
