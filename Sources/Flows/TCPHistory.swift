/// What is seldom changed of a TCP connection: its handshake, and what went wrong.
struct TCPHistory: Sendable, BitwiseCopyable {
  /// Stands for a row of `frames` that there is not.
  static let noFrame: Int64 = 0

  /// Bytes that the capture lacks, both directions.
  var missing: Int64 = 0
  /// Segments whose payload had all been seen before, both directions.
  var retransmissions: Int64 = 0
  /// Segments that came behind a later one, both directions.
  var outOfOrder: Int64 = 0
  /// Packets that the capture holds again, both directions.
  var copies: Int64 = 0

  private(set) var synFrame = noFrame
  private(set) var synAckFrame = noFrame
  private(set) var ackFrame = noFrame
  /// Nanoseconds; `FlowFrame.noTime` where there is none.
  private(set) var initialRTT = FlowFrame.noTime
  private var synTime = FlowFrame.noTime
  private var synAckNumber: UInt32 = 0
  /// What was told of the client and of the server, as `StreamOddity.rawValue` says.
  private var told: [2 of UInt8] = [0, 0]

  /// Takes note of the client's SYN.
  mutating func noteSYN(_ frame: FlowFrame) {
    if synFrame == TCPHistory.noFrame { synFrame = frame.id }
    if synAckFrame == TCPHistory.noFrame { synTime = frame.timeOrNone }
  }

  /// Takes note of the server's SYN-ACK; false where it is not the first.
  mutating func noteSYNACK(_ sequence: UInt32, _ frame: FlowFrame) -> Bool {
    guard synAckFrame == TCPHistory.noFrame else { return false }
    synAckFrame = frame.id
    synAckNumber = sequence
    return true
  }

  /// Takes note of a packet from the client that acknowledges `number`; false where that is not the SYN-ACK's.
  mutating func noteACK(_ number: UInt32, _ frame: FlowFrame) -> Bool {
    guard number == synAckNumber &+ 1 else { return false }
    ackFrame = frame.id
    if synTime != FlowFrame.noTime, frame.timeOrNone != FlowFrame.noTime, synFrame != TCPHistory.noFrame {
      initialRTT = frame.timeOrNone &- synTime
    }
    return true
  }

  /// Takes note of an oddity of the client or the server; false where it was told before.
  mutating func isFirst(_ oddity: StreamOddity, fromClient: Bool) -> Bool {
    let end = fromClient ? 0 : 1
    if told[end] & oddity.rawValue != 0 { return false }
    told[end] |= oddity.rawValue
    return true
  }
}
