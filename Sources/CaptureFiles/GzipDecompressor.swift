import CZlib

/// gzip (RFC 1952) by zlib, whose window has 32 KiB.
@safe final class GzipDecompressor: Decompressor {
  /// 15 for the largest window, and 16 for gzip's header.
  private static let windowBits: CInt = 31

  /// On the heap, since zlib's state points back at it.
  private let stream: UnsafeMutablePointer<z_stream>

  /// Nil where zlib finds no memory.
  init?() {
    // deinit, which frees it, also runs where this initializer returns nil: inflateEnd does nothing to a blank stream.
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    let size = unsafe CInt(MemoryLayout<z_stream>.size)
    guard unsafe inflateInit2_(stream, GzipDecompressor.windowBits, ZLIB_VERSION, size) == Z_OK else { return nil }
  }

  deinit {
    unsafe inflateEnd(stream)
    unsafe stream.deallocate()
  }

  func beginMember() -> String? {
    unsafe inflateReset(stream) == Z_OK ? nil : "zlib has lost its state"
  }

  func decompress(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
  ) -> DecompressedPart {
    // zlib reads through this pointer only, and both are the caller's for the call.
    unsafe stream.pointee.next_in = UnsafeMutablePointer(
      mutating: source.baseAddress?.assumingMemoryBound(to: UInt8.self))
    unsafe stream.pointee.avail_in = UInt32(clamping: source.count)
    unsafe stream.pointee.next_out = target.baseAddress?.assumingMemoryBound(to: UInt8.self)
    unsafe stream.pointee.avail_out = UInt32(clamping: target.count)
    let (before, room) = unsafe (stream.pointee.avail_in, stream.pointee.avail_out)
    let code = unsafe inflate(stream, Z_NO_FLUSH)
    var part = DecompressedPart()
    part.taken = unsafe Int(before) - Int(stream.pointee.avail_in)
    part.produced = unsafe Int(room) - Int(stream.pointee.avail_out)
    switch code {
    case Z_OK, Z_BUF_ERROR: part.outcome = .more
    case Z_STREAM_END: part.outcome = .memberEnds
    case Z_NEED_DICT: part.outcome = .damaged("a preset dictionary is needed")
    default: part.outcome = .damaged(message)
    }
    return part
  }

  private var message: String {
    guard let text = unsafe stream.pointee.msg else { return "invalid data" }
    return unsafe String(cString: text)
  }
}
