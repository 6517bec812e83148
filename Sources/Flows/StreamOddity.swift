/// Something odd about what one end of a TCP connection sends; each is told once for each end.
public enum StreamOddity: UInt8, Sendable {
  /// Bytes were sent twice, with different content: the two ends and whoever watches may have read different things. What
  /// came first was passed on.
  case conflictingOverlap = 1
  /// Data behind the sequence number of a FIN. It is passed on all the same: the FIN may be forged.
  case dataBehindFIN = 2
  /// The urgent pointer is set. The bytes stay in the stream (RFC 6093, section 3), which not every receiver does.
  case urgentData = 4
}
