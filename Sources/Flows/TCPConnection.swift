/// What TCP adds to a flow: both directions, the handshake and how it ended.
public struct TCPConnection: Sendable, BitwiseCopyable {
  /// From client to server.
  public private(set) var client: TCPStream
  /// From server to client.
  public private(set) var server: TCPStream
  private let history: TCPHistory

  init(client: TCPStream, server: TCPStream, history: TCPHistory) {
    self.client = client
    self.server = server
    self.history = history
  }

  /// The row of `frames` of the first SYN; nil: not seen.
  public var synFrame: Int64? { TCPConnection.row(history.synFrame) }
  /// The row of `frames` of the first SYN-ACK; nil: not seen.
  public var synAckFrame: Int64? { TCPConnection.row(history.synAckFrame) }
  /// The row of `frames` of the first ACK of the SYN-ACK; nil: not seen.
  public var ackFrame: Int64? { TCPConnection.row(history.ackFrame) }
  /// Nanoseconds from the SYN to the ACK of the SYN-ACK; nil where they were not seen, have no time, or the clock
  /// was set back between them.
  public var initialRTT: Int64? { history.initialRTT < 0 ? nil : history.initialRTT }
  /// Bytes that the capture lacks between those that it has, both directions.
  public var missing: Int64 { history.missing }
  /// Segments whose payload had all been seen before, both directions.
  public var retransmissions: Int64 { history.retransmissions }
  /// Segments that came behind a later one, both directions.
  public var outOfOrder: Int64 { history.outOfOrder }

  /// Packets that the capture holds again, both directions.
  public var copies: Int64 { history.copies }

  private static func row(_ frame: Int64) -> Int64? { frame == TCPHistory.noFrame ? nil : frame }

  /// How far it came.
  public var state: ConnectionState {
    let (client, server) = (self.client.phase, self.server.phase)
    if server.isReset {
      if client == .synSent || client.isReset && !self.client.hasData && !self.server.hasData { return .rejected }
      return client.isSilent ? .rstrh : .rstr
    }
    if client.isReset { return server.isSilent ? .rstos0 : .rsto }
    switch (client, server) {
    case (.closed, .closed): return .sf
    case (.closed, _): return server.isSilent ? .sh : .s2
    case (_, .closed): return client.isSilent ? .shr : .s3
    case (.synSent, .inactive): return .s0
    case (.established, .established): return .s1
    default: return .other
    }
  }

  /// The same connection with client and server exchanged.
  public func reversed() -> TCPConnection {
    var other = self
    swap(&other.client, &other.server)
    return other
  }
}
