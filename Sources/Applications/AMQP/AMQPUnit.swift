/// What one side of AMQP sends before it is logged in.
struct AMQPUnit {
  /// What it is.
  enum Kind {
    /// `AMQP` and four bytes: the protocol and its version.
    case header
    /// A method of the connection as such (AMQP 0-9-1, section 2.3.5.1).
    case method
    /// A frame of the SASL layer (AMQP 1.0, part 5, section 5.3.1).
    case performative
  }

  let kind: Kind
  /// The header; a method from its class on; a performative from its descriptor on.
  let bytes: [UInt8]
  /// The frame of its first byte.
  let frame: FrameStamp
}
