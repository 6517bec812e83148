import Bytes
import CZstd

/// `zstd` by libzstd.
///
/// It is safe to use: its pointer is its own, from the initializer to the end of its life, and never leaves it.
@safe final class ZstdStage: DecodingStage {
  /// The largest window that a receiver must support, 8 MiB (RFC 9659, section 3), as a power of two.
  static let windowLog: Int32 = 23

  private let context: OpaquePointer

  /// Its window and its tables.
  var heldBytes: Int { unsafe ZSTD_sizeof_DStream(context) }

  /// Nil where memory is missing.
  init?() {
    // C calls on what the first one made.
    guard let context = unsafe ZSTD_createDStream() else { return nil }
    unsafe self.context = context
    unsafe ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, ZstdStage.windowLog)
  }

  deinit {
    unsafe ZSTD_freeDStream(context)
  }

  func step(_ input: RawSpan, from offset: inout Int, into room: UnsafeMutableRawBufferPointer) -> DecodingStep {
    let rest = input.part(from: offset)
    // It reads and writes within these buffers, for the call alone.
    let (code, used, produced) = unsafe rest.withUnsafeBytes { bytes -> (Int, Int, Int) in
      var source = unsafe ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
      var target = unsafe ZSTD_outBuffer(dst: room.baseAddress, size: room.count, pos: 0)
      let code = unsafe ZSTD_decompressStream(context, &target, &source)
      return unsafe (code, source.pos, target.pos)
    }
    offset += used
    guard ZSTD_isError(code) == 0 else {
      let isTooLarge = ZSTD_getErrorCode(code) == ZSTD_error_frameParameter_windowTooLarge
      return DecodingStep(
        produced: produced,
        outcome: .failed(isTooLarge ? "a window of more than 8 MiB is needed" : "no valid zstd data"))
    }
    return DecodingStep(produced: produced, outcome: code == 0 ? .ended : .more)
  }

  /// Another frame, or one that is to be skipped (RFC 8878, section 3.1), which libzstd does.
  func goesOn(with byte: UInt8) -> Bool { byte == 0x28 || byte & 0xf0 == 0x50 }
}
