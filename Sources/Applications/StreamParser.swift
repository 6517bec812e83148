/// A parser of one TCP connection's bytes.
///
/// It gets each byte of each side once and in order, in pieces of any size, and must give the same records however the
/// bytes are cut. It keeps what it needs of an unfinished message, up to a named limit, and nothing of the rest.
public protocol StreamParser: AnyObject, SendableMetatype {
  /// The name for `flows.service`.
  static var service: String { get }

  /// Whether a flow that opens like this speaks the protocol. Must be quick: it is asked of every flow.
  static func probe(_ opening: borrowing Opening) -> Probe

  /// A parser for `flow`, which `probe` recognised.
  init(flow: FlowIdentity)

  /// The next bytes from `side`, which arrived in `frame`.
  func consume(_ bytes: RawSpan, from side: Side, in frame: FrameStamp, context: ApplicationContext)

  /// The next `count` bytes from `side` are not in the capture; what follows was noticed in `frame`.
  func gap(of count: Int, from side: Side, in frame: FrameStamp, context: ApplicationContext)

  /// `side` has sent its last byte (FIN or RST).
  func close(_ side: Side, context: ApplicationContext)

  /// Nothing follows: the connection is over, or the capture. Emits what is pending.
  func finish(context: ApplicationContext)

  /// What the parser makes of the bytes that come next.
  var outlook: StreamOutlook { get }

  /// When it has handed over: how many of the bytes that it was given last are the other protocol's, whose first ones they
  /// are with those that follow; nil: it does not tell.
  var unread: Int? { get }

  /// When it has handed over, and has finished: the parser of what follows, where both sides have agreed on a protocol
  /// that needs to know what was said before; nil: it is recognised by its bytes. Its service becomes the flow's. To be
  /// asked once.
  var successor: (any StreamParser)? { get }

  /// Bytes that it keeps of unfinished messages. All parsers together are bounded by `ApplicationContext`.
  var heldBytes: Int { get }
}

/// What a parser makes of the bytes that come next.
public enum StreamOutlook: Sendable {
  /// It reads them.
  case open
  /// Both sides have agreed that another protocol follows (HTTP's CONNECT, FTP's AUTH TLS): they are recognised anew.
  case handedOver
  /// It looks at nothing more until the connection is closed, so that it need not be kept.
  case done
}

extension StreamParser {
  /// The protocol stays.
  public var outlook: StreamOutlook { .open }

  /// It does not tell.
  public var unread: Int? { nil }

  /// It is recognised by its bytes.
  public var successor: (any StreamParser)? { nil }

  /// Too few to count.
  public var heldBytes: Int { 0 }
}
