public import Packets

/// The flows of one capture: finds each packet's flow, counts it, and passes payload on to an observer.
///
/// Looking up a known flow and passing on a segment in order allocate nothing.
public struct FlowTable: ~Copyable {
  /// Bounds on what senders can make it keep.
  public let limits: FlowLimits

  private var flows: [Flow] = []
  private var isOpen: [Bool] = []
  private var freeSlots: [Int] = []
  private var connections: [TCPConnection] = []
  private var freeConnections: [Int32] = []
  private var index = FlowIndex()
  /// The row of the flow that began last.
  public private(set) var lastID: Int64
  private var held = 0

  /// A table whose first flow gets the row `lastID` + 1.
  public init(lastID: Int64, limits: FlowLimits = FlowLimits()) {
    self.lastID = lastID
    self.limits = limits
  }

  /// The flow that a packet belongs to.
  public struct Membership: Sendable, BitwiseCopyable {
    /// The row of `flows`.
    public let flowID: Int64
    /// Where the flow is kept while it is open.
    public let slot: Int
    /// Whether its client sent the packet.
    public let fromClient: Bool
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
    let (key, fromLow) = FlowKey.of(layers)
    let hash = key.hash(seed: index.seed)
    let flags = TCPFlags(rawValue: layers.transport == .tcp ? layers.flags : 0)
    let slot: Int
    if let known = index.find(key, hash: hash, in: flows) {
      slot = known
      if flags.contains(.syn), !flags.contains(.ack), flows[slot].connection >= 0,
        connections[Int(flows[slot].connection)]
          .isOther(layers.sequence, fromClient: fromLow == flows[slot].clientIsLow)
      {
        return begin(
          key, hash: hash, fromLow: fromLow, replacing: known, layers, payload: payload, frame: frame,
          observer: observer)
      }
    } else {
      return begin(
        key, hash: hash, fromLow: fromLow, replacing: nil, layers, payload: payload, frame: frame, observer: observer)
    }
    return add(to: slot, fromLow: fromLow, flags: flags, layers, payload: payload, frame: frame, observer: observer)
  }

  private mutating func add(
    to slot: Int, fromLow: Bool, flags: TCPFlags, _ layers: borrowing PacketLayers, payload: RawSpan, frame: FlowFrame,
    observer: some FlowObserver
  ) -> Membership {
    let fromClient = fromLow == flows[slot].clientIsLow
    flows[slot].count(fromClient: fromClient, ipLength: Int(layers.ipLength), frame: frame)
    let length = Int(layers.payloadLength)
    switch layers.transport {
    case .tcp:
      receiveTCP(
        slot: slot, fromClient: fromClient, flags: flags, layers, payload: payload, frame: frame, observer: observer)
    case .udp:
      flows[slot].speak(fromClient: fromClient, payload: length)
      observer.datagramReceived(payload, length: length, slot: slot, fromClient: fromClient, frame: frame)
    default:
      flows[slot].speak(fromClient: fromClient, payload: length)
    }
    return Membership(flowID: flows[slot].id, slot: slot, fromClient: fromClient)
  }

  private mutating func receiveTCP(
    slot: Int, fromClient: Bool, flags: TCPFlags, _ layers: borrowing PacketLayers, payload: RawSpan, frame: FlowFrame,
    observer: some FlowObserver
  ) {
    let place = Int(flows[slot].connection)
    guard place >= 0, layers.hasTransportHeader else { return }
    let length = Int(layers.payloadLength)
    var sequence = layers.sequence
    connections[place].note(
      flags: flags, sequence: sequence, acknowledgment: layers.acknowledgment, fromClient: fromClient, frame: frame)
    let delivery = Delivery(observer: observer, slot: slot, fromClient: fromClient)
    let backward = Delivery(observer: observer, slot: slot, fromClient: !fromClient)
    if flags.contains(.syn) { sequence &+= 1 }
    // Text behind a RST explains it (RFC 9293, section 3.5.3); it is not part of the stream.
    if length > 0, !flags.contains(.rst) {
      let passed =
        fromClient
        ? connections[place].client.receive(
          payload, length: length, sequence: sequence, frame: frame, limits: limits, held: &held, to: delivery)
        : connections[place].server.receive(
          payload, length: length, sequence: sequence, frame: frame, limits: limits, held: &held, to: delivery)
      flows[slot].speak(fromClient: fromClient, payload: passed)
    }
    if flags.contains(.ack), held > 0 {
      let passed =
        fromClient
        ? connections[place].server.acknowledged(
          layers.acknowledgment, limits: limits, held: &held, to: backward)
        : connections[place].client.acknowledged(
          layers.acknowledgment, limits: limits, held: &held, to: backward)
      flows[slot].speak(fromClient: !fromClient, payload: passed)
    }
    if flags.contains(.fin) {
      let end = sequence &+ UInt32(truncatingIfNeeded: length)
      if fromClient { connections[place].client.finish(at: end) } else { connections[place].server.finish(at: end) }
    }
    if flags.contains(.rst) { drain(slot: slot, observer: observer) }
    close(place: place, now: flags.contains(.rst), slot: slot, observer: observer)
  }

  @inline(__always)
  private mutating func close(place: Int, now: Bool, slot: Int, observer: some FlowObserver) {
    if now || connections[place].client.finSeen {
      connections[place].client.closeIfDone(
        now: now, to: Delivery(observer: observer, slot: slot, fromClient: true))
    }
    if now || connections[place].server.finSeen {
      connections[place].server.closeIfDone(
        now: now, to: Delivery(observer: observer, slot: slot, fromClient: false))
    }
  }

  // MARK: - Beginning and ending

  private mutating func begin(
    _ key: FlowKey, hash: UInt64, fromLow: Bool, replacing old: Int?, _ layers: borrowing PacketLayers,
    payload: RawSpan, frame: FlowFrame, observer: some FlowObserver
  ) -> Membership {
    if let old {
      end(old, observer: observer)
    } else if flows.count - freeSlots.count >= limits.flows {
      evict(observer: observer)
    }
    lastID += 1
    let senderIsClient = FlowTable.senderIsClient(layers)
    var flow = Flow(
      key: key, clientIsLow: senderIsClient == fromLow, id: lastID, layers: layers, frame: frame)
    if layers.transport == .tcp { flow.connection = newConnection() }
    let slot: Int
    if let free = freeSlots.popLast() {
      // That of the flow just ended, where this one has its key: the index then names it already.
      slot = free
      flows[slot] = flow
      isOpen[slot] = true
    } else {
      slot = flows.count
      flows.append(flow)
      isOpen.append(true)
    }
    if old == nil { index.insert(hash: hash, slot: slot) }
    let flags = TCPFlags(rawValue: layers.transport == .tcp ? layers.flags : 0)
    observer.flowBegan(flow, slot: slot, fromStart: layers.transport != .tcp || flags.contains(.syn))
    return add(to: slot, fromLow: fromLow, flags: flags, layers, payload: payload, frame: frame, observer: observer)
  }

  private mutating func newConnection() -> Int32 {
    if let free = freeConnections.popLast() {
      connections[Int(free)] = TCPConnection()
      return free
    }
    connections.append(TCPConnection())
    return Int32(truncatingIfNeeded: connections.count - 1)
  }

  /// Whether a flow's first packet speaks for its sender as the client.
  private static func senderIsClient(_ layers: borrowing PacketLayers) -> Bool {
    switch layers.transport {
    case .tcp:
      let flags = TCPFlags(rawValue: layers.flags)
      if flags.contains(.syn) { return !flags.contains(.ack) }
      return ServerPorts.firstIsServer(layers.sourcePort, layers.destinationPort).map { !$0 } ?? true
    case .udp, .sctp:
      return ServerPorts.firstIsServer(layers.sourcePort, layers.destinationPort).map { !$0 } ?? true
    case .icmp: return layers.icmpType != 0
    case .icmpv6: return layers.icmpType != 129
    default: return true
    }
  }

  private mutating func drain(slot: Int, observer: some FlowObserver) {
    let place = Int(flows[slot].connection)
    guard held > 0, place >= 0 else { return }
    let fromClient = connections[place].client.drain(
      held: &held, to: Delivery(observer: observer, slot: slot, fromClient: true))
    flows[slot].speak(fromClient: true, payload: fromClient)
    let fromServer = connections[place].server.drain(
      held: &held, to: Delivery(observer: observer, slot: slot, fromClient: false))
    flows[slot].speak(fromClient: false, payload: fromServer)
  }

  /// Ends the flow in `slot` and frees the slot; the index is left to the caller.
  private mutating func end(_ slot: Int, observer: some FlowObserver) {
    let place = flows[slot].connection
    if place >= 0 {
      drain(slot: slot, observer: observer)
      observer.flowEnded(flows[slot], connection: connections[Int(place)], slot: slot)
      connections[Int(place)] = TCPConnection()
      freeConnections.append(place)
    } else {
      observer.flowEnded(flows[slot], connection: nil, slot: slot)
    }
    isOpen[slot] = false
    freeSlots.append(slot)
  }

  /// Ends the quarter of the flows that has been silent longest.
  private mutating func evict(observer: some FlowObserver) {
    let ages = flows.indices.lazy.filter { [isOpen] in isOpen[$0] }.map { [flows] in flows[$0].lastFrame }.sorted()
    guard !ages.isEmpty else { return }
    let threshold = ages[ages.count / 4]
    var gone = Set<Int>()
    for slot in flows.indices where isOpen[slot] && flows[slot].lastFrame <= threshold { gone.insert(slot) }
    for slot in gone.sorted(by: { [flows] in flows[$0].id < flows[$1].id }) { end(slot, observer: observer) }
    index.removeAll { gone.contains($0) }
  }

  /// Ends all flows, in the order in which they began: the capture is over.
  public mutating func finish(observer: some FlowObserver) {
    let open = flows.indices.filter { isOpen[$0] }.sorted { [flows] in flows[$0].id < flows[$1].id }
    for slot in open { end(slot, observer: observer) }
    index.removeAll { _ in true }
  }
}
