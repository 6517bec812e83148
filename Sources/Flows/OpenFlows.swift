import Bytes
import Packets

/// The flows that are open: what `FlowTable` keeps.
///
/// What every packet needs of a flow lies together in few cache lines, what is seldom needed apart from it: with tens
/// of thousands of flows open, most of a packet's time goes by in waiting for memory.
struct OpenFlows: ~Copyable {
  let limits: FlowLimits
  var flows: SlotStorage<Flow>
  /// Times of the first packets, as in `FlowFrame`.
  var firstTimes: SlotStorage<Int64>
  /// Two for each slot, the client's first; without meaning where the flow is not TCP.
  var streams: SlotStorage<TCPStream>
  var histories: SlotStorage<TCPHistory>
  var held = HeldSegments()
  private var index = FlowIndex()
  private var slots: FreeSlots
  /// Flows to end when there are too many, the next one last.
  private var candidates: [Eviction.Candidate] = []
  private var isFinishing = false
  private(set) var lastID: Int64

  init(lastID: Int64, limits: FlowLimits) {
    self.lastID = lastID
    self.limits = limits
    // Slots are kept in 32 bits.
    let count = min(max(limits.flows, 1), 1 << 30)
    flows = SlotStorage(count: count)
    firstTimes = SlotStorage(count: count)
    streams = SlotStorage(count: 2 * count)
    histories = SlotStorage(count: count)
    slots = FreeSlots(total: count)
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
    }
    return add(to: known, fromLow: fromLow, flags: flags, layers, payload: payload, frame: frame, observer: observer)
  }

  /// Whether a SYN with `sequence` begins another connection than the one in `slot`: its initial sequence number
  /// differs. The same number again is a repeated attempt, also behind a RST.
  private func isOther(_ slot: Int, _ sequence: UInt32, fromLow: Bool) -> Bool {
    let fromClient = fromLow == flows[slot].clientIsLow
    guard flows[slot].transport == .tcp, let known = streams[2 &* slot &+ (fromClient ? 0 : 1)].initialSequence else {
      return false
    }
    return known != sequence
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
    guard let slot = slots.take(forTCP: layers.transport == .tcp) else {
      preconditionFailure("the flow just ended left its slot")
    }
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
    flows[slot] = Flow(key: key, marks: marks, id: lastID, transport: layers.transport, frame: frame)
    firstTimes[slot] = frame.timeOrNone
    if layers.transport == .tcp {
      streams[2 &* slot] = TCPStream()
      streams[2 &* slot &+ 1] = TCPStream()
      histories[slot] = TCPHistory()
    }
    observer.flowBegan(flows[slot], slot: slot)
  }

  /// Tells that the flow in `slot` is over; index and slot are left to the caller.
  private mutating func end(_ slot: Int, observer: some FlowObserver) {
    let firstTime = firstTimes[slot] == FlowFrame.noTime ? nil : firstTimes[slot]
    if flows[slot].transport == .tcp {
      drain(slot: slot, observer: observer)
      let connection = TCPConnection(
        client: streams[2 &* slot], server: streams[2 &* slot &+ 1], history: histories[slot])
      observer.flowEnded(flows[slot], firstTime: firstTime, connection: connection, slot: slot)
    } else {
      observer.flowEnded(flows[slot], firstTime: firstTime, connection: nil, slot: slot)
    }
    flows[slot].marks.remove(.open)
  }

  /// Ends the flow in `slot` and frees the slot.
  private mutating func remove(_ slot: Int, observer: some FlowObserver) {
    end(slot, observer: observer)
    index.remove(hash: flows[slot].key.hash(seed: index.seed), slot: slot)
    slots.giveBack(slot, fromTCP: flows[slot].transport == .tcp)
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
    for slot in 0..<slots.begun where flows[slot].isOpen { ages.append(flows[slot].age(at: frame)) }
    let least = Eviction.threshold(of: ages, count: ages.count / 4 + 1)
    findCandidates { $0.age(at: frame) >= least }
  }

  /// Makes candidates of the open flows that `isMeant` says; the one that began first goes first.
  private mutating func findCandidates(where isMeant: (borrowing Flow) -> Bool) {
    for slot in 0..<slots.begun where flows[slot].isOpen && isMeant(flows[slot]) {
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
