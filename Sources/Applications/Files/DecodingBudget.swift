/// How much compressed content of one capture is undone, all bodies together, and the memory for it.
///
/// Deflate makes up to 1,032 bytes of each one sent, brotli and zstd far more, and a decoder takes 40 kB to 16 MB for a body
/// of a few bytes, so that a small capture could cost hours and gigabytes otherwise.
///
/// It is safe to use: the outputs' memory is its own and lives as long as it does.
@safe final class DecodingBudget {
  /// Bytes that all of a capture's content may decode to, what one coding makes for the next included.
  static let limit = 16 << 30
  /// Bodies that are decoded at once.
  static let openLimit = 512
  /// Bytes of memory that the windows of all decoders for brotli and zstd may take at once.
  static let memoryLimit = 256 << 20
  /// Bytes of a decoder's output that are counted at once.
  static let outputSize = 32_768

  /// Where decoders' output goes, for each coding that stands in another one's output: nothing of it is kept from call to
  /// call.
  private var outputs: [UnsafeMutableRawBufferPointer] = unsafe []

  private var left = DecodingBudget.limit
  private var open = 0
  private var held = 0
  private var isBrotliNoted = false

  init() {}

  deinit {
    // Allocated by `output`; the decoders that write to it hold this object.
    while let output = unsafe outputs.popLast() { unsafe output.deallocate() }
  }

  /// The memory for the output of the `index`th coding.
  @unsafe func output(_ index: Int) -> UnsafeMutableRawBufferPointer {
    while unsafe outputs.count <= index {
      unsafe outputs.append(.allocate(byteCount: DecodingBudget.outputSize, alignment: 16))
    }
    return unsafe outputs[index]
  }

  /// Begins one more body; false where too many are under way.
  func begin() -> Bool {
    guard open < DecodingBudget.openLimit else { return false }
    open += 1
    return true
  }

  /// Ends a body that was begun, whose decoders held so many bytes.
  func end(releasing bytes: Int) {
    open -= 1
    held -= bytes
  }

  /// Counts what decoders hold more than before; false where all together hold too much.
  func hold(_ more: Int) -> Bool {
    held += more
    return more <= 0 || held <= DecodingBudget.memoryLimit
  }

  /// Takes `count` decoded bytes from what is left; false where nothing is.
  func spend(_ count: Int) -> Bool {
    left -= count
    return left >= 0
  }

  /// Whether nobody has been told yet that libbrotlidec is missing.
  func isFirstWithoutBrotli() -> Bool {
    defer { isBrotliNoted = true }
    return !isBrotliNoted
  }
}
