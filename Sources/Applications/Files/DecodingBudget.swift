/// How much compressed content of one capture is undone, all bodies together, and the memory for it.
///
/// Deflate makes up to 1,032 bytes of each one sent, and a decoder takes 40 kB for a body of a few bytes, so that a small
/// capture could cost hours and gigabytes otherwise.
///
/// It is safe to use: the output's memory is its own and lives as long as it does.
@safe final class DecodingBudget {
  /// Bytes that all of a capture's content may decode to.
  static let limit = 16 << 30
  /// Bodies that are decoded at once.
  static let openLimit = 512
  /// Bytes of zlib's output that are counted at once.
  static let outputSize = 32_768

  /// Where every decoder's output goes; nothing of it is kept from call to call.
  let output: UnsafeMutablePointer<UInt8>

  private var left = DecodingBudget.limit
  private var open = 0

  init() {
    unsafe output = .allocate(capacity: DecodingBudget.outputSize)
  }

  deinit {
    // Allocated by the initializer; the decoders that write to it hold this object.
    unsafe output.deallocate()
  }

  /// Begins one more body; false where too many are under way.
  func begin() -> Bool {
    guard open < DecodingBudget.openLimit else { return false }
    open += 1
    return true
  }

  /// Ends a body that was begun.
  func end() {
    open -= 1
  }

  /// Takes `count` decoded bytes from what is left; false where nothing is.
  func spend(_ count: Int) -> Bool {
    left -= count
    return left >= 0
  }
}
