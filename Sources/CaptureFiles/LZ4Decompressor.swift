import CLZ4

/// LZ4's frame format by liblz4, whose blocks have 4 MiB at most; frames that are to be skipped included.
@safe final class LZ4Decompressor: Decompressor {
  private let context: OpaquePointer
  /// Bytes that end the present block: so much is given at once, since of a call that fails nothing comes out.
  private var wanted = 1

  /// Nil where liblz4 finds no memory.
  init?() {
    var created: OpaquePointer?
    guard unsafe LZ4F_isError(LZ4F_createDecompressionContext(&created, UInt32(LZ4F_VERSION))) == 0,
      let created = unsafe created
    else { return nil }
    unsafe context = created
  }

  deinit {
    unsafe LZ4F_freeDecompressionContext(context)
  }

  func beginMember() -> String? {
    unsafe LZ4F_resetDecompressionContext(context)
    wanted = 1
    return nil
  }

  func decompress(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
  ) -> DecompressedPart {
    var taken = min(source.count, wanted)
    var produced = target.count
    // Both pointers are the caller's for the call, and the counts tell what was used of them.
    let code = unsafe LZ4F_decompress(context, target.baseAddress, &produced, source.baseAddress, &taken, nil)
    if LZ4F_isError(code) != 0 {
      let text = unsafe LZ4F_getErrorName(code)
      let reason = unsafe text.map { unsafe String(cString: $0) } ?? "invalid data"
      return DecompressedPart(taken: taken, produced: produced, outcome: .damaged(reason))
    }
    wanted = max(1, code)
    return DecompressedPart(taken: taken, produced: produced, outcome: code == 0 ? .memberEnds : .more)
  }
}
