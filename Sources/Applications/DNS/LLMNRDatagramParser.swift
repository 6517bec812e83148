/// Link-local multicast name resolution (RFC 4795): DNS messages on port 5355.
public final class LLMNRDatagramParser: DatagramParser {
  /// `llmnr`.
  public static let service = "llmnr"

  private var exchange: DNSExchange

  /// A parser for `flow`.
  public init(flow: FlowIdentity) {
    exchange = DNSExchange(flow: flow)
  }

  /// Any datagram to or from a responder's port 5355, and whole messages from a port 5355.
  public static func probe(_ payload: RawSpan, from side: Side, flow: FlowIdentity) -> Probe {
    guard flow.server.port == DNSProbe.llmnrPort || flow.client.port == DNSProbe.llmnrPort else { return .no }
    return DNSProbe.datagram(payload, from: side, flow: flow, port: DNSProbe.llmnrPort)
  }

  /// Emits the rows of one message; `length` is the datagram's payload on the wire.
  public func consume(
    _ payload: RawSpan, length: Int, from side: Side, in frame: FrameStamp, context: ApplicationContext
  ) {
    exchange.decode(payload, length: length, from: side, in: frame, context: context)
  }

  /// Nothing is pending: each datagram is a message.
  public func finish(context: ApplicationContext) {}
}
