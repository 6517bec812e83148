/// What a sender may make the decoding of one object, and of all of a capture's, keep or do; `DecodingBudget` has more.
enum FileLimits {
  /// Bytes that one object may decode to, and each of its codings.
  static let decoded = 128 << 20

  /// First bytes of an object that are kept to tell its type, and the size of an image: those of the first three members of
  /// a ZIP file, whose names tell what document it is, and of the boxes before an AVIF image.
  static let signature = 2_048

  /// Of them, what is looked at to tell text from other data.
  static let text = 512

  /// Content codings of one object that are undone, one behind the other. More than two make no sense.
  static let codings = 4

  /// Objects of a capture about which libmagic is asked, which takes half a millisecond for each; and bytes of objects for
  /// each of which one more is added.
  static let questions = 256
  static let bytesPerQuestion = 32 << 20

  /// Answers of libmagic that are remembered.
  static let answers = 4_096

  /// Segments before the frame header of a JPEG image.
  static let jpegSegments = 1_000
}
