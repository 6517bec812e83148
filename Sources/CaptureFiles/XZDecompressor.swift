import CLZMA

/// The .xz format by liblzma.
@safe final class XZDecompressor: Decompressor {
  /// On the heap, since it must not move while liblzma uses it.
  private let stream: UnsafeMutablePointer<lzma_stream>

  init() {
    unsafe stream = .allocate(capacity: 1)
    // All zeros, as LZMA_STREAM_INIT is.
    unsafe stream.initialize(to: lzma_stream())
  }

  deinit {
    unsafe lzma_end(stream)
    unsafe stream.deallocate()
  }

  func beginMember() -> String? {
    let code = unsafe lzma_stream_decoder(stream, CaptureLimits.xzMemory, 0)
    return code == LZMA_OK ? nil : message(code)
  }

  func decompress(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
  ) -> DecompressedPart {
    // Both pointers are the caller's for the call.
    unsafe stream.pointee.next_in = source.baseAddress?.assumingMemoryBound(to: UInt8.self)
    unsafe stream.pointee.avail_in = source.count
    unsafe stream.pointee.next_out = target.baseAddress?.assumingMemoryBound(to: UInt8.self)
    unsafe stream.pointee.avail_out = target.count
    let code = unsafe lzma_code(stream, LZMA_RUN)
    var part = DecompressedPart()
    part.taken = unsafe source.count - stream.pointee.avail_in
    part.produced = unsafe target.count - stream.pointee.avail_out
    switch code {
    case LZMA_OK, LZMA_BUF_ERROR: part.outcome = .more
    case LZMA_STREAM_END: part.outcome = .memberEnds
    default: part.outcome = .damaged(message(code))
    }
    return part
  }

  private func message(_ code: lzma_ret) -> String {
    switch code {
    case LZMA_MEM_ERROR: "out of memory"
    case LZMA_MEMLIMIT_ERROR:
      unsafe """
      \((lzma_memusage(stream) + 0xfffff) >> 20) MiB of memory are needed, \
      \(CaptureLimits.xzMemory >> 20) are allowed
      """
    case LZMA_FORMAT_ERROR: "no .xz header"
    case LZMA_OPTIONS_ERROR: "options that are not supported"
    default: "invalid data"
    }
  }
}
