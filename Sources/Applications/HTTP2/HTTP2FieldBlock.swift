import Records

/// A whole field block as sent: what HEADERS or PUSH_PROMISE and the CONTINUATION frames behind it carry, padding and
/// priority left out (RFC 9113, section 4.3).
struct HTTP2FieldBlock: Sendable {
  /// The stream whose fields they are: of a PUSH_PROMISE, the promised one.
  let stream: UInt32
  /// Whether it is a PUSH_PROMISE's.
  let isPromise: Bool
  /// Whether its side says nothing more on the stream.
  let endsStream: Bool
  /// The frame with the first byte of the first one's header.
  let first: FrameStamp
  /// The block.
  var bytes: [UInt8]
}
