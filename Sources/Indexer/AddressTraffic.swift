import Flows
import Records

/// Counts what each address sent and received as its flows end: the rows of `traffic_by_address`.
///
/// Memory is bounded however many addresses there are: when the limit is reached, what was counted so far is emitted, and
/// an address that comes again gets a further row. A bit for each address tells that it has one.
struct AddressTraffic {
  /// Addresses counted at once; a sender can make up any number.
  static let limit = 131_072

  /// What is counted of one address.
  struct Total: BitwiseCopyable {
    let captureID: Int64
    let addressID: Int64
    private(set) var flows: Int64 = 0
    private(set) var sentPackets: Int64 = 0
    private(set) var sentBytes: Int64 = 0
    private(set) var receivedPackets: Int64 = 0
    private(set) var receivedBytes: Int64 = 0
    private(set) var firstFrame: Int64
    private(set) var lastFrame: Int64

    fileprivate init(captureID: Int64, addressID: Int64, flow: borrowing Flow, firstFrame: Int64) {
      self.captureID = captureID
      self.addressID = addressID
      self.firstFrame = firstFrame
      lastFrame = flow.lastFrame
    }

    fileprivate mutating func add(_ flow: borrowing Flow, firstFrame: Int64, sent: Flow.End, received: Flow.End) {
      flows &+= 1
      sentPackets &+= sent.packets
      sentBytes &+= sent.bytes
      receivedPackets &+= received.packets
      receivedBytes &+= received.bytes
      self.firstFrame = min(self.firstFrame, firstFrame)
      lastFrame = max(lastFrame, flow.lastFrame)
    }
  }

  private let limit: Int
  private var totals: [Total] = []
  /// By `key`.
  private var slots: [Int64: Int32] = [:]
  private var part: Int64 = 1
  /// A bit for each address with a row, in words by the higher bits of its `key`.
  private var emitted: [Int64: UInt64] = [:]

  init(limit: Int = AddressTraffic.limit) {
    self.limit = limit
  }

  /// Counts a flow that ended, and began with `firstFrame` in the capture `captureID`, at both of its ends, or once where they
  /// have the same address.
  mutating func add(
    _ flow: borrowing Flow, firstFrame: Int64, captureID: Int64, clientID: Int64, serverID: Int64, sink: RecordSink
  ) {
    // Room for both ends.
    if totals.count + 2 > limit { emit(to: sink) }
    add(flow, firstFrame, captureID, at: clientID, sent: flow.client, received: flow.server)
    if serverID != clientID { add(flow, firstFrame, captureID, at: serverID, sent: flow.server, received: flow.client) }
  }

  private mutating func add(
    _ flow: borrowing Flow, _ firstFrame: Int64, _ captureID: Int64, at addressID: Int64, sent: Flow.End,
    received: Flow.End
  ) {
    let slot: Int
    let key = AddressTraffic.key(addressID, captureID)
    if let known = slots[key] {
      slot = Int(known)
    } else {
      slot = totals.count
      slots[key] = Int32(truncatingIfNeeded: slot)
      totals.append(Total(captureID: captureID, addressID: addressID, flow: flow, firstFrame: firstFrame))
    }
    totals[slot].add(flow, firstFrame: firstFrame, sent: sent, received: received)
  }

  /// Emits a row for each address counted, in the order in which they were met, and forgets them.
  mutating func emit(to sink: RecordSink) {
    for total in totals {
      let hasRow = mark(AddressTraffic.key(total.addressID, total.captureID))
      sink.emit(AddressTrafficRecord(captureID: total.captureID, part: hasRow ? part : 1, total: total))
    }
    part += 1
    totals.removeAll(keepingCapacity: true)
    slots.removeAll(keepingCapacity: true)
  }

  /// An address in a capture; no database has 2^40 addresses.
  private static func key(_ addressID: Int64, _ captureID: Int64) -> Int64 {
    addressID | captureID << 40
  }

  /// Notes that an address has a row; whether it had one before.
  private mutating func mark(_ key: Int64) -> Bool {
    let bit = UInt64(1) << UInt64(key & 63)
    let hadRow = emitted[key >> 6, default: 0] & bit != 0
    emitted[key >> 6, default: 0] |= bit
    return hadRow
  }
}
