import Applications
import Bytes
import Flows
import Packets
import Records

/// Takes what the flow table passes on to the parsers, and a finished flow to its row.
final class FlowAnalysis: FlowObserver {
  /// What takes a flow's payload. Flows without payload have nothing.
  private enum Analyzer {
    case none
    case stream(StreamAnalyzer)
    case datagrams(DatagramAnalyzer)
  }

  private let context: ApplicationContext
  /// By slot. Every payload is looked up in it, on the decoding thread, and no parser comes back here: checking each
  /// access for exclusivity would cost more than the access.
  @exclusivity(unchecked) private var analyzers: [Analyzer] = []
  /// Services that control connections announced, by the slot of the announced flow.
  private var negotiated: [Int: String] = [:]
  private let links = LinkLogins()
  // Each flow goes through these as it ends, and neither comes back here.
  @exclusivity(unchecked) private var addresses = AddressTraffic()
  @exclusivity(unchecked) private var protocols = ProtocolTraffic()

  private var duplicates: (packets: Int64, flows: Int64) = (0, 0)

  /// Rows of `flows` whose content says that client and server are the other way round than was thought when their
  /// frames were counted.
  private(set) var reversedFlows: [Int64] = []

  init(context: ApplicationContext) {
    self.context = context
  }

  private static func stamp(_ frame: FlowFrame) -> FrameStamp {
    FrameStamp(id: frame.id, time: frame.time)
  }

  private static func identity(of flow: borrowing Flow) -> FlowIdentity {
    FlowIdentity(
      id: flow.id, client: Endpoint(flow.clientAddress, flow.clientPort),
      server: Endpoint(flow.serverAddress, flow.serverPort))
  }

  func flowBegan(_ flow: borrowing Flow, slot: Int) {
    guard flow.transport == .tcp, context.expected.isWaiting else { return }
    negotiated[slot] = context.expected.claim(
      server: Endpoint(flow.serverAddress, flow.serverPort), flowID: flow.id)
  }

  private func keep(_ analyzer: Analyzer, slot: Int) {
    while unsafe analyzers.count <= slot { unsafe analyzers.append(.none) }
    unsafe analyzers[slot] = analyzer
  }

  private func stream(_ flow: borrowing Flow, slot: Int) -> StreamAnalyzer {
    if unsafe slot < analyzers.count, case .stream(let analyzer) = unsafe analyzers[slot] { return analyzer }
    let analyzer = StreamAnalyzer(
      flow: FlowAnalysis.identity(of: flow), fromStart: flow.isFromStart, negotiated: negotiated[slot])
    keep(.stream(analyzer), slot: slot)
    return analyzer
  }

  func streamReceived(_ bytes: RawSpan, of flow: borrowing Flow, slot: Int, fromClient: Bool, frame: FlowFrame) {
    stream(flow, slot: slot).consume(bytes, fromClient: fromClient, in: FlowAnalysis.stamp(frame), context: context)
  }

  func streamLost(_ count: Int, of flow: borrowing Flow, slot: Int, fromClient: Bool, frame: FlowFrame) {
    stream(flow, slot: slot).lose(count, fromClient: fromClient, in: FlowAnalysis.stamp(frame), context: context)
    context.sink.diagnose(
      "tcp-gap", "\(count) bytes from the \(fromClient ? "client" : "server") are not in the capture", frame: frame.id,
      flow: flow.id)
  }

  func streamClosed(slot: Int, fromClient: Bool, isLast: Bool) {
    guard unsafe slot < analyzers.count, case .stream(let analyzer) = unsafe analyzers[slot] else { return }
    analyzer.close(fromClient: fromClient, context: context)
  }

  func segmentNoted(_ note: TCPNote, frame: FlowFrame) {
    context.sink.emit(TCPNoteRecord(frameID: frame.id, note: note))
  }

  func streamOdd(_ oddity: StreamOddity, of flow: borrowing Flow, fromClient: Bool, frame: FlowFrame) {
    let sender = fromClient ? "client" : "server"
    let (code, detail) =
      switch oddity {
      case .conflictingOverlap:
        ("tcp-overlap-conflict", "the \(sender) sent bytes again with other content; the first ones were read")
      case .dataBehindFIN: ("tcp-data-after-fin", "the \(sender) sent data behind its FIN")
      case .urgentData: ("tcp-urgent-data", "the \(sender) marked data as urgent; it was read where it stands")
      }
    context.sink.diagnose(code, detail, frame: frame.id, flow: flow.id)
  }

  func datagramReceived(
    _ payload: RawSpan, length: Int, of flow: borrowing Flow, slot: Int, fromClient: Bool, frame: FlowFrame
  ) {
    let analyzer: DatagramAnalyzer
    if unsafe slot < analyzers.count, case .datagrams(let known) = unsafe analyzers[slot] {
      analyzer = known
    } else {
      analyzer = DatagramAnalyzer(flow: FlowAnalysis.identity(of: flow))
      keep(.datagrams(analyzer), slot: slot)
    }
    analyzer.consume(
      payload, length: length, fromClient: fromClient, in: FlowAnalysis.stamp(frame), context: context)
  }

  func flowEnded(_ flow: borrowing Flow, first: FlowFrame, connection: borrowing TCPConnection?, slot: Int) {
    var analyzer = Analyzer.none
    if unsafe slot < analyzers.count { unsafe swap(&analyzer, &analyzers[slot]) }
    let announced = negotiated.isEmpty ? nil : negotiated.removeValue(forKey: slot)
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
    let copies = (copy connection)?.copies ?? 0
    if copies > 0 {
      duplicates.packets += copies
      duplicates.flows += 1
    }
    let sink = context.sink
    let final = isReversed ? flow.reversed() : copy flow
    let (service, source) = FlowAnalysis.service(of: final, analyzer, announced: announced)
    let clientID = sink.addressID(final.clientAddress)
    let serverID = sink.addressID(final.serverAddress)
    let captureID = sink.captureID(ofFrame: first.id)
    unsafe addresses.add(
      final, firstFrame: first.id, captureID: captureID, clientID: clientID, serverID: serverID, sink: sink)
    unsafe protocols.add(final, service: service, captureID: captureID)
    sink.emit(
      FlowRecord(
        captureID: captureID, flow: final, first: first,
        connection: isReversed ? connection.map { $0.reversed() } : copy connection, clientID: clientID,
        serverID: serverID, service: service, serviceSource: source),
      id: final.id)
  }

  /// A message of PAP, CHAP or EAP, which stands in `bytes` where `layers` says.
  func authenticationReceived(
    _ layers: borrowing PacketLayers, _ bytes: RawSpan, on path: LinkPath, frame: FlowFrame
  ) {
    let method: LinkLogins.Method
    switch layers.linkProtocol {
    case .pap: method = .pap
    case .chap: method = .chap
    case .eap: method = .eap
    default: return
    }
    links.consume(
      bytes.part(from: Int(layers.authenticationOffset)), method, on: path, in: FlowAnalysis.stamp(frame),
      context: context)
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

  /// Counts a frame without IP.
  func count(linkFrame name: String, length: UInt32) {
    unsafe protocols.add(linkFrame: name, length: length)
  }

  /// Emits what was counted of frames without IP: the capture ends, and flows go on in the next.
  func endCapture() {
    unsafe protocols.emitLinks(to: context.sink)
  }

  /// Emits what was counted by address and by protocol: all flows have ended.
  func emitTraffic() {
    unsafe addresses.emit(to: context.sink)
    unsafe protocols.emit(to: context.sink)
  }

  /// What a flow speaks, from its content, else from what announced it, else from the server's port.
  private static func service(
    of flow: borrowing Flow, _ analyzer: Analyzer, announced: String?
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
    if let announced { return (announced, "negotiated") }
    return (byPort, byPort == nil ? nil : "port")
  }
}
