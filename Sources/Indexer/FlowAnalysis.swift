import Applications
import Bytes
import Flows
import Packets
import Records

/// Gives what the flow table told of to the parsers, and makes a finished flow a row. It belongs to the analysing thread.
final class FlowAnalysis {
  /// What takes a flow's payload. Flows without payload have nothing.
  private enum Analyzer {
    case none
    case stream(StreamAnalyzer)
    case datagrams(DatagramAnalyzer)
  }

  private let context: ApplicationContext
  /// By slot. Every payload is looked up in it, on the analysing thread, and no parser comes back here: checking each
  /// access for exclusivity would cost more than the access.
  @exclusivity(unchecked) private var analyzers: [Analyzer] = []
  private let links = LinkLogins()
  // Each flow goes through these as it ends, and neither comes back here.
  @exclusivity(unchecked) private var addresses = AddressTraffic()
  @exclusivity(unchecked) private var protocols = ProtocolTraffic()

  private var duplicates: (packets: Int64, flows: Int64) = (0, 0)

  /// Rows of `flows` whose content says that client and server are the other way round than was thought when their
  /// frames were counted.
  private(set) var reversedFlows: [Int64] = []

  /// Where all rows go.
  var sink: RecordSink { context.sink }

  init(context: ApplicationContext) {
    self.context = context
  }

  private static func stamp(_ frame: FlowFrame) -> FrameStamp {
    FrameStamp(id: frame.id, time: frame.time)
  }

  /// Takes note of a flow that begins, or has its first payload.
  func met(_ flow: FlowEvents.Identity, _ event: FlowEvent) {
    let slot = Int(event.slot)
    switch event.kind {
    case .connectionBegan where context.expected.isWaiting:
      let (server, id) = (flow.identity.server, flow.identity.id)
      guard let expected = context.expected.claim(server: server, flowID: id) else { return }
      // It is told of the connection's end even where nothing is sent: the file is empty then.
      keep(
        .stream(StreamAnalyzer(flow: flow.identity, fromStart: flow.isFromStart, negotiated: expected)), slot: slot)
    case .streamIntroduced where stream(event.slot) == nil:
      keep(.stream(StreamAnalyzer(flow: flow.identity, fromStart: flow.isFromStart)), slot: slot)
    case .datagramsIntroduced: keep(.datagrams(DatagramAnalyzer(flow: flow.identity)), slot: slot)
    default: break
    }
  }

  private func keep(_ analyzer: Analyzer, slot: Int) {
    while unsafe analyzers.count <= slot { unsafe analyzers.append(.none) }
    unsafe analyzers[slot] = analyzer
  }

  @inline(__always)
  private func stream(_ slot: Int32) -> StreamAnalyzer? {
    guard unsafe slot < analyzers.count, case .stream(let analyzer) = unsafe analyzers[Int(slot)] else { return nil }
    return analyzer
  }

  /// The next payload bytes of one end of a TCP connection, which was met.
  func streamReceived(_ bytes: RawSpan, _ event: FlowEvent) {
    stream(event.slot)?.consume(
      bytes, fromClient: event.fromClient, in: FlowAnalysis.stamp(event.frame), context: context)
  }

  /// The next payload bytes of one end of a TCP connection, which was met, are not in the capture.
  func streamLost(_ event: FlowEvent) {
    stream(event.slot)?.lose(
      event.count, fromClient: event.fromClient, in: FlowAnalysis.stamp(event.frame), context: context)
    sink.diagnose(
      "tcp-gap", "\(event.count) bytes from the \(event.fromClient ? "client" : "server") are not in the capture",
      frame: event.frame.id, flow: event.number)
  }

  /// One end of a TCP connection has sent its last byte.
  func streamClosed(_ event: FlowEvent) {
    stream(event.slot)?.close(fromClient: event.fromClient, context: context)
  }

  /// Something is odd about what one end of a TCP connection sends.
  func streamOdd(_ event: FlowEvent) {
    guard let oddity = StreamOddity(rawValue: event.detail) else { return }
    let sender = event.fromClient ? "client" : "server"
    let (code, detail) =
      switch oddity {
      case .conflictingOverlap:
        ("tcp-overlap-conflict", "the \(sender) sent bytes again with other content; the first ones were read")
      case .dataBehindFIN: ("tcp-data-after-fin", "the \(sender) sent data behind its FIN")
      case .urgentData: ("tcp-urgent-data", "the \(sender) marked data as urgent; it was read where it stands")
      }
    sink.diagnose(code, detail, frame: event.frame.id, flow: event.number)
  }

  /// The payload of a datagram of a UDP flow, which was met.
  func datagramReceived(_ payload: RawSpan, _ event: FlowEvent) {
    guard unsafe event.slot < analyzers.count, case .datagrams(let analyzer) = unsafe analyzers[Int(event.slot)] else {
      return
    }
    analyzer.consume(
      payload, length: Int(event.number), fromClient: event.fromClient, in: FlowAnalysis.stamp(event.frame),
      context: context)
  }

  /// A flow is over.
  func flowEnded(_ ended: FlowEvents.EndedFlow, _ event: FlowEvent) {
    let (flow, first, connection, slot) = (ended.flow, ended.first, ended.connection, Int(event.slot))
    var analyzer = Analyzer.none
    if unsafe slot < analyzers.count { unsafe swap(&analyzer, &analyzers[slot]) }
    let isReversed: Bool
    switch analyzer {
    case .none: isReversed = false
    case .stream(let stream):
      stream.finish(context: context)
      isReversed = stream.isReversed
    case .datagrams(let datagrams):
      datagrams.finish(context: context)
      isReversed = datagrams.isReversed
    }
    if isReversed { reversedFlows.append(flow.id) }
    let copies = connection?.copies ?? 0
    if copies > 0 {
      duplicates.packets += copies
      duplicates.flows += 1
    }
    let sink = context.sink
    let final = isReversed ? flow.reversed() : flow
    let (service, source) = FlowAnalysis.service(of: final, analyzer)
    let clientID = sink.addressID(final.clientAddress)
    let serverID = sink.addressID(final.serverAddress)
    let captureID = sink.captureID(ofFrame: first.id)
    unsafe addresses.add(
      final, firstFrame: first.id, captureID: captureID, clientID: clientID, serverID: serverID, sink: sink)
    unsafe protocols.add(final, service: service, captureID: captureID)
    sink.emit(
      FlowRecord(
        captureID: captureID, flow: final, first: first,
        connection: isReversed ? connection.map { $0.reversed() } : connection, clientID: clientID,
        serverID: serverID, service: service, serviceSource: source),
      id: final.id)
  }

  /// A message of PAP, CHAP or EAP at the front of `bytes`, which went along `path`.
  func authenticationReceived(_ bytes: RawSpan, _ method: LinkLogins.Method, on path: LinkPath, frame: FlowFrame) {
    links.consume(bytes, method, on: path, in: FlowAnalysis.stamp(frame), context: context)
  }

  /// Emits what is kept for the capture's end, logins of links that had no answer among it: all flows have ended.
  func finish() {
    if duplicates.packets > 0 {
      context.sink.diagnose(
        "duplicate-packets",
        "\(duplicates.packets) packets of \(duplicates.flows) TCP connections are in the capture twice")
    }
    links.finish(context: context)
    context.finish()
  }

  /// Emits what was counted of frames without IP: the capture ends, and flows may go on in the next.
  func emit(_ links: LinkTraffic) {
    ProtocolTraffic.emit(links, to: sink)
  }

  /// Emits what was counted by address and by protocol: all flows have ended.
  func emitTraffic() {
    unsafe addresses.emit(to: context.sink)
    unsafe protocols.emit(to: context.sink)
  }

  /// What a flow speaks, from its content, else from what announced it, else from the server's port.
  private static func service(
    of flow: borrowing Flow, _ analyzer: Analyzer
  ) -> (name: String?, source: String?) {
    var byPort: String?
    switch analyzer {
    case .stream(let stream):
      if let name = stream.service { return (name, stream.isNegotiated ? "negotiated" : "content") }
      byPort = ServicePorts.stream(flow.serverPort, beganInCapture: flow.isFromStart)
    case .datagrams(let datagrams):
      if let name = datagrams.service { return (name, "content") }
      byPort = ServicePorts.datagram(flow.serverPort)
    case .none: break
    }
    return (byPort, byPort == nil ? nil : "port")
  }
}
