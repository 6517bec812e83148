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

  private struct Piece {
    let side: Side
    let bytes: [UInt8]
    let frame: FrameStamp
  }

  private enum Phase {
    case probing
    case parsing(any StreamParser)
    /// A service that may change to TLS in the middle (STARTTLS): that is all that is looked for.
    case awaitingTLS
    case ignoring
  }

  private let given: FlowIdentity
  private var phase = Phase.probing
  private var fromStart: Bool
  private var pieces: [Piece] = []
  private var opening: [Side: [UInt8]] = [:]
  private var excluded: UInt64 = 0
  private var segments = 0
  /// What `ApplicationContext.heldBytes` counts of this flow.
  private var held = 0
  private var closed = (client: false, server: false)
  /// Whether what comes now was agreed on in the connection's first protocol, which stays its service.
  private var isUpgraded = false

  /// Name for `flows.service` if the content told it; nil: it did not.
  public private(set) var service: String?
  /// Whether a control connection announced the flow, which then tells its service.
  public private(set) var isNegotiated = false
  /// Whether the content says that the flow's server is the protocol's client.
  public private(set) var isReversed = false

  /// An analyzer for `flow`; `fromStart` says whether its SYN was seen, `negotiated` names the service that a control
  /// connection announced for it.
  public init(flow: FlowIdentity, fromStart: Bool, negotiated: String? = nil) {
    given = flow
    self.fromStart = fromStart
    if let negotiated {
      service = negotiated
      isNegotiated = true
      phase = .ignoring
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
      if parser.handsOver {
        parser.finish(context: context)
        upgrade()
      }
      account(in: frame, context: context)
    case .probing:
      probe(bytes, from: side(fromClient), in: frame, context: context)
      account(in: frame, context: context)
    case .awaitingTLS:
      // A record that holds a handshake (RFC 8446, section 5.1).
      guard bytes.u16(at: 0) == 0x1603 else { break }
      upgrade()
      probe(bytes, from: side(fromClient), in: frame, context: context)
    case .ignoring: break
    }
  }

  /// The next `count` bytes of one side are not in the capture.
  public func lose(_ count: Int, fromClient: Bool, in frame: FrameStamp, context: ApplicationContext) {
    switch phase {
    case .parsing(let parser): parser.gap(of: count, from: side(fromClient), in: frame, context: context)
    case .probing:
      fromStart = false
      restart()
    case .awaitingTLS, .ignoring: break
    }
  }

  /// One side has sent its last byte. When both have, the parser goes; should bytes come all the same (behind a RST that
  /// the other side did not believe), they are recognised anew.
  public func close(fromClient: Bool, context: ApplicationContext) {
    if fromClient { closed.client = true } else { closed.server = true }
    guard case .parsing(let parser) = phase else { return }
    parser.close(side(fromClient), context: context)
    if closed.client, closed.server {
      parser.finish(context: context)
      upgrade()
      release(context: context)
    }
  }

  /// Counts what the parser keeps to what all of them do; where that is too much, this parser is given up.
  private func account(in frame: FrameStamp, context: ApplicationContext) {
    let now =
      switch phase {
      case .parsing(let parser): parser.heldBytes
      case .probing: pieces.reduce(0) { $0 + 2 * $1.bytes.count }
      case .awaitingTLS, .ignoring: 0
      }
    guard now != held else { return }
    context.heldBytes += now - held
    held = now
    guard context.heldBytes > context.heldLimit, now > 0 else { return }
    finish(context: context)
    phase = .ignoring
    context.sink.diagnose(
      "unfinished-messages-limit",
      "more than \(context.heldLimit) bytes of unfinished messages; this flow is not parsed further", frame: frame.id,
      flow: given.id)
  }

  private func release(context: ApplicationContext) {
    context.heldBytes -= held
    held = 0
  }

  /// Nothing follows.
  public func finish(context: ApplicationContext) {
    switch phase {
    case .parsing(let parser): parser.finish(context: context)
    case .probing: giveUp()
    case .awaitingTLS, .ignoring: break
    }
    release(context: context)
  }

  private func probe(_ bytes: RawSpan, from side: Side, in frame: FrameStamp, context: ApplicationContext) {
    segments += 1
    if pieces.isEmpty {
      // The usual case is decided on the first segment, without a copy of it.
      let nothing = RawSpan()
      let shown = bytes.part(from: 0, to: StreamAnalyzer.probeLimit)
      let opening =
        side == .client
        ? Opening(client: shown, server: nothing, fromStart: fromStart, flow: given)
        : Opening(client: nothing, server: shown, fromStart: fromStart, flow: given)
      if let parser = recognise(opening) {
        return parser.consume(bytes, from: isReversed ? side.other : side, in: frame, context: context)
      }
    }
    keep(bytes, from: side, in: frame)
    if pieces.count > 1 {
      let client = self.opening[.client] ?? []
      let server = self.opening[.server] ?? []
      if let parser = recognise(
        Opening(client: client.bytes, server: server.bytes, fromStart: fromStart, flow: given))
      {
        return replay(to: parser, context: context)
      }
    }
    let isFull = (opening[side]?.count ?? 0) >= StreamAnalyzer.probeLimit
    guard isFull || excluded == (1 << UInt64(ProtocolRegistry.streams.count)) - 1 else { return }
    if fromStart || segments >= StreamAnalyzer.probedSegments { giveUp() } else { restart() }
  }

  /// Asks every protocol that has not declined yet.
  private func recognise(_ opening: borrowing Opening) -> (any StreamParser)? {
    for (index, candidate) in ProtocolRegistry.streams.enumerated() where excluded & 1 << UInt64(index) == 0 {
      let verdict = candidate.probe(opening)
      switch verdict {
      case .more: continue
      case .no:
        excluded |= 1 << UInt64(index)
        continue
      case .reversed where fromStart || isUpgraded:
        // Who is the client is not in doubt, so that the content is something else.
        excluded |= 1 << UInt64(index)
        continue
      case .reversed: isReversed.toggle()
      case .match: break
      }
      let flow = isReversed ? FlowIdentity(id: given.id, client: given.server, server: given.client) : given
      let parser = candidate.init(flow: flow)
      if !isUpgraded { service = candidate.service }
      phase = .parsing(parser)
      return parser
    }
    return nil
  }

  private func keep(_ bytes: RawSpan, from side: Side, in frame: FrameStamp) {
    pieces.append(Piece(side: side, bytes: bytes.copied(), frame: frame))
    let room = StreamAnalyzer.probeLimit - (opening[side]?.count ?? 0)
    opening[side, default: []].append(span: bytes.part(from: 0, to: room))
  }

  private func replay(to parser: any StreamParser, context: ApplicationContext) {
    let kept = pieces
    pieces = []
    opening = [:]
    for piece in kept {
      let side = isReversed ? piece.side.other : piece.side
      parser.consume(piece.bytes.bytes, from: side, in: piece.frame, context: context)
    }
  }

  private func restart() {
    pieces = []
    opening = [:]
    excluded = 0
  }

  /// Recognises anew what comes from here on.
  private func upgrade() {
    isUpgraded = true
    fromStart = false
    segments = 0
    phase = .probing
    restart()
  }

  private func giveUp() {
    if !isUpgraded {
      service = ServiceSignatures.stream(client: opening[.client] ?? [], server: opening[.server] ?? [])
    }
    phase = service.map(ServiceSignatures.mayStartTLS.contains) == true && !isUpgraded ? .awaitingTLS : .ignoring
    restart()
  }
}
