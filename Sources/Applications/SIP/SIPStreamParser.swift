import Bytes

/// SIP over TCP (RFC 3261, section 18).
public final class SIPStreamParser: StreamParser {
  /// `sip`.
  public static let service = "sip"

  private var exchange: SIPExchange
  private var client = SIPStreamReader()
  private var server = SIPStreamReader()

  /// Done once it is not known of either side any more where messages begin.
  public var outlook: StreamOutlook { client.isLost && server.isLost ? .done : .open }

  /// Unfinished heads, and credentials that wait for a response.
  public var heldBytes: Int { client.heldBytes + server.heldBytes + exchange.heldBytes }

  /// A parser for `flow`.
  public init(flow: FlowIdentity) {
    exchange = SIPExchange(flow: flow)
  }

  /// A request line or a status line must come first, from either side.
  public static func probe(_ opening: borrowing Opening) -> Probe {
    let isClient = opening.client.byteCount > 0
    guard isClient || opening.server.byteCount > 0 else { return .more }
    let (verdict, isResponse) = SIPMessage.probe(isClient ? opening.client : opening.server)
    return verdict == .match && isClient && isResponse ? .reversed : verdict
  }

  /// The next bytes.
  public func consume(_ bytes: RawSpan, from side: Side, in frame: FrameStamp, context: ApplicationContext) {
    var offset = 0
    while true {
      let next =
        side == .client
        ? client.next(in: bytes, from: &offset, frame: frame) : server.next(in: bytes, from: &offset, frame: frame)
      guard let next else { return }
      exchange.consume(next.message, from: side, in: next.frame, context: context)
    }
  }

  /// Behind a gap outside of a body the side is not read any more.
  public func gap(of count: Int, from side: Side, in frame: FrameStamp, context: ApplicationContext) {
    if side == .client { client.gap(of: count) } else { server.gap(of: count) }
  }

  /// Nothing: messages tell their own end.
  public func close(_ side: Side, context: ApplicationContext) {}

  /// Emits what had no answer.
  public func finish(context: ApplicationContext) {
    exchange.finish(context)
  }
}
