import CZstd

/// zstd (RFC 8878) by libzstd, frames that are to be skipped included.
@safe final class ZstdDecompressor: Decompressor {
  private let context: OpaquePointer
  /// Bytes that end the present block: so much is given at once, since of a call that fails nothing comes out.
  private var wanted = 1

  /// Nil where libzstd finds no memory.
  init?() {
    guard let created = unsafe ZSTD_createDCtx() else { return nil }
    unsafe context = created
    unsafe ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, CaptureLimits.zstdWindowLog)
  }

  deinit {
    unsafe ZSTD_freeDCtx(context)
  }

  func beginMember() -> String? {
    let code = unsafe ZSTD_DCtx_reset(context, ZSTD_reset_session_only)
    wanted = 1
    return ZSTD_isError(code) == 0 ? nil : ZstdDecompressor.message(code)
  }

  func decompress(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
  ) -> DecompressedPart {
    // Both pointers are the caller's for the call.
    var input = unsafe ZSTD_inBuffer(src: source.baseAddress, size: min(source.count, wanted), pos: 0)
    var output = unsafe ZSTD_outBuffer(dst: target.baseAddress, size: target.count, pos: 0)
    let code = unsafe ZSTD_decompressStream(context, &output, &input)
    var part = DecompressedPart()
    part.taken = unsafe input.pos
    part.produced = unsafe output.pos
    if ZSTD_isError(code) != 0 {
      part.outcome = .damaged(ZstdDecompressor.message(code))
    } else {
      part.outcome = code == 0 ? .memberEnds : .more
      wanted = max(1, Int(clamping: code))
    }
    return part
  }

  private static func message(_ code: Int) -> String {
    if ZSTD_getErrorCode(code) == ZSTD_error_frameParameter_windowTooLarge {
      return "a window of more than \(1 << (CaptureLimits.zstdWindowLog - 20)) MiB is needed"
    }
    guard let text = unsafe ZSTD_getErrorName(code) else { return "invalid data" }
    return unsafe String(cString: text)
  }
}
