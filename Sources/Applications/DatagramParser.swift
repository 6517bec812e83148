/// A parser of one UDP flow's datagrams.
public protocol DatagramParser: AnyObject, SendableMetatype {
  /// The name for `flows.service`.
  static var service: String { get }

  /// Whether a datagram from `side` of `flow` speaks the protocol. Must be quick: it is asked of every UDP flow. `more`
  /// means to ask again with the flow's next datagram.
  static func probe(_ payload: RawSpan, from side: Side, flow: FlowIdentity) -> Probe

  /// A parser for `flow`, which `probe` recognised.
  init(flow: FlowIdentity)

  /// The next datagram. `length` is its payload on the wire; `payload` is shorter where the capture cut it.
  func consume(_ payload: RawSpan, length: Int, from side: Side, in frame: FrameStamp, context: ApplicationContext)

  /// Nothing follows. Emits what is pending.
  func finish(context: ApplicationContext)

  /// Bytes that it keeps of what waits for an answer. All parsers together are bounded by `ApplicationContext`.
  var heldBytes: Int { get }
}

extension DatagramParser {
  /// Too few to count.
  public var heldBytes: Int { 0 }
}
