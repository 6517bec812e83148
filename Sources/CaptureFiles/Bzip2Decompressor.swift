import CBzip2

/// bzip2 by libbz2, which needs less than 4 MiB.
@safe final class Bzip2Decompressor: Decompressor {
  /// On the heap, since libbz2's state points back at it.
  private let stream: UnsafeMutablePointer<bz_stream>
  private var isOpen = false

  init() {
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: bz_stream())
  }

  deinit {
    if isOpen { unsafe BZ2_bzDecompressEnd(stream) }
    unsafe stream.deallocate()
  }

  func beginMember() -> String? {
    if isOpen { unsafe BZ2_bzDecompressEnd(stream) }
    unsafe stream.pointee = bz_stream()
    isOpen = unsafe BZ2_bzDecompressInit(stream, 0, 0) == BZ_OK
    return isOpen ? nil : "out of memory"
  }

  func decompress(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
  ) -> DecompressedPart {
    // libbz2 reads through this pointer only, and both are the caller's for the call.
    unsafe stream.pointee.next_in = UnsafeMutablePointer(
      mutating: source.baseAddress?.assumingMemoryBound(to: CChar.self))
    unsafe stream.pointee.avail_in = UInt32(clamping: source.count)
    unsafe stream.pointee.next_out = target.baseAddress?.assumingMemoryBound(to: CChar.self)
    unsafe stream.pointee.avail_out = UInt32(clamping: target.count)
    let (before, room) = unsafe (stream.pointee.avail_in, stream.pointee.avail_out)
    let code = unsafe BZ2_bzDecompress(stream)
    var part = DecompressedPart()
    part.taken = unsafe Int(before) - Int(stream.pointee.avail_in)
    part.produced = unsafe Int(room) - Int(stream.pointee.avail_out)
    switch code {
    case BZ_OK: part.outcome = .more
    case BZ_STREAM_END: part.outcome = .memberEnds
    case BZ_MEM_ERROR: part.outcome = .damaged("out of memory")
    case BZ_DATA_ERROR: part.outcome = .damaged("wrong checksum or invalid data")
    default: part.outcome = .damaged("invalid data")
    }
    return part
  }
}
