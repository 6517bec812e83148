// What a writer needs besides `storeBytes`, which checks its bounds itself.

extension MutableRawSpan {
  /// Copies `source` to `offset`; does nothing where it does not fit.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func copy(_ source: RawSpan, to offset: Int) {
    guard offset >= 0, offset <= byteCount, source.byteCount <= byteCount &- offset else { return }
    // Within both, as was just checked.
    unsafe withUnsafeMutableBytes { room in
      unsafe source.withUnsafeBytes { bytes in
        guard let target = room.baseAddress, let start = bytes.baseAddress else { return }
        unsafe (target + offset).copyMemory(from: start, byteCount: bytes.count)
      }
    }
  }

  /// Moves the bytes from `start` to `end` by `distance` towards the end; does nothing where they do not fit.
  @_lifetime(self: copy self)
  public mutating func move(from start: Int, to end: Int, by distance: Int) {
    guard start >= 0, start <= end, distance >= 0, end <= byteCount, distance <= byteCount &- end else { return }
    // Within the span, as was just checked; source and target may overlap.
    unsafe withUnsafeMutableBytes { room in
      guard let base = room.baseAddress else { return }
      unsafe (base + start + distance).copyMemory(from: base + start, byteCount: end - start)
    }
  }
}
