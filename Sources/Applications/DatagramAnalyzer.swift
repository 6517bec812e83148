import Bytes

/// Tells by its content what a UDP flow speaks, and feeds the parser for it.
public final class DatagramAnalyzer {
  /// Datagrams that are probed before a flow counts as not recognised.
  public static let probedDatagrams = 4

  // There is an analyzer for each open flow: the properties are in an order that leaves no gaps.
  private let given: FlowIdentity
  private var probed: UInt8 = 0
  /// Whether the content says that the flow's server is the protocol's client.
  public private(set) var isReversed = false
  /// Whether the flow is not parsed any more, because all flows together kept too much.
  private var isGivenUp = false
  /// What `ApplicationContext.heldBytes` counts of this flow.
  private var held: Int32 = 0
  private var parser: (any DatagramParser)?
  private var signature: ServiceSignatures.Datagram?

  /// Name for `flows.service` if the content told it; nil: it did not.
  public var service: String? { parser.map { type(of: $0).service } ?? signature?.rawValue }

  /// An analyzer for `flow`.
  public init(flow: FlowIdentity) {
    given = flow
  }

  /// The next datagram; `length` is its payload on the wire, `payload` what the capture has of it.
  public func consume(
    _ payload: RawSpan, length: Int, fromClient: Bool, in frame: FrameStamp, context: ApplicationContext
  ) {
    if parser == nil {
      guard probed < DatagramAnalyzer.probedDatagrams, payload.byteCount > 0 else { return }
      probed += 1
      recognise(payload, from: fromClient ? .client : .server)
    }
    guard let parser, !isGivenUp else { return }
    let side: Side = fromClient != isReversed ? .client : .server
    parser.consume(payload, length: length, from: side, in: frame, context: context)
    guard context.isTooMuch(parser.heldBytes, insteadOf: &held, of: given.id, in: frame) else { return }
    finish(context: context)
    isGivenUp = true
  }

  /// Nothing follows.
  public func finish(context: ApplicationContext) {
    if !isGivenUp { parser?.finish(context: context) }
    context.heldBytes -= Int(held)
    held = 0
  }

  private func recognise(_ payload: RawSpan, from side: Side) {
    for candidate in ProtocolRegistry.datagrams {
      switch candidate.probe(payload, from: side, flow: given) {
      case .no, .more: continue
      case .reversed: isReversed = true
      case .match: break
      }
      parser = candidate.init(flow: isReversed ? given.reversed : given)
      return
    }
    if signature == nil { signature = ServiceSignatures.datagram(payload) }
  }
}
