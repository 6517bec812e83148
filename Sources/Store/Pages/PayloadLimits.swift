/// How much of a cell's payload stands on its own page; the rest goes to overflow pages
/// (https://www.sqlite.org/fileformat2.html, section 1.6).
struct PayloadLimits: BitwiseCopyable {
  private let pageSize: Int
  private let maximum: Int
  private let minimum: Int

  /// The limits of a table's leaves on pages of `pageSize` bytes.
  static func table(pageSize: Int) -> PayloadLimits {
    PayloadLimits(pageSize: pageSize, maximum: pageSize - 35, minimum: (pageSize - 12) * 32 / 255 - 23)
  }

  /// The limits of an index's pages of `pageSize` bytes.
  static func index(pageSize: Int) -> PayloadLimits {
    PayloadLimits(
      pageSize: pageSize, maximum: (pageSize - 12) * 64 / 255 - 23, minimum: (pageSize - 12) * 32 / 255 - 23)
  }

  /// Bytes of a payload of `count` bytes that stand in the cell.
  @inline(__always)
  func local(_ count: Int) -> Int {
    guard count > maximum else { return count }
    let rest = minimum + (count - minimum) % (pageSize - 4)
    return rest <= maximum ? rest : minimum
  }
}
