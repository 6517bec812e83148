import Bytes

/// Tells by its content what a UDP flow speaks, and feeds the parser for it.
public final class DatagramAnalyzer {
  /// Datagrams that are probed before a flow counts as not recognised.
  public static let probedDatagrams = 4

  private let given: FlowIdentity
  private var parser: (any DatagramParser)?
  private var probed = 0

  /// Name for `flows.service` if the content told it; nil: it did not.
  public private(set) var service: String?
  /// Whether the content says that the flow's server is the protocol's client.
  public private(set) var isReversed = false

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
    let side: Side = fromClient != isReversed ? .client : .server
    parser?.consume(payload, length: length, from: side, in: frame, context: context)
  }

  /// Nothing follows.
  public func finish(context: ApplicationContext) {
    parser?.finish(context: context)
  }

  private func recognise(_ payload: RawSpan, from side: Side) {
    for candidate in ProtocolRegistry.datagrams {
      switch candidate.probe(payload, from: side, flow: given) {
      case .no, .more: continue
      case .reversed: isReversed = true
      case .match: break
      }
      let flow = isReversed ? FlowIdentity(id: given.id, client: given.server, server: given.client) : given
      parser = candidate.init(flow: flow)
      service = candidate.service
      return
    }
    if service == nil { service = ServiceSignatures.datagram(payload) }
  }
}
