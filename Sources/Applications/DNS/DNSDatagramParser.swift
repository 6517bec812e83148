/// DNS over UDP (RFC 1035, section 4.2.1).
public final class DNSDatagramParser: DatagramParser {
  /// `dns`.
  public static let service = "dns"

  private var exchange: DNSExchange

  /// A parser for `flow`.
  public init(flow: FlowIdentity) {
    exchange = DNSExchange(flow: flow)
  }

  /// Any datagram to or from a server's port 53, and whole DNS messages on other ports.
  public static func probe(_ payload: RawSpan, from side: Side, flow: FlowIdentity) -> Probe {
    let isOrdinary = flow.server.port == DNSProbe.dnsPort
    guard isOrdinary || !DNSProbe.isElse(flow.server.port) && !DNSProbe.isElse(flow.client.port) else { return .no }
    return DNSProbe.datagram(payload, from: side, flow: flow, port: DNSProbe.dnsPort)
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
