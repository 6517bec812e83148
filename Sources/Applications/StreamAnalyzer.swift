import Bytes
import Records

/// Tells by its content what a TCP connection speaks, and feeds the parser for it.
///
/// While the protocol is open, what was sent is kept and given to the parser once it is known. A connection whose first
/// bytes the capture lacks is probed again where segments begin. A connection that nothing recognises costs nothing more.
public final class StreamAnalyzer {
  /// Bytes of each side that probes are shown.
  public static let probeLimit = 4096
  /// Segments that are probed before a connection that was not seen from its start counts as not recognised.
  public static let probedSegments = 64

  private enum Phase {
    /// What was sent so far, unless the first segment is still to come or was enough.
    case probing(StreamProbing?)
    case parsing(any StreamParser)
    /// The parser has seen all that it looks at.
    case done
    case ignoring
  }

  private struct Sides: OptionSet {
    let rawValue: UInt8
    static let client = Sides(rawValue: 1)
    static let server = Sides(rawValue: 2)
  }

  // There is an analyzer for each open flow: the properties are in an order that leaves no gaps.
  private let given: FlowIdentity
  /// What `ApplicationContext.heldBytes` counts of this flow.
  private var held: Int32 = 0
  private var phase = Phase.probing(nil)

  /// Name for `flows.service` if the content told it; nil: it did not.
  public private(set) var service: String?
  /// Whether a control connection announced the flow, which then tells its service.
  public private(set) var isNegotiated = false
  /// Whether the content says that the flow's server is the protocol's client.
  public private(set) var isReversed = false

  private var fromStart: Bool
  /// Whether what comes now was agreed on in the connection's first protocol, which stays its service.
  private var isUpgraded = false
  private var closed: Sides = []
  /// The protocols that have declined, a bit each as they stand in the registry.
  private var excluded: UInt64 = 0
  private var segments: UInt8 = 0

  /// An analyzer for `flow`; `fromStart` says whether its SYN was seen, `negotiated` is what control
  /// connections announced of it.
  public init(flow: FlowIdentity, fromStart: Bool, negotiated: ExpectedFlow? = nil) {
    given = flow
    self.fromStart = fromStart
    if let negotiated {
      service = negotiated.service
      isNegotiated = true
      phase = .parsing(FTPDataParser(flow: flow, transfers: negotiated.transfers, fromStart: fromStart))
    }
  }

  private func side(_ fromClient: Bool) -> Side {
    fromClient != isReversed ? .client : .server
  }

  /// The next bytes of one side, which arrived in `frame`.
  public func consume(_ bytes: RawSpan, fromClient: Bool, in frame: FrameStamp, context: ApplicationContext) {
    switch phase {
    case .parsing(let parser):
      parser.consume(bytes, from: side(fromClient), in: frame, context: context)
      switch parser.outlook {
      case .open: account(parser.heldBytes, in: frame, context: context)
      case .handedOver:
        handOver(from: parser, bytes, fromClient: fromClient, in: frame, context: context)
        accountPhase(in: frame, context: context)
      case .done:
        phase = .done
        account(0, in: frame, context: context)
      }
    case .probing(let kept):
      probe(bytes, kept, from: side(fromClient), in: frame, context: context)
      accountPhase(in: frame, context: context)
    case .done, .ignoring: break
    }
  }

  /// The next `count` bytes of one side are not in the capture.
  public func lose(_ count: Int, fromClient: Bool, in frame: FrameStamp, context: ApplicationContext) {
    switch phase {
    case .parsing(let parser): parser.gap(of: count, from: side(fromClient), in: frame, context: context)
    case .probing:
      fromStart = false
      restart()
    case .done, .ignoring: break
    }
  }

  /// One side has sent its last byte. When both have, the parser goes; should bytes come all the same (behind a RST that
  /// the other side did not believe), they are recognised anew.
  public func close(fromClient: Bool, context: ApplicationContext) {
    closed.insert(fromClient ? .client : .server)
    switch phase {
    case .parsing(let parser):
      parser.close(side(fromClient), context: context)
      guard closed == [.client, .server] else { return }
      parser.finish(context: context)
    case .done:
      guard closed == [.client, .server] else { return }
    case .probing, .ignoring: return
    }
    upgrade()
    release(context: context)
  }

  /// Counts what is kept of this flow, `now` bytes; where all flows together keep too much, it is given up.
  private func account(_ now: Int, in frame: FrameStamp, context: ApplicationContext) {
    guard context.isTooMuch(now, insteadOf: &held, of: given.id, in: frame) else { return }
    finish(context: context)
    phase = .ignoring
  }

  private func accountPhase(in frame: FrameStamp, context: ApplicationContext) {
    switch phase {
    case .parsing(let parser): account(parser.heldBytes, in: frame, context: context)
    case .probing(let kept): account(kept?.heldBytes ?? 0, in: frame, context: context)
    case .done, .ignoring: account(0, in: frame, context: context)
    }
  }

  private func release(context: ApplicationContext) {
    context.heldBytes -= Int(held)
    held = 0
  }

  /// Nothing follows.
  public func finish(context: ApplicationContext) {
    switch phase {
    case .parsing(let parser): parser.finish(context: context)
    case .probing(let kept): giveUp(kept)
    case .done, .ignoring: break
    }
    release(context: context)
  }

  private func probe(
    _ bytes: RawSpan, _ kept: StreamProbing?, from side: Side, in frame: FrameStamp, context: ApplicationContext
  ) {
    if segments < .max { segments += 1 }
    let wasReversed = isReversed
    let flow = isReversed ? given.reversed : given
    if kept == nil {
      // The usual case is decided on the first segment, without a copy of it.
      let nothing = RawSpan()
      let shown = bytes.part(from: 0, to: StreamAnalyzer.probeLimit)
      let opening =
        side == .client
        ? Opening(client: shown, server: nothing, fromStart: fromStart, flow: flow)
        : Opening(client: nothing, server: shown, fromStart: fromStart, flow: flow)
      if let parser = recognise(opening) {
        return parser.consume(bytes, from: isReversed != wasReversed ? side.other : side, in: frame, context: context)
      }
    }
    let probing = kept ?? StreamProbing()
    phase = .probing(probing)
    probing.keep(bytes, from: side, in: frame)
    if probing.count > 1 {
      let parser = probing.withOpening { client, server in
        recognise(Opening(client: client, server: server, fromStart: fromStart, flow: flow))
      }
      if let parser { return replay(probing, wasReversed, to: parser, context: context) }
    }
    guard probing.isFull(side) || excluded == (1 << UInt64(ProtocolRegistry.streams.count)) - 1 else { return }
    guard !fromStart, segments < StreamAnalyzer.probedSegments else { return giveUp(probing) }
    restart()
    // What was kept may have been a keep-alive probe, or the end of something: a message may begin with this segment.
    if probing.count > 1 { probe(bytes, nil, from: side, in: frame, context: context) }
  }

  /// Gives a parser what was kept; what stands behind a change of protocol is recognised anew.
  private func replay(
    _ probing: StreamProbing, _ wasReversed: Bool, to parser: any StreamParser, context: ApplicationContext
  ) {
    probing.forEach { bytes, side, frame in
      let isFromClient = (side == .client) != wasReversed
      guard case .parsing(let current) = phase, current === parser else {
        return consume(bytes, fromClient: isFromClient, in: frame, context: context)
      }
      parser.consume(bytes, from: self.side(isFromClient), in: frame, context: context)
      guard case .handedOver = parser.outlook else { return }
      handOver(from: parser, bytes, fromClient: isFromClient, in: frame, context: context)
    }
  }

  /// Recognises anew what follows the protocol of `parser`, which was given `bytes` last. No protocol leaves bytes unread
  /// that has not heard both sides, so that this does not repeat itself within them.
  private func handOver(
    from parser: any StreamParser, _ bytes: RawSpan, fromClient: Bool, in frame: FrameStamp,
    context: ApplicationContext
  ) {
    parser.finish(context: context)
    upgrade()
    if let successor = parser.successor {
      service = type(of: successor).service
      phase = .parsing(successor)
    }
    guard let unread = parser.unread else { return }
    fromStart = true
    guard unread > 0 else { return }
    consume(
      bytes.part(from: bytes.byteCount - unread), fromClient: fromClient, in: frame, context: context)
  }

  /// Asks every protocol that has not declined yet.
  private func recognise(_ opening: borrowing Opening) -> (any StreamParser)? {
    var bit: UInt64 = 1
    for candidate in ProtocolRegistry.streams {
      defer { bit &<<= 1 }
      guard excluded & bit == 0 else { continue }
      switch candidate.probe(opening) {
      case .more: continue
      case .no:
        excluded |= bit
        continue
      case .reversed where fromStart || isUpgraded:
        // Who is the client is not in doubt, so that the content is something else.
        excluded |= bit
        continue
      case .reversed: isReversed.toggle()
      case .match: break
      }
      let parser = candidate.init(flow: isReversed ? given.reversed : given)
      if !isUpgraded { service = candidate.service }
      phase = .parsing(parser)
      return parser
    }
    return nil
  }

  private func restart() {
    phase = .probing(nil)
    excluded = 0
  }

  /// Recognises anew what comes from here on.
  private func upgrade() {
    isUpgraded = true
    fromStart = false
    segments = 0
    restart()
  }

  private func giveUp(_ kept: StreamProbing?) {
    if !isUpgraded { service = kept?.withOpening { ServiceSignatures.stream(client: $0, server: $1) } }
    phase = .ignoring
    excluded = 0
  }
}
