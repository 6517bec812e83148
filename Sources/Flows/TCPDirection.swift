/// One direction of an open TCP connection, by number.
struct TCPDirection {
  /// The flow's slot.
  let slot: Int
  /// What `Flow.connection` says.
  let connection: Int
  /// Whether it is that of what the client sends.
  let fromClient: Bool

  /// Where its stream is kept.
  @inline(__always) var stream: Int { 2 &* connection &+ (fromClient ? 0 : 1) }

  /// The other direction.
  @inline(__always) var opposite: TCPDirection {
    TCPDirection(slot: slot, connection: connection, fromClient: !fromClient)
  }
}
