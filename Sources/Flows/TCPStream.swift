import Bytes

/// One direction of a TCP connection: puts its segments in order (RFC 9293, section 3.4) and passes each byte on once.
///
/// Sequence numbers are compared modulo 2^32. Where segments overlap, the bytes that were passed on first stand; of two
/// segments held back, the one that begins earlier does. A segment that is missing is waited for until the receiver has
/// acknowledged it, the limits are reached or the connection ends; then it is passed on as lost.
public struct TCPStream: Sendable {
  /// A segment held back while one before it is missing.
  private struct Segment: Sendable {
    let sequence: UInt32
    let length: Int
    let bytes: [UInt8]
    let frame: FlowFrame

    /// What it costs to keep: its bytes and about as much as the rest takes.
    var cost: Int { bytes.count + 128 }
  }

  /// Initial sequence number; nil while nothing is known of this end. Without a SYN, one less than the first one seen.
  public internal(set) var initialSequence: UInt32?
  /// Bytes that the capture lacks between those that it has.
  public internal(set) var missing: Int64 = 0
  /// Segments whose payload had all been seen before.
  public internal(set) var retransmissions: Int64 = 0
  /// Segments that came behind a later one.
  public internal(set) var outOfOrder: Int64 = 0

  var synSeen = false
  var finSeen: Bool { end != nil }
  private(set) var closed = false

  private var started = false
  /// Sequence number of the next byte to pass on.
  private var next: UInt32 = 0
  /// The highest sequence number behind a segment so far.
  private var highest: UInt32 = 0
  /// Sequence number behind the last byte, once a FIN said so.
  private var end: UInt32?
  private var pending: [Segment] = []
  private(set) var pendingBytes = 0
  private var grace = -1
  /// The last part that was given up as lost, in case it comes after all.
  private var givenUp: (from: UInt32, to: UInt32) = (0, 0)

  /// How far `left` lies behind `right`, modulo 2^32.
  @inline(__always)
  private static func distance(_ left: UInt32, _ right: UInt32) -> Int {
    Int(Int32(bitPattern: left &- right))
  }

  /// Takes note of a SYN with `sequence`.
  mutating func synchronize(_ sequence: UInt32) {
    synSeen = true
    if started, initialSequence == sequence { return }
    initialSequence = sequence
    if !started {
      started = true
      next = sequence &+ 1
      highest = next
    }
  }

  /// Takes note of a sequence number where no SYN was seen.
  @inline(__always)
  mutating func sawSequence(_ sequence: UInt32) {
    if initialSequence == nil { initialSequence = sequence &- 1 }
  }

  /// Takes a segment's payload.
  ///
  /// - Parameters:
  ///   - bytes: what the capture has of it.
  ///   - length: its length on the wire.
  ///   - sequence: number of its first byte.
  ///   - held: bytes held back in all connections, kept up to date.
  /// - Returns: bytes passed on.
  mutating func receive(
    _ bytes: RawSpan, length: Int, sequence: UInt32, frame: FlowFrame, limits: FlowLimits, held: inout Int,
    to delivery: Delivery<some FlowObserver>
  ) -> Int {
    if !started {
      started = true
      next = sequence
      highest = sequence
    }
    let behind = sequence &+ UInt32(truncatingIfNeeded: length)
    let ahead = TCPStream.distance(sequence, next)
    if ahead == 0 {
      if TCPStream.distance(highest, sequence) > 0 { outOfOrder &+= 1 } else { highest = behind }
      if TCPStream.distance(behind, highest) > 0 { highest = behind }
      next = behind
      let passed = pass(bytes, length: length, frame: frame, to: delivery)
      return pending.isEmpty ? passed : passed &+ flush(held: &held, to: delivery)
    }
    if ahead < 0 {
      return receiveOld(
        bytes, length: length, sequence: sequence, ahead: ahead, frame: frame, held: &held, to: delivery)
    }
    return hold(
      bytes, length: length, sequence: sequence, frame: frame, limits: limits, held: &held, to: delivery)
  }

  /// A segment that begins before the next byte: what of it is new is passed on.
  private mutating func receiveOld(
    _ bytes: RawSpan, length: Int, sequence: UInt32, ahead: Int, frame: FlowFrame, held: inout Int,
    to delivery: Delivery<some FlowObserver>
  ) -> Int {
    let new = length &+ ahead
    guard new > 0 else {
      let isKeepAlive = length == 1 && ahead == -1
      if TCPStream.distance(sequence, givenUp.from) >= 0, TCPStream.distance(givenUp.to, sequence) > 0 {
        outOfOrder &+= 1
      } else if !isKeepAlive {
        retransmissions &+= 1
      }
      return 0
    }
    next = sequence &+ UInt32(truncatingIfNeeded: length)
    if TCPStream.distance(next, highest) > 0 { highest = next }
    let passed = pass(bytes.part(from: -ahead), length: new, frame: frame, to: delivery)
    return pending.isEmpty ? passed : passed &+ flush(held: &held, to: delivery)
  }

  /// A segment with others missing before it: kept until they come.
  private mutating func hold(
    _ bytes: RawSpan, length: Int, sequence: UInt32, frame: FlowFrame, limits: FlowLimits, held: inout Int,
    to delivery: Delivery<some FlowObserver>
  ) -> Int {
    let behind = sequence &+ UInt32(truncatingIfNeeded: length)
    let place = pending.firstIndex { TCPStream.distance($0.sequence, sequence) > 0 } ?? pending.count
    if place > 0 {
      let before = pending[place - 1]
      let covered = before.sequence &+ UInt32(truncatingIfNeeded: before.length)
      if TCPStream.distance(covered, behind) >= 0 {
        retransmissions &+= 1
        return 0
      }
    }
    if TCPStream.distance(highest, sequence) > 0 { outOfOrder &+= 1 }
    if TCPStream.distance(behind, highest) > 0 { highest = behind }
    let segment = Segment(sequence: sequence, length: length, bytes: bytes.copied(), frame: frame)
    pending.insert(segment, at: place)
    pendingBytes += bytes.byteCount
    held += segment.cost
    var passed = 0
    while !pending.isEmpty,
      pendingBytes > limits.reorderBytes || pending.count > limits.reorderSegments || held > limits.totalReorderBytes
    {
      passed += giveUpHole(held: &held, to: delivery)
    }
    return passed
  }

  /// The receiver acknowledged everything before `number`. Where that covers a hole, it will not be filled any more, once
  /// a few packets have had the time to overtake each other.
  ///
  /// - Returns: bytes passed on.
  mutating func acknowledged(
    _ number: UInt32, limits: FlowLimits, held: inout Int, to delivery: Delivery<some FlowObserver>
  ) -> Int {
    guard let first = pending.first, TCPStream.distance(number, first.sequence) >= 0 else { return 0 }
    if grace < 0 { grace = limits.acknowledgedHoleGrace }
    grace -= 1
    return grace > 0 ? 0 : giveUpHole(held: &held, to: delivery)
  }

  /// Passes on everything held back, holes as lost: the connection is over.
  ///
  /// - Returns: bytes passed on.
  mutating func drain(held: inout Int, to delivery: Delivery<some FlowObserver>) -> Int {
    var passed = 0
    while !pending.isEmpty { passed += giveUpHole(held: &held, to: delivery) }
    return passed
  }

  /// Takes note of a FIN whose sequence number is `sequence`.
  mutating func finish(at sequence: UInt32) {
    if end == nil { end = sequence }
  }

  /// Tells the observer, once, when the last byte has been passed on, or `now` in any case.
  mutating func closeIfDone(now: Bool = false, to delivery: Delivery<some FlowObserver>) {
    guard !closed else { return }
    if !now {
      guard let end, !started || TCPStream.distance(next, end) >= 0 else { return }
    }
    closed = true
    delivery.closed()
  }

  private mutating func giveUpHole(held: inout Int, to delivery: Delivery<some FlowObserver>) -> Int {
    guard let first = pending.first else { return 0 }
    let count = TCPStream.distance(first.sequence, next)
    if count > 0 {
      missing += Int64(count)
      givenUp = (next, first.sequence)
      next = first.sequence
      delivery.lost(count, frame: first.frame)
    }
    return flush(held: &held, to: delivery)
  }

  /// Passes on what is held back and now in order.
  private mutating func flush(held: inout Int, to delivery: Delivery<some FlowObserver>) -> Int {
    grace = -1
    var passed = 0
    var used = 0
    while used < pending.count {
      let segment = pending[used]
      let ahead = TCPStream.distance(segment.sequence, next)
      if ahead > 0 { break }
      used += 1
      pendingBytes -= segment.bytes.count
      held -= segment.cost
      let new = segment.length + ahead
      guard new > 0 else { continue }
      next = segment.sequence &+ UInt32(truncatingIfNeeded: segment.length)
      passed += pass(segment.bytes.bytes.part(from: -ahead), length: new, frame: segment.frame, to: delivery)
    }
    pending.removeFirst(used)
    return passed
  }

  /// Passes on bytes in order; those of them that the capture cut off are lost.
  @inline(__always)
  private mutating func pass(
    _ bytes: RawSpan, length: Int, frame: FlowFrame, to delivery: Delivery<some FlowObserver>
  ) -> Int {
    let present = bytes.byteCount
    if present > 0 { delivery.received(bytes, frame: frame) }
    if present < length {
      missing &+= Int64(length &- present)
      delivery.lost(length &- present, frame: frame)
    }
    return present
  }
}

/// Where one direction's bytes go.
struct Delivery<Observer: FlowObserver> {
  let observer: Observer
  let slot: Int
  let fromClient: Bool

  @inline(__always)
  func received(_ bytes: RawSpan, frame: FlowFrame) {
    observer.streamReceived(bytes, slot: slot, fromClient: fromClient, frame: frame)
  }

  func lost(_ count: Int, frame: FlowFrame) {
    observer.streamLost(count, slot: slot, fromClient: fromClient, frame: frame)
  }

  func closed() {
    observer.streamClosed(slot: slot, fromClient: fromClient)
  }
}
