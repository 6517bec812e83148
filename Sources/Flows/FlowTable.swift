public import Packets

/// The flows of one capture: finds each packet's flow, counts it, and passes payload on to an observer.
///
/// Looking up a known flow and passing on a segment in order allocate nothing.
public struct FlowTable: ~Copyable {
  /// The flow that a packet belongs to.
  public struct Membership: Sendable, BitwiseCopyable {
    /// The row of `flows`.
    public let flowID: Int64
    /// Where the flow is kept while it is open.
    public let slot: Int
    /// Whether its client sent the packet.
    public let fromClient: Bool
  }

  private var open: OpenFlows

  /// The row of the flow that began last.
  public var lastID: Int64 { open.lastID }

  /// A table whose first flow gets the row `lastID` + 1.
  public init(lastID: Int64, limits: FlowLimits = FlowLimits()) {
    open = OpenFlows(lastID: lastID, limits: limits)
  }

  /// Counts a packet with an IP header and passes its payload on.
  ///
  /// - Parameters:
  ///   - layers: what was decoded of it.
  ///   - payload: what the capture has of its transport payload.
  ///   - frame: the frame that it arrived in.
  public mutating func process(
    _ layers: borrowing PacketLayers, payload: RawSpan, frame: FlowFrame, observer: some FlowObserver
  ) -> Membership {
    open.process(layers, payload: payload, frame: frame, observer: observer)
  }

  /// The row of the open flow that a packet with these addresses and ports would belong to; nil: there is none.
  public func flowID(of layers: borrowing PacketLayers) -> Int64? {
    open.flowID(of: layers)
  }

  /// Takes note of the options of a SYN, behind `process`.
  public mutating func take(_ options: borrowing TCPOptions, of membership: Membership) {
    open.take(options, membership)
  }

  /// Ends all flows, in the order in which they began: the capture is over.
  public mutating func finish(observer: some FlowObserver) {
    while finish(atMost: .max, observer: observer) {}
  }

  /// Ends up to `count` of the flows that began first: the capture is over. True where others are left.
  public mutating func finish(atMost count: Int, observer: some FlowObserver) -> Bool {
    open.finish(atMost: count, observer: observer)
  }
}
