import Bytes

/// Puts the segments of TCP connections in order and passes each byte on once.
///
/// Where segments overlap, the bytes that were passed on first stand; of two segments held back, the one that begins
/// earlier does. A segment that is missing is waited for until the receiver has acknowledged it, the limits are reached
/// or the connection ends; then it is passed on as lost.
extension OpenFlows {
  /// Takes a segment's payload.
  ///
  /// - Parameters:
  ///   - bytes: what the capture has of it.
  ///   - length: its length on the wire.
  ///   - sequence: number of its first byte.
  /// - Returns: bytes passed on.
  @inline(__always)
  mutating func receive(
    _ bytes: RawSpan, length: Int, sequence: UInt32, slot: Int, fromClient: Bool, frame: FlowFrame,
    observer: some FlowObserver
  ) -> Int {
    let own = 2 &* slot &+ (fromClient ? 0 : 1)
    if !streams[own].marks.contains(.isStarted) { streams[own].start(at: sequence) }
    let behind = sequence &+ UInt32(truncatingIfNeeded: length)
    guard sequence == streams[own].next else {
      return receiveOutOfOrder(
        bytes, length: length, sequence: sequence, slot: slot, fromClient: fromClient, frame: frame,
        observer: observer)
    }
    if TCPStream.distance(streams[own].highest, sequence) > 0 {
      histories[slot].outOfOrder &+= 1
      if TCPStream.distance(behind, streams[own].highest) > 0 { streams[own].highest = behind }
    } else {
      streams[own].highest = behind
    }
    streams[own].next = behind
    let passed = pass(
      bytes, length: length, slot: slot, fromClient: fromClient, frame: frame, observer: observer)
    return streams[own].queue < 0
      ? passed : passed &+ flush(slot: slot, fromClient: fromClient, observer: observer)
  }

  @inline(never)
  private mutating func receiveOutOfOrder(
    _ bytes: RawSpan, length: Int, sequence: UInt32, slot: Int, fromClient: Bool, frame: FlowFrame,
    observer: some FlowObserver
  ) -> Int {
    let ahead = TCPStream.distance(sequence, streams[2 &* slot &+ (fromClient ? 0 : 1)].next)
    if ahead < 0 {
      return receiveOld(
        bytes, length: length, sequence: sequence, ahead: ahead, slot: slot, fromClient: fromClient, frame: frame,
        observer: observer)
    }
    return hold(
      bytes, length: length, sequence: sequence, slot: slot, fromClient: fromClient, frame: frame, observer: observer)
  }

  /// A segment that begins before the next byte: what of it is new is passed on.
  private mutating func receiveOld(
    _ bytes: RawSpan, length: Int, sequence: UInt32, ahead: Int, slot: Int, fromClient: Bool, frame: FlowFrame,
    observer: some FlowObserver
  ) -> Int {
    let own = 2 &* slot &+ (fromClient ? 0 : 1)
    let new = length &+ ahead
    guard new > 0 else {
      let isKeepAlive = length == 1 && ahead == -1
      if streams[own].wasGivenUp(sequence) {
        histories[slot].outOfOrder &+= 1
      } else if !isKeepAlive {
        histories[slot].retransmissions &+= 1
      }
      return 0
    }
    streams[own].next = sequence &+ UInt32(truncatingIfNeeded: length)
    if TCPStream.distance(streams[own].next, streams[own].highest) > 0 { streams[own].highest = streams[own].next }
    let passed = pass(
      bytes.part(from: -ahead), length: new, slot: slot, fromClient: fromClient, frame: frame, observer: observer)
    return streams[own].queue < 0
      ? passed : passed &+ flush(slot: slot, fromClient: fromClient, observer: observer)
  }

  /// A segment with others missing before it: kept until they come.
  private mutating func hold(
    _ bytes: RawSpan, length: Int, sequence: UInt32, slot: Int, fromClient: Bool, frame: FlowFrame,
    observer: some FlowObserver
  ) -> Int {
    let own = 2 &* slot &+ (fromClient ? 0 : 1)
    if streams[own].queue < 0 { streams[own].queue = held.makeQueue() }
    let queue = streams[own].queue
    let behind = sequence &+ UInt32(truncatingIfNeeded: length)
    let place = held.place(queue, of: sequence)
    if place > 0 {
      let before = held.segment(queue, place - 1)
      let covered = before.sequence &+ UInt32(truncatingIfNeeded: before.length)
      if TCPStream.distance(covered, behind) >= 0 {
        histories[slot].retransmissions &+= 1
        return 0
      }
    }
    if TCPStream.distance(streams[own].highest, sequence) > 0 { histories[slot].outOfOrder &+= 1 }
    if TCPStream.distance(behind, streams[own].highest) > 0 { streams[own].highest = behind }
    held.insert(
      HeldSegments.Segment(sequence: sequence, length: length, frame: frame, bytes: bytes.copied()), queue, at: place)
    var passed = 0
    while streams[own].queue >= 0,
      held.bytes(queue) > limits.reorderBytes || held.count(queue) > limits.reorderSegments
        || held.cost > limits.totalReorderBytes
    {
      passed += giveUpHole(slot: slot, fromClient: fromClient, observer: observer)
    }
    return passed
  }

  /// The receiver acknowledged everything before `number` from the end that `fromClient` says. Where that covers a hole,
  /// it will not be filled any more, once a few packets have had the time to overtake each other.
  ///
  /// - Returns: bytes passed on.
  @inline(never)
  mutating func acknowledged(
    _ number: UInt32, slot: Int, fromClient: Bool, observer: some FlowObserver
  ) -> Int {
    let own = 2 &* slot &+ (fromClient ? 0 : 1)
    guard TCPStream.distance(number, held.segment(streams[own].queue, 0).sequence) >= 0 else { return 0 }
    if streams[own].grace < 0 { streams[own].grace = Int16(clamping: limits.acknowledgedHoleGrace) }
    streams[own].grace -= 1
    return streams[own].grace > 0 ? 0 : giveUpHole(slot: slot, fromClient: fromClient, observer: observer)
  }

  /// Passes on everything held back in both directions, holes as lost: the connection is over.
  mutating func drain(slot: Int, observer: some FlowObserver) {
    drain(slot: slot, fromClient: true, observer: observer)
    drain(slot: slot, fromClient: false, observer: observer)
  }

  private mutating func drain(slot: Int, fromClient: Bool, observer: some FlowObserver) {
    let own = 2 &* slot &+ (fromClient ? 0 : 1)
    while streams[own].queue >= 0 {
      let passed = giveUpHole(slot: slot, fromClient: fromClient, observer: observer)
      flows[slot].speak(fromClient: fromClient, payload: passed)
    }
  }

  private mutating func giveUpHole(slot: Int, fromClient: Bool, observer: some FlowObserver) -> Int {
    let own = 2 &* slot &+ (fromClient ? 0 : 1)
    let first = held.segment(streams[own].queue, 0)
    let count = TCPStream.distance(first.sequence, streams[own].next)
    if count > 0 {
      histories[slot].missing &+= Int64(count)
      streams[own].giveUp(to: first.sequence)
      observer.streamLost(count, of: flows[slot], slot: slot, fromClient: fromClient, frame: first.frame)
    }
    return flush(slot: slot, fromClient: fromClient, observer: observer)
  }

  /// Passes on what is held back and now in order.
  @inline(never)
  private mutating func flush(slot: Int, fromClient: Bool, observer: some FlowObserver) -> Int {
    let own = 2 &* slot &+ (fromClient ? 0 : 1)
    let queue = streams[own].queue
    streams[own].grace = -1
    var passed = 0
    var used = 0
    while used < held.count(queue) {
      let segment = held.segment(queue, used)
      let ahead = TCPStream.distance(segment.sequence, streams[own].next)
      if ahead > 0 { break }
      used += 1
      let new = segment.length + ahead
      guard new > 0 else { continue }
      streams[own].next = segment.sequence &+ UInt32(truncatingIfNeeded: segment.length)
      passed += pass(
        segment.bytes.bytes.part(from: -ahead), length: new, slot: slot, fromClient: fromClient, frame: segment.frame,
        observer: observer)
    }
    held.removeFirst(used, queue)
    if held.count(queue) == 0 {
      held.release(queue)
      streams[own].queue = -1
    }
    return passed
  }

  /// Passes on bytes in order; those of them that the capture cut off are lost.
  @inline(__always)
  private mutating func pass(
    _ bytes: RawSpan, length: Int, slot: Int, fromClient: Bool, frame: FlowFrame, observer: some FlowObserver
  ) -> Int {
    let present = bytes.byteCount
    if present > 0 {
      observer.streamReceived(bytes, of: flows[slot], slot: slot, fromClient: fromClient, frame: frame)
    }
    if present < length {
      histories[slot].missing &+= Int64(length &- present)
      observer.streamLost(length &- present, of: flows[slot], slot: slot, fromClient: fromClient, frame: frame)
    }
    return present
  }
}
