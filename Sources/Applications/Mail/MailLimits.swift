/// What a sender may make the reading of one message keep or do.
enum MailLimits {
  /// Bytes of a line that is looked at as a whole: longer ones go by in pieces, and delimit nothing. RFC 5322, section
  /// 2.1.1, allows 998.
  static let line = 4096
  /// Bytes kept of one field of a header, unfolded.
  static let field = 16_384
  /// Multiparts and messages inside of each other that are opened.
  static let depth = 16
  /// Attachments of one message that become files.
  static let attachments = 1000
  /// Bytes of the longest boundary (RFC 2046, section 5.1.1, allows 70).
  static let boundary = 200
  /// Recipients of one message that are kept.
  static let recipients = 1000
  /// Bytes kept of an address, of a host's name, of a reply: RFC 5321, section 4.5.3.1, allows 256, 255 and 512.
  static let text = 1024
  /// Pieces of a parameter's value that are put together (RFC 2231, section 3).
  static let pieces = 100
  /// Decoded bytes that go on together.
  static let buffer = 8192
}
