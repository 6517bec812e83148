/// What the first bytes of a message say of its length.
enum MessageMeasure: Equatable, Sendable {
  /// More bytes are needed, but not more than `MessageAssembler.headerLimit`.
  case more
  /// The message has so many bytes, header included, and is wanted.
  case keep(Int)
  /// The message has so many bytes, header included, and is of no interest.
  case skip(Int)
  /// No message begins here.
  case no
}
