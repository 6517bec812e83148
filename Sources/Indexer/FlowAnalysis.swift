import Applications
import Bytes
import Flows
import Packets
import Records

/// Takes what the flow table passes on to the parsers, and a finished flow to its row.
final class FlowAnalysis: FlowObserver {
  /// What is kept of an open flow.
  private struct OpenFlow {
    let identity: FlowIdentity
    let fromStart: Bool
    /// Service that a control connection announced.
    let negotiated: String?
    var stream: StreamAnalyzer?
    var datagrams: DatagramAnalyzer?
  }

  private let context: ApplicationContext
  private var open: [OpenFlow?] = []

  /// Rows of `flows` whose content says that client and server are the other way round than was thought when their
  /// frames were counted.
  private(set) var reversedFlows: [Int64] = []

  init(context: ApplicationContext) {
    self.context = context
  }

  private static func stamp(_ frame: FlowFrame) -> FrameStamp {
    FrameStamp(id: frame.id, time: frame.time)
  }

  func flowBegan(_ flow: borrowing Flow, slot: Int, fromStart: Bool) {
    while open.count <= slot { open.append(nil) }
    let server = Endpoint(flow.serverAddress, flow.serverPort)
    let isAwaited = flow.transport == .tcp && context.expected.isWaiting
    open[slot] = OpenFlow(
      identity: FlowIdentity(
        id: flow.id, client: Endpoint(flow.clientAddress, flow.clientPort), server: server),
      fromStart: fromStart, negotiated: isAwaited ? context.expected.claim(server: server, flowID: flow.id) : nil)
  }

  private func stream(_ slot: Int) -> StreamAnalyzer? {
    if let stream = open[slot]?.stream { return stream }
    guard let flow = open[slot] else { return nil }
    let stream = StreamAnalyzer(flow: flow.identity, fromStart: flow.fromStart, negotiated: flow.negotiated)
    open[slot]?.stream = stream
    return stream
  }

  func streamReceived(_ bytes: RawSpan, slot: Int, fromClient: Bool, frame: FlowFrame) {
    stream(slot)?.consume(bytes, fromClient: fromClient, in: FlowAnalysis.stamp(frame), context: context)
  }

  func streamLost(_ count: Int, slot: Int, fromClient: Bool, frame: FlowFrame) {
    guard let analyzer = stream(slot) else { return }
    analyzer.lose(count, fromClient: fromClient, in: FlowAnalysis.stamp(frame), context: context)
    context.sink.diagnose(
      "tcp-gap", "\(count) bytes from the \(fromClient ? "client" : "server") are not in the capture", frame: frame.id,
      flow: open[slot]?.identity.id)
  }

  func streamClosed(slot: Int, fromClient: Bool) {
    open[slot]?.stream?.close(fromClient: fromClient, context: context)
  }

  func datagramReceived(_ payload: RawSpan, length: Int, slot: Int, fromClient: Bool, frame: FlowFrame) {
    guard let identity = open[slot]?.identity else { return }
    let analyzer = open[slot]?.datagrams ?? DatagramAnalyzer(flow: identity)
    if open[slot]?.datagrams == nil { open[slot]?.datagrams = analyzer }
    analyzer.consume(
      payload, length: length, fromClient: fromClient, in: FlowAnalysis.stamp(frame), context: context)
  }

  func flowEnded(_ flow: borrowing Flow, connection: borrowing TCPConnection?, slot: Int) {
    guard let state = open[slot] else { return }
    open[slot] = nil
    state.stream?.finish(context: context)
    state.datagrams?.finish(context: context)
    let isReversed = state.stream?.isReversed ?? state.datagrams?.isReversed ?? false
    if isReversed { reversedFlows.append(flow.id) }
    let final = isReversed ? flow.reversed() : copy flow
    let finalConnection = isReversed ? connection.map { $0.reversed() } : copy connection
    let (service, source) = service(of: final, state)
    let sink = context.sink
    let clientID = sink.addressID(final.clientAddress)
    let serverID = sink.addressID(final.serverAddress)
    sink.emit(
      FlowRecord(
        captureID: sink.captureID, flow: final, connection: finalConnection, clientID: clientID, serverID: serverID,
        service: service, serviceSource: source),
      id: final.id)
  }

  /// What a flow speaks, from its content, else from what announced it, else from the server's port.
  private func service(of flow: Flow, _ state: OpenFlow) -> (name: String?, source: String?) {
    if let stream = state.stream, let name = stream.service {
      return (name, stream.isNegotiated ? "negotiated" : "content")
    }
    if let negotiated = state.negotiated { return (negotiated, "negotiated") }
    if let name = state.datagrams?.service { return (name, "content") }
    let byPort: String?
    switch flow.transport {
    case .tcp where state.stream != nil:
      byPort = ServicePorts.stream(flow.serverPort, beganInCapture: state.fromStart)
    case .udp: byPort = ServicePorts.datagram(flow.serverPort)
    default: byPort = nil
    }
    return (byPort, byPort == nil ? nil : "port")
  }
}
