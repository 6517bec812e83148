/// What a sender may make the decoding of one object keep or do; `DecodingBudget` bounds all of them together.
enum FileLimits {
  /// Bytes that one object may decode to.
  static let decoded = 128 << 20

  /// First bytes of an object that are kept to tell its type: enough for the magic number of tar, at 257.
  static let signature = 512

  /// Content codings of one object that are undone, one behind the other. More than two make no sense.
  static let codings = 4
}
