import Bytes
import Records

/// NTP over UDP (RFC 5905): a row for each message; of the queries and answers that reflectors are abused with, the first
/// ones of a flow.
public final class NTPParser: DatagramParser {
  /// `ntp`.
  public static let service = "ntp"
  /// Messages of modes 6 and 7 of one flow that have a row.
  static let controlLimit = 16

  private static let port: UInt16 = 123

  private let flowID: Int64
  private var controls = 0

  /// A parser for `flow`.
  public init(flow: FlowIdentity) {
    flowID = flow.id
  }

  /// Datagrams of port 123 with a version, a mode and that mode's length.
  public static func probe(_ payload: RawSpan, from side: Side, flow: FlowIdentity) -> Probe {
    guard flow.server.port == port || flow.client.port == port, let message = NTPMessage(payload) else { return .no }
    let isAnswer: Bool
    switch message.mode {
    case 3: isAnswer = false
    case 4: isAnswer = true
    case 6, 7: isAnswer = message.isResponse ?? false
    // Peers, and broadcasts, which nobody asked for.
    default: return .match
    }
    return isAnswer == (side == .server) ? .match : .reversed
  }

  /// The next datagram; one that is no message tells nothing.
  public func consume(
    _ payload: RawSpan, length: Int, from side: Side, in frame: FrameStamp, context: ApplicationContext
  ) {
    guard let message = NTPMessage(payload) else { return }
    if message.mode >= 6 {
      controls += 1
      guard controls <= NTPParser.controlLimit else { return }
    }
    context.sink.emit(NTPRecord(flowID: flowID, frame: frame, message: message))
  }

  /// Nothing is pending: each datagram is a message.
  public func finish(context: ApplicationContext) {}
}
