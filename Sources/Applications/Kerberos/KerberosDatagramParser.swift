import Bytes

/// Kerberos over UDP (RFC 4120, section 7.2.1): a message in each datagram.
public final class KerberosDatagramParser: DatagramParser {
  /// `kerberos`.
  public static let service = "kerberos"

  private var exchange: KerberosExchange

  /// Requests that wait for an answer.
  public var heldBytes: Int { exchange.heldBytes }

  /// A parser for `flow`.
  public init(flow: FlowIdentity) {
    exchange = KerberosExchange(flow: flow)
  }

  /// Datagrams that are one message of a client and a KDC: an application tag and a sequence that end with the datagram,
  /// version 5, and the message type that belongs to the tag.
  public static func probe(_ payload: RawSpan, from side: Side, flow: FlowIdentity) -> Probe {
    guard case (.match, let total) = KerberosMessage.look(payload), total == payload.byteCount,
      let isRequest = payload.u8(at: 0).flatMap(KerberosMessage.isRequest)
    else { return .no }
    return isRequest == (side == .client) ? .match : .reversed
  }

  /// The next datagram; one that the capture cut tells nothing.
  public func consume(
    _ payload: RawSpan, length: Int, from side: Side, in frame: FrameStamp, context: ApplicationContext
  ) {
    guard let message = KerberosMessage(payload) else { return }
    exchange.consume(message, from: side, in: frame, context: context)
  }

  /// Emits what had no answer.
  public func finish(context: ApplicationContext) {
    exchange.finish(context)
  }
}
