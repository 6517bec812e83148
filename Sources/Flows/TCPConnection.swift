/// What TCP adds to a flow: both directions' order, the handshake and how it ended.
public struct TCPConnection: Sendable {
  /// From client to server.
  public internal(set) var client = TCPStream()
  /// From server to client.
  public internal(set) var server = TCPStream()

  /// The row of `frames` of the first SYN; nil: not seen.
  public private(set) var synFrame: Int64?
  /// The row of `frames` of the first SYN-ACK; nil: not seen.
  public private(set) var synAckFrame: Int64?
  /// The row of `frames` of the first ACK of the SYN-ACK; nil: not seen.
  public private(set) var ackFrame: Int64?
  /// Nanoseconds from the SYN to the ACK of the SYN-ACK; nil where they were not seen, or have no time.
  public private(set) var initialRTT: Int64?

  private var synTime: Int64?
  private var synAckNumber: UInt32 = 0
  /// Who sent the first RST: 0 nobody, 1 the client, 2 the server.
  private var resetBy: UInt8 = 0
  private var bothFinishedBeforeReset = false
  private var serverSpoke = false

  /// Bytes that the capture lacks, both directions.
  public var missing: Int64 { client.missing + server.missing }
  /// Retransmitted segments, both directions.
  public var retransmissions: Int64 { client.retransmissions + server.retransmissions }
  /// Segments out of order, both directions.
  public var outOfOrder: Int64 { client.outOfOrder + server.outOfOrder }

  init() {}

  /// Whether a SYN with `sequence` from one end begins another connection than this one: its initial sequence number
  /// differs. The same number again is a repeated attempt, also behind a RST.
  func isOther(_ sequence: UInt32, fromClient: Bool) -> Bool {
    guard let known = fromClient ? client.initialSequence : server.initialSequence else { return false }
    return known != sequence
  }

  /// Takes note of a packet's flags, before its payload is taken.
  @inline(__always)
  mutating func note(flags: TCPFlags, sequence: UInt32, acknowledgment: UInt32, fromClient: Bool, frame: FlowFrame) {
    if !fromClient { serverSpoke = true }
    if flags.contains(.syn) {
      noteSYN(flags: flags, sequence: sequence, fromClient: fromClient, frame: frame)
    } else if ackFrame == nil, synAckFrame != nil, fromClient, flags.contains(.ack),
      acknowledgment == synAckNumber &+ 1,
      !flags.contains(.rst)
    {
      ackFrame = frame.id
      if let synTime, let time = frame.time, synFrame != nil { initialRTT = time &- synTime }
    }
    if flags.contains(.ack) {
      if fromClient { server.sawSequence(acknowledgment) } else { client.sawSequence(acknowledgment) }
    }
    if flags.contains(.rst) {
      if resetBy == 0 {
        bothFinishedBeforeReset = client.finSeen && server.finSeen
        resetBy = fromClient ? 1 : 2
      }
    } else if fromClient {
      client.sawSequence(sequence)
    } else {
      server.sawSequence(sequence)
    }
  }

  private mutating func noteSYN(flags: TCPFlags, sequence: UInt32, fromClient: Bool, frame: FlowFrame) {
    if fromClient { client.synchronize(sequence) } else { server.synchronize(sequence) }
    if flags.contains(.ack) {
      if !fromClient, synAckFrame == nil {
        synAckFrame = frame.id
        synAckNumber = sequence
      }
    } else if fromClient {
      if synFrame == nil { synFrame = frame.id }
      if synAckFrame == nil { synTime = frame.time }
    }
  }

  /// How far it came.
  public var state: ConnectionState {
    let reset = bothFinishedBeforeReset ? 0 : resetBy
    guard client.synSeen else {
      guard server.synSeen else { return .other }
      if reset == 2 { return .rstrh }
      return server.finSeen && !client.finSeen ? .shr : .other
    }
    if server.synSeen {
      switch reset {
      case 1: return .rsto
      case 2: return .rstr
      default: break
      }
      switch (client.finSeen, server.finSeen) {
      case (true, true): return .sf
      case (true, false): return .s2
      case (false, true): return .s3
      case (false, false): return .s1
      }
    }
    if reset == 2 { return .rejected }
    if reset == 1 { return .rstos0 }
    if serverSpoke { return .other }
    return client.finSeen ? .sh : .s0
  }

  /// The same connection with client and server exchanged.
  public func reversed() -> TCPConnection {
    var other = self
    swap(&other.client, &other.server)
    if resetBy != 0 { other.resetBy = 3 - resetBy }
    return other
  }
}

/// The flag bits of a TCP header (RFC 9293, section 3.1), the lowest 12 bits of its fourth 16-bit word.
public struct TCPFlags: OptionSet, Sendable, BitwiseCopyable {
  /// The 12 bits.
  public let rawValue: UInt16

  /// Flags with these bits.
  @inlinable
  public init(rawValue: UInt16) {
    self.rawValue = rawValue
  }

  /// No more data from the sender.
  public static let fin = TCPFlags(rawValue: 1)
  /// Synchronize sequence numbers.
  public static let syn = TCPFlags(rawValue: 2)
  /// Reset the connection.
  public static let rst = TCPFlags(rawValue: 4)
  /// The acknowledgment number is valid.
  public static let ack = TCPFlags(rawValue: 16)
}
