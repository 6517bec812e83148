import Bytes

/// Kerberos over TCP (RFC 4120, section 7.2.2): each message behind its length in four bytes.
public final class KerberosStreamParser: StreamParser {
  /// `kerberos`.
  public static let service = "kerberos"

  private static let prefix = 4

  private var exchange: KerberosExchange
  private var requests = MessageAssembler(keepLimit: KerberosMessage.keepLimit)
  private var replies = MessageAssembler(keepLimit: KerberosMessage.keepLimit)

  /// Done once neither side sends messages any more.
  public var outlook: StreamOutlook { requests.isLost && replies.isLost ? .done : .open }

  /// Unfinished messages, and requests that wait for an answer.
  public var heldBytes: Int { requests.heldBytes + replies.heldBytes + exchange.heldBytes }

  /// A parser for `flow`.
  public init(flow: FlowIdentity) {
    exchange = KerberosExchange(flow: flow)
  }

  /// A length, and a message of a client that has it: as over UDP.
  public static func probe(_ opening: borrowing Opening) -> Probe {
    if opening.client.byteCount > 0 { return look(opening.client) }
    guard opening.server.byteCount > 0 else { return .more }
    guard !opening.fromStart else { return .no }
    let verdict = look(opening.server)
    return verdict == .match ? .reversed : verdict
  }

  private static func look(_ bytes: RawSpan) -> Probe {
    switch measure(bytes) {
    case .keep: bytes.u8(at: prefix).flatMap(KerberosMessage.isRequest) == true ? .match : .no
    case .more: .more
    case .no, .skip: .no
    }
  }

  private static func measure(_ bytes: RawSpan) -> MessageMeasure {
    // No message has 16 MB.
    guard bytes.u8(at: 0) ?? 0 == 0 else { return .no }
    guard let length = bytes.u32(at: 0) else { return .more }
    let (probe, total) = KerberosMessage.look(bytes.part(from: prefix))
    switch probe {
    case .more: return .more
    case .match: return total == Int(length) ? .keep(prefix + total) : .no
    default: return .no
    }
  }

  /// The next bytes.
  public func consume(_ bytes: RawSpan, from side: Side, in frame: FrameStamp, context: ApplicationContext) {
    var offset = 0
    while true {
      let whole =
        side == .client
        ? requests.next(in: bytes, from: &offset, frame: frame, measure: Self.measure)
        : replies.next(in: bytes, from: &offset, frame: frame, measure: Self.measure)
      guard let whole else { return }
      guard !whole.isCut, let message = KerberosMessage(whole.bytes.bytes.part(from: Self.prefix)) else { continue }
      exchange.consume(message, from: side, in: whole.frame, context: context)
    }
  }

  /// The message that lacks bytes is dropped.
  public func gap(of count: Int, from side: Side, in frame: FrameStamp, context: ApplicationContext) {
    guard side == .server else { return requests.gap(of: count) }
    replies.gap(of: count)
    exchange.gap()
  }

  /// Nothing: messages have their length.
  public func close(_ side: Side, context: ApplicationContext) {}

  /// Emits what had no answer.
  public func finish(context: ApplicationContext) {
    exchange.finish(context)
  }
}
