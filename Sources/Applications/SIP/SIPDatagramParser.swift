import Bytes

/// SIP over UDP (RFC 3261, section 18): a message in each datagram.
public final class SIPDatagramParser: DatagramParser {
  /// `sip`.
  public static let service = "sip"

  private var exchange: SIPExchange

  /// Credentials that wait for a response.
  public var heldBytes: Int { exchange.heldBytes }

  /// A parser for `flow`.
  public init(flow: FlowIdentity) {
    exchange = SIPExchange(flow: flow)
  }

  /// Datagrams that begin with a request line or a status line. Both sides may ask, so that only an answer that comes
  /// first from the client reverses the flow.
  public static func probe(_ payload: RawSpan, from side: Side, flow: FlowIdentity) -> Probe {
    let (verdict, isResponse) = SIPMessage.probe(payload)
    guard case .match = verdict else { return .no }
    return isResponse && side == .client ? .reversed : .match
  }

  /// The next datagram.
  public func consume(
    _ payload: RawSpan, length: Int, from side: Side, in frame: FrameStamp, context: ApplicationContext
  ) {
    guard let message = SIPMessage(payload) else { return }
    exchange.consume(message, from: side, in: frame, context: context)
  }

  /// Emits what had no answer.
  public func finish(context: ApplicationContext) {
    exchange.finish(context)
  }
}
