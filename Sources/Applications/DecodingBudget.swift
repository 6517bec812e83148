/// How much compressed content of one capture is undone, all bodies together.
///
/// Deflate makes up to 1,032 bytes of each one sent, so that a small capture could cost hours otherwise.
final class DecodingBudget {
  /// Bytes that all of a capture's content may decode to.
  static let limit = 16 << 30

  private var left = DecodingBudget.limit

  /// Takes `count` decoded bytes from what is left; false where nothing is.
  func spend(_ count: Int) -> Bool {
    left -= count
    return left >= 0
  }
}
