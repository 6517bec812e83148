/// What TCP adds to a flow: both directions, the handshake and how it ended.
public struct TCPConnection: Sendable, BitwiseCopyable {
  /// From client to server.
  public private(set) var client: TCPStream
  /// From server to client.
  public private(set) var server: TCPStream
  private let history: TCPHistory
  /// Whether the end that was taken for the server has sent a packet.
  private let serverSpoke: Bool

  init(client: TCPStream, server: TCPStream, history: TCPHistory) {
    self.client = client
    self.server = server
    self.history = history
    serverSpoke = server.marks.contains(.spoke)
  }

  /// The row of `frames` of the first SYN; nil: not seen.
  public var synFrame: Int64? { TCPConnection.row(history.synFrame) }
  /// The row of `frames` of the first SYN-ACK; nil: not seen.
  public var synAckFrame: Int64? { TCPConnection.row(history.synAckFrame) }
  /// The row of `frames` of the first ACK of the SYN-ACK; nil: not seen.
  public var ackFrame: Int64? { TCPConnection.row(history.ackFrame) }
  /// Nanoseconds from the SYN to the ACK of the SYN-ACK; nil where they were not seen, or have no time.
  public var initialRTT: Int64? { history.initialRTT == FlowFrame.noTime ? nil : history.initialRTT }
  /// Bytes that the capture lacks between those that it has, both directions.
  public var missing: Int64 { history.missing }
  /// Segments whose payload had all been seen before, both directions.
  public var retransmissions: Int64 { history.retransmissions }
  /// Segments that came behind a later one, both directions.
  public var outOfOrder: Int64 { history.outOfOrder }

  private static func row(_ frame: Int64) -> Int64? { frame == TCPHistory.noFrame ? nil : frame }

  /// How far it came.
  public var state: ConnectionState {
    let finished = (client: client.marks.contains(.fin), server: server.marks.contains(.fin))
    guard client.marks.contains(.syn) else {
      guard server.marks.contains(.syn) else { return .other }
      if TCPConnection.aborted(server) { return .rstrh }
      return finished.server && !finished.client ? .shr : .other
    }
    if server.marks.contains(.syn) {
      if TCPConnection.aborted(client) { return .rsto }
      if TCPConnection.aborted(server) { return .rstr }
      switch finished {
      case (true, true): return .sf
      case (true, false): return .s2
      case (false, true): return .s3
      case (false, false): return .s1
      }
    }
    if TCPConnection.aborted(server) { return .rejected }
    if TCPConnection.aborted(client) { return .rstos0 }
    if serverSpoke { return .other }
    return finished.client ? .sh : .s0
  }

  /// Whether an end sent the first RST, before both had sent a FIN.
  private static func aborted(_ end: TCPStream) -> Bool {
    end.marks.contains(.reset) && !end.marks.contains(.resetWhenOver)
  }

  /// The same connection with client and server exchanged.
  public func reversed() -> TCPConnection {
    var other = self
    swap(&other.client, &other.server)
    return other
  }
}
