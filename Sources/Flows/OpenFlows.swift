import Bytes
import Packets

/// The flows that are open: what `FlowTable` keeps.
///
/// What every packet needs of a flow lies together in few cache lines, what is seldom needed apart from it: with tens
/// of thousands of flows open, most of a packet's time goes by in waiting for memory.
struct OpenFlows: ~Copyable {
  /// Bytes that are held back newly between two looks for silent connections.
  static let sweepBytes = 1 << 20

  let limits: FlowLimits
  /// By slot.
  var flows: SlotStorage<Flow>
  /// The first packets' frames, by slot.
  private var firsts: SlotStorage<FlowFrame>
  /// Two for each TCP connection, the client's first, as `TCPDirection` says.
  var streams: SlotStorage<TCPStream>
  /// By `Flow.connection`.
  var histories: SlotStorage<TCPHistory>
  var held = HeldSegments()
  var openings = Openings()
  /// What segments held back must cost before silent connections are looked for among them.
  var nextSweep: Int
  private var index = FlowIndex()
  private var slots: FreeSlots
  private var connections: FreeSlots
  /// Flows to end when there are too many, the next one last.
  private var candidates: [Eviction.Candidate] = []
  private var isFinishing = false
  private(set) var lastID: Int64

  init(lastID: Int64, limits: FlowLimits) {
    self.lastID = lastID
    self.limits = limits
    nextSweep = limits.patientReorderBytes
    // Slots are kept in 32 bits.
    let count = min(max(limits.flows, 1), 1 << 30)
    flows = SlotStorage(count: count)
    firsts = SlotStorage(count: count)
    streams = SlotStorage(count: 2 * count)
    histories = SlotStorage(count: count)
    slots = FreeSlots(total: count)
    connections = FreeSlots(total: count)
  }

  /// See `FlowTable.flowID`.
  func flowID(of layers: borrowing PacketLayers) -> Int64? {
    let key = FlowKey.of(layers).key
    return index.find(key, hash: key.hash(seed: index.seed), in: flows).map { flows[$0].id }
  }

  /// See `FlowTable.process`.
  mutating func process(
    _ layers: borrowing PacketLayers, payload: RawSpan, frame: FlowFrame, observer: some FlowObserver
  ) -> FlowTable.Membership {
    let (key, fromLow) = FlowKey.of(layers)
    let hash = key.hash(seed: index.seed)
    let flags = TCPFlags(rawValue: layers.transport == .tcp ? layers.flags : 0)
    guard let known = index.find(key, hash: hash, in: flows) else {
      let slot = begin(key, hash: hash, fromLow: fromLow, flags: flags, layers, frame: frame, observer: observer)
      return add(to: slot, fromLow: fromLow, flags: flags, layers, payload: payload, frame: frame, observer: observer)
    }
    if flags.contains(.syn), !flags.contains(.ack), isOther(known, layers.sequence, fromLow: fromLow) {
      end(known, observer: observer)
      start(known, key, fromLow: fromLow, flags: flags, layers, frame: frame, observer: observer)
      observer.segmentNoted(.portNumbersReused, frame: frame)
    }
    return add(to: known, fromLow: fromLow, flags: flags, layers, payload: payload, frame: frame, observer: observer)
  }

  /// Whether a SYN with `sequence` begins another connection than the one in `slot`: its initial sequence number
  /// differs. The same number again is a repeated attempt, also behind a RST.
  private func isOther(_ slot: Int, _ sequence: UInt32, fromLow: Bool) -> Bool {
    guard flows[slot].transport == .tcp else { return false }
    let way = direction(slot, fromClient: fromLow == flows[slot].clientIsLow)
    return streams[way.stream].initialSequence.map { $0 != sequence } ?? false
  }

  private func direction(_ slot: Int, fromClient: Bool) -> TCPDirection {
    TCPDirection(slot: slot, connection: Int(flows[slot].connection), fromClient: fromClient)
  }

  @inline(__always)
  private mutating func add(
    to slot: Int, fromLow: Bool, flags: TCPFlags, _ layers: borrowing PacketLayers, payload: RawSpan, frame: FlowFrame,
    observer: some FlowObserver
  ) -> FlowTable.Membership {
    let fromClient = fromLow == flows[slot].clientIsLow
    flows[slot].count(fromClient: fromClient, ipLength: Int(layers.ipLength), frame: frame)
    let length = Int(layers.payloadLength)
    switch layers.transport {
    case .tcp:
      receiveTCP(
        slot: slot, fromClient: fromClient, flags: flags, layers, payload: payload, frame: frame, observer: observer)
    case .udp:
      flows[slot].speak(fromClient: fromClient, payload: length)
      observer.datagramReceived(
        payload, length: length, of: flows[slot], slot: slot, fromClient: fromClient, frame: frame)
    default:
      flows[slot].speak(fromClient: fromClient, payload: length)
    }
    return FlowTable.Membership(flowID: flows[slot].id, slot: slot, fromClient: fromClient)
  }

  // MARK: - Beginning and ending

  /// Begins the flow of a packet whose key is not known, and returns its slot.
  @inline(never)
  private mutating func begin(
    _ key: FlowKey, hash: UInt64, fromLow: Bool, flags: TCPFlags, _ layers: borrowing PacketLayers, frame: FlowFrame,
    observer: some FlowObserver
  ) -> Int {
    if slots.taken >= flows.count { evict(at: frame.id, observer: observer) }
    guard let slot = slots.take() else { preconditionFailure("the flows just ended left their slots") }
    start(slot, key, fromLow: fromLow, flags: flags, layers, frame: frame, observer: observer)
    index.insert(hash: hash, slot: slot)
    return slot
  }

  /// Puts a new flow into a slot that is free.
  private mutating func start(
    _ slot: Int, _ key: FlowKey, fromLow: Bool, flags: TCPFlags, _ layers: borrowing PacketLayers, frame: FlowFrame,
    observer: some FlowObserver
  ) {
    lastID += 1
    var marks: Flow.Marks = .open
    if ServerPorts.senderIsClient(layers, flags) == fromLow { marks.insert(.clientIsLow) }
    if layers.transport != .tcp || flags.contains(.syn) { marks.insert(.fromStart) }
    let connection = layers.transport == .tcp ? startConnection() : 0
    flows[slot] = Flow(
      key: key, marks: marks, id: lastID, transport: layers.transport, connection: connection, frame: frame)
    firsts[slot] = frame
    observer.flowBegan(flows[slot], slot: slot)
  }

  private mutating func startConnection() -> Int32 {
    // There are as many as slots.
    guard let connection = connections.take() else { preconditionFailure("more connections than flows") }
    streams[2 &* connection] = TCPStream()
    streams[2 &* connection &+ 1] = TCPStream()
    histories[connection] = TCPHistory()
    return Int32(truncatingIfNeeded: connection)
  }

  /// Tells that the flow in `slot` is over; index and slot are left to the caller.
  private mutating func end(_ slot: Int, observer: some FlowObserver) {
    var connection: TCPConnection?
    if flows[slot].transport == .tcp {
      let way = direction(slot, fromClient: true)
      drain(way, observer: observer)
      connection = TCPConnection(
        client: streams[way.stream], server: streams[way.opposite.stream], history: histories[way.connection])
      connections.giveBack(way.connection)
    }
    observer.flowEnded(flows[slot], first: firsts[slot], connection: connection, slot: slot)
    flows[slot].marks.remove(.open)
  }

  /// Ends the flow in `slot` and frees the slot.
  private mutating func remove(_ slot: Int, observer: some FlowObserver) {
    end(slot, observer: observer)
    index.remove(hash: flows[slot].key.hash(seed: index.seed), slot: slot)
    slots.giveBack(slot)
  }

  /// Ends some of the flows that can best be done without.
  private mutating func evict(at frame: Int64, observer: some FlowObserver) {
    let wanted = slots.taken &- Eviction.groupSize
    while slots.taken >= flows.count || slots.taken > wanted && !candidates.isEmpty {
      guard let candidate = candidates.popLast() else {
        findCandidates(at: frame)
        continue
      }
      // Not one that another packet came to since, or that ended by itself.
      if flows[candidate.slot].isOpen, flows[candidate.slot].lastFrame == candidate.lastFrame {
        remove(candidate.slot, observer: observer)
      }
    }
  }

  /// Finds the quarter of the flows that can best be done without: to look at all of them for one would take too long.
  private mutating func findCandidates(at frame: Int64) {
    var ages: [UInt64] = []
    ages.reserveCapacity(slots.taken)
    for slot in 0..<slots.used where flows[slot].isOpen { ages.append(flows[slot].age(at: frame)) }
    let least = Eviction.threshold(of: ages, count: ages.count / 4 + 1)
    findCandidates { $0.age(at: frame) >= least }
  }

  /// Makes candidates of the open flows that `isMeant` says; the one that began first goes first.
  private mutating func findCandidates(where isMeant: (borrowing Flow) -> Bool) {
    for slot in 0..<slots.used where flows[slot].isOpen && isMeant(flows[slot]) {
      candidates.append(Eviction.Candidate(id: flows[slot].id, lastFrame: flows[slot].lastFrame, slot: slot))
    }
    candidates.sort { $0.id > $1.id }
  }

  /// See `FlowTable.finish`.
  mutating func finish(atMost count: Int, observer: some FlowObserver) -> Bool {
    if !isFinishing {
      isFinishing = true
      candidates = []
      findCandidates { _ in true }
    }
    for candidate in candidates.suffix(count).reversed() { remove(candidate.slot, observer: observer) }
    candidates.removeLast(min(count, candidates.count))
    return !candidates.isEmpty
  }
}
