/// The flag bits of a TCP header (RFC 9293, section 3.1), the lowest 12 bits of its fourth 16-bit word.
struct TCPFlags: OptionSet, Sendable, BitwiseCopyable {
  /// The 12 bits.
  let rawValue: UInt16

  /// No more data from the sender.
  static let fin = TCPFlags(rawValue: 1)
  /// Synchronize sequence numbers.
  static let syn = TCPFlags(rawValue: 2)
  /// Reset the connection.
  static let rst = TCPFlags(rawValue: 4)
  /// The acknowledgment number is valid.
  static let ack = TCPFlags(rawValue: 16)
  /// The urgent pointer is valid.
  static let urg = TCPFlags(rawValue: 32)
}
