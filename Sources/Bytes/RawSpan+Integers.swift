// Swift's RawSpan has no safe element access yet; these few lines are it. Each load is preceded by its own check
// of the bounds, which is why the unsafe loads below are sound.

extension RawSpan {
  /// The byte at `offset`, or nil behind the end.
  @inlinable
  public func u8(at offset: Int) -> UInt8? {
    guard offset >= 0, offset < byteCount else { return nil }
    return unsafe unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self)
  }

  /// The big-endian 16-bit integer at `offset`, or nil where fewer than 2 bytes are left.
  @inlinable
  public func u16(at offset: Int) -> UInt16? {
    guard offset >= 0, offset <= byteCount &- 2 else { return nil }
    return unsafe UInt16(bigEndian: unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt16.self))
  }

  /// The big-endian 32-bit integer at `offset`, or nil where fewer than 4 bytes are left.
  @inlinable
  public func u32(at offset: Int) -> UInt32? {
    guard offset >= 0, offset <= byteCount &- 4 else { return nil }
    return unsafe UInt32(bigEndian: unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt32.self))
  }

  /// The big-endian 64-bit integer at `offset`, or nil where fewer than 8 bytes are left.
  @inlinable
  public func u64(at offset: Int) -> UInt64? {
    guard offset >= 0, offset <= byteCount &- 8 else { return nil }
    return unsafe UInt64(bigEndian: unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self))
  }

  /// The eight bytes at `offset`, the first one lowest, with zeros where fewer are left: for what is done with text eight
  /// bytes at a time.
  @inlinable
  public func word(at offset: Int) -> UInt64 {
    guard offset >= 0, offset < byteCount else { return 0 }
    if offset <= byteCount &- 8 {
      return unsafe UInt64(littleEndian: unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self))
    }
    if byteCount >= 8 {
      // The last eight bytes of the span, without those before `offset`.
      let last = unsafe UInt64(
        littleEndian: unsafeLoadUnaligned(fromUncheckedByteOffset: byteCount &- 8, as: UInt64.self))
      return last &>> UInt64(truncatingIfNeeded: 8 &* (8 &+ offset &- byteCount))
    }
    // Two pieces that overlap, or three bytes of which some may be one: all of them lie from `offset` to the end.
    let left = byteCount &- offset
    if left >= 4, let first = u32(at: offset), let last = u32(at: byteCount &- 4) {
      return UInt64(first.byteSwapped) | UInt64(last.byteSwapped) &<< UInt64(8 &* (left &- 4))
    }
    let middle = unsafe UInt64(unsafeLoad(fromUncheckedByteOffset: offset &+ left &>> 1, as: UInt8.self))
    let last = unsafe UInt64(unsafeLoad(fromUncheckedByteOffset: byteCount &- 1, as: UInt8.self))
    return unsafe UInt64(unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self))
      | middle &<< UInt64(8 &* (left &>> 1)) | last &<< UInt64(8 &* (left &- 1))
  }

  /// The part from `start` to `end`, both clamped to the span, so that no value from the wire can trap.
  @inlinable
  @_lifetime(copy self)
  public func part(from start: Int, to end: Int = .max) -> RawSpan {
    let lower = Swift.max(0, Swift.min(start, byteCount))
    let upper = Swift.max(lower, Swift.min(end, byteCount))
    return unsafe extracting(unchecked: Range(uncheckedBounds: (lower, upper)))
  }

  /// The part in `range`, clamped to the span.
  @inlinable
  @_lifetime(copy self)
  public func part(_ range: Range<Int>) -> RawSpan {
    part(from: range.lowerBound, to: range.upperBound)
  }

  /// Whether the bytes from `offset` on begin with the ASCII text `prefix`.
  @inlinable
  public func starts(with prefix: StaticString, at offset: Int = 0) -> Bool {
    let count = prefix.utf8CodeUnitCount
    guard offset >= 0, count <= byteCount &- offset else { return false }
    for index in 0..<count
    where unsafe unsafeLoad(fromUncheckedByteOffset: offset &+ index, as: UInt8.self) != prefix.utf8Start[index] {
      return false
    }
    return true
  }

  /// The offset of the first `byte` at or behind `start` and before `end`, or nil.
  @inlinable
  public func firstIndex(of byte: UInt8, from start: Int = 0, to end: Int = .max) -> Int? {
    var index = Swift.max(0, start)
    let limit = Swift.min(end, byteCount)
    while index <= limit &- 8 {
      // Within the span, as was just checked.
      let word = unsafe UInt64(littleEndian: unsafeLoadUnaligned(fromUncheckedByteOffset: index, as: UInt64.self))
      let found = ASCII.occurrences(of: byte, in: word)
      if found != 0 { return index &+ found.trailingZeroBitCount &>> 3 }
      index &+= 8
    }
    while index < limit {
      if unsafe unsafeLoad(fromUncheckedByteOffset: index, as: UInt8.self) == byte { return index }
      index &+= 1
    }
    return nil
  }

  /// A copy of the bytes.
  @inlinable
  public func copied() -> [UInt8] {
    unsafe withUnsafeBytes { unsafe [UInt8]($0) }
  }
}

extension [UInt8] {
  /// Appends every byte of `span`.
  @inlinable
  public mutating func append(span: RawSpan) {
    unsafe span.withUnsafeBytes { unsafe append(contentsOf: $0) }
  }
}

extension [UInt8] {
  /// The array's bytes, borrowed.
  @inlinable
  public var bytes: RawSpan {
    // Every byte of a [UInt8] is initialized, which is all that makes the element's bytes unsafe in general.
    @_lifetime(borrow self) get { unsafe span.bytes }
  }
}
