/// Multicast DNS (RFC 6762): DNS messages on port 5353, whose responses answer whoever listens rather than one query.
public final class MDNSDatagramParser: DatagramParser {
  /// `mdns`.
  public static let service = "mdns"

  private var exchange: DNSExchange

  /// A parser for `flow`.
  public init(flow: FlowIdentity) {
    exchange = DNSExchange(flow: flow, joinsQueries: false)
  }

  /// Any datagram to port 5353, and whole messages from it.
  public static func probe(_ payload: RawSpan, from side: Side, flow: FlowIdentity) -> Probe {
    guard flow.server.port == DNSProbe.mdnsPort || flow.client.port == DNSProbe.mdnsPort else { return .no }
    // To the group everybody sends both queries and responses.
    if flow.server.port == DNSProbe.mdnsPort { return payload.byteCount == 0 ? .more : .match }
    return DNSProbe.datagram(payload, from: side, flow: flow, port: DNSProbe.mdnsPort)
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
