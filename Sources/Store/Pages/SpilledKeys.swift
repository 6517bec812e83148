/// Reads a run of keys that was put aside.
struct SpilledKeys {
  private static let keysPerRead = 2_048

  private let spill: SpillFile
  private var offset: Int
  private let end: Int
  private var block: [UInt64] = []
  private var index = 0

  /// The run of `count` keys that begins at an offset of `spill`.
  init(spill: SpillFile, start: Int, count: Int) {
    self.spill = spill
    offset = start
    end = start + count * MemoryLayout<UInt64>.size
  }

  /// The next key; nil behind the last.
  mutating func next() throws(StoreError) -> UInt64? {
    if index == block.count {
      guard offset < end else { return nil }
      let count = min(SpilledKeys.keysPerRead, (end - offset) / MemoryLayout<UInt64>.size)
      block = [UInt64](repeating: 0, count: count)
      let from = offset
      var result: Result<Int, StoreError> = .success(0)
      // The bytes are the array's own and live for the call.
      unsafe block.withUnsafeMutableBytes { bytes in
        do throws(StoreError) {
          result = .success(try unsafe spill.read(into: bytes, at: from, end: end))
        } catch {
          result = .failure(error)
        }
      }
      offset += try result.get()
      index = 0
    }
    defer { index += 1 }
    return block[index]
  }
}
