import Bytes

/// Puts the segments of TCP connections in order and passes each byte on once.
///
/// Where segments overlap, the bytes that were passed on first stand; of two segments held back, the one that begins
/// earlier does. That their content differs is told, where it is still at hand: of the first bytes of an end, and of
/// segments held back. A segment that is missing is waited for until the receiver has acknowledged it, the limits are reached
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
    _ bytes: RawSpan, length: Int, sequence: UInt32, _ way: TCPDirection, frame: FlowFrame, observer: some FlowObserver
  ) -> Int {
    let own = way.stream
    if streams[own].marks.intersection([.isStarted, .fin]) != .isStarted {
      beginOrGoOn(way, at: sequence, frame: frame, observer: observer)
    }
    guard sequence == streams[own].next else {
      return receiveOutOfOrder(bytes, length: length, sequence: sequence, way, frame: frame, observer: observer)
    }
    let behind = sequence &+ UInt32(truncatingIfNeeded: length)
    if TCPStream.distance(streams[own].highest, sequence) > 0 {
      histories[way.connection].outOfOrder &+= 1
      if TCPStream.distance(behind, streams[own].highest) > 0 { streams[own].highest = behind }
    } else {
      streams[own].highest = behind
    }
    streams[own].next = behind
    if streams[own].queue >= 0 { compareHeld(bytes, at: sequence, way, frame: frame, observer: observer) }
    let passed = pass(bytes, length: length, way, frame: frame, observer: observer)
    return streams[own].queue < 0 ? passed : passed &+ flush(way, observer: observer)
  }

  /// The first data of an end, or data behind its FIN.
  @inline(never)
  private mutating func beginOrGoOn(
    _ way: TCPDirection, at sequence: UInt32, frame: FlowFrame, observer: some FlowObserver
  ) {
    if !streams[way.stream].marks.contains(.isStarted) { streams[way.stream].start(at: sequence) }
    guard streams[way.stream].isBehindEnd(sequence) else { return }
    streams[way.stream].passEnd(before: sequence)
    tell(.dataBehindFIN, way, frame: frame, observer: observer)
  }

  /// Tells what is odd about an end, once.
  @inline(never)
  mutating func tell(_ oddity: StreamOddity, _ way: TCPDirection, frame: FlowFrame, observer: some FlowObserver) {
    guard histories[way.connection].isFirst(oddity, fromClient: way.fromClient) else { return }
    observer.streamOdd(oddity, of: flows[way.slot], fromClient: way.fromClient, frame: frame)
  }

  /// Compares bytes that begin with `sequence` with the segments held back that overlap them.
  @inline(never)
  private mutating func compareHeld(
    _ bytes: RawSpan, at sequence: UInt32, _ way: TCPDirection, frame: FlowFrame, observer: some FlowObserver
  ) {
    let queue = streams[way.stream].queue
    var place = 0
    while place < held.count(queue) {
      let segment = held.segment(queue, place)
      let ahead = TCPStream.distance(segment.sequence, sequence)
      if ahead >= bytes.byteCount { return }
      if segment.bytes.bytes.differs(from: bytes, at: ahead) {
        return tell(.conflictingOverlap, way, frame: frame, observer: observer)
      }
      place += 1
    }
  }

  @inline(never)
  private mutating func receiveOutOfOrder(
    _ bytes: RawSpan, length: Int, sequence: UInt32, _ way: TCPDirection, frame: FlowFrame, observer: some FlowObserver
  ) -> Int {
    let ahead = TCPStream.distance(sequence, streams[way.stream].next)
    return ahead < 0
      ? receiveOld(
        bytes, length: length, sequence: sequence, ahead: ahead, way, frame: frame, observer: observer)
      : hold(bytes, length: length, sequence: sequence, way, frame: frame, observer: observer)
  }

  /// A segment that begins before the next byte: what of it is new is passed on.
  private mutating func receiveOld(
    _ bytes: RawSpan, length: Int, sequence: UInt32, ahead: Int, _ way: TCPDirection, frame: FlowFrame,
    observer: some FlowObserver
  ) -> Int {
    let own = way.stream
    let new = length &+ ahead
    let isKeepAlive = length == 1 && ahead == -1
    // Some systems keep connections alive with a byte of their own.
    if !isKeepAlive {
      let offset = Int(streams[own].offset(of: sequence))
      let old = bytes.part(from: 0, to: -ahead)
      if offset < Openings.size, openings.differ(old, at: offset, of: own, initial: streams[own].offset(of: 0)) {
        tell(.conflictingOverlap, way, frame: frame, observer: observer)
      }
    }
    guard new > 0 else {
      if streams[own].wasGivenUp(sequence) {
        histories[way.connection].outOfOrder &+= 1
      } else if !isKeepAlive, !streams[own].sender.marks.contains(.copy) {
        histories[way.connection].retransmissions &+= 1
      }
      return 0
    }
    streams[own].next = sequence &+ UInt32(truncatingIfNeeded: length)
    if TCPStream.distance(streams[own].next, streams[own].highest) > 0 { streams[own].highest = streams[own].next }
    let passed = pass(bytes.part(from: -ahead), length: new, way, frame: frame, observer: observer)
    return streams[own].queue < 0 ? passed : passed &+ flush(way, observer: observer)
  }

  /// A segment with others missing before it: kept until they come.
  private mutating func hold(
    _ bytes: RawSpan, length: Int, sequence: UInt32, _ way: TCPDirection, frame: FlowFrame, observer: some FlowObserver
  ) -> Int {
    let own = way.stream
    if streams[own].queue < 0 { streams[own].queue = held.makeQueue(way) }
    let queue = streams[own].queue
    let behind = sequence &+ UInt32(truncatingIfNeeded: length)
    compareHeld(bytes, at: sequence, way, frame: frame, observer: observer)
    let place = held.place(queue, of: sequence)
    if place > 0 {
      let before = held.segment(queue, place - 1)
      let covered = before.sequence &+ UInt32(truncatingIfNeeded: before.length)
      if TCPStream.distance(covered, behind) >= 0 {
        if !streams[own].sender.marks.contains(.copy) { histories[way.connection].retransmissions &+= 1 }
        return 0
      }
    }
    if TCPStream.distance(streams[own].highest, sequence) > 0 { histories[way.connection].outOfOrder &+= 1 }
    if TCPStream.distance(behind, streams[own].highest) > 0 { streams[own].highest = behind }
    held.insert(
      HeldSegments.Segment(sequence: sequence, length: length, frame: frame, bytes: bytes.copied()), queue, at: place)
    if held.cost > nextSweep { giveUpSilent(at: frame, observer: observer) }
    var passed = 0
    while streams[own].queue >= 0,
      held.bytes(queue) > limits.reorderBytes || held.count(queue) > limits.reorderSegments
        || held.cost > limits.totalReorderBytes
    {
      passed += giveUpHole(way, observer: observer)
    }
    return passed
  }

  /// The receiver acknowledged everything before `number`. Where that covers a hole, it will not be filled any more, once
  /// a few packets have had the time to overtake each other.
  ///
  /// - Returns: bytes passed on.
  @inline(never)
  mutating func acknowledged(_ number: UInt32, _ way: TCPDirection, observer: some FlowObserver) -> Int {
    let own = way.stream
    guard TCPStream.distance(number, held.segment(streams[own].queue, 0).sequence) >= 0 else { return 0 }
    if streams[own].grace < 0 { streams[own].grace = Int16(clamping: limits.acknowledgedHoleGrace) }
    streams[own].grace -= 1
    return streams[own].grace > 0 ? 0 : giveUpHole(way, observer: observer)
  }

  /// Passes on everything held back in both directions, the client's first, holes as lost: nothing fills them any more.
  mutating func drain(_ way: TCPDirection, observer: some FlowObserver) {
    drainOne(way.fromClient ? way : way.opposite, observer: observer)
    drainOne(way.fromClient ? way.opposite : way, observer: observer)
  }

  private mutating func drainOne(_ way: TCPDirection, observer: some FlowObserver) {
    while streams[way.stream].queue >= 0 {
      let passed = giveUpHole(way, observer: observer)
      flows[way.slot].speak(fromClient: way.fromClient, payload: passed)
    }
  }

  /// Passes on what is held back of connections that have been silent for long.
  private mutating func giveUpSilent(at frame: FlowFrame, observer: some FlowObserver) {
    for queue in 0..<Int32(truncatingIfNeeded: held.queueCount) where held.count(queue) > 0 {
      let way = held.way(queue)
      if flows[way.slot].silence(until: frame) > limits.reorderSilence { drainOne(way, observer: observer) }
    }
    // Not again before there is enough more to be worth looking at all of them.
    nextSweep = max(held.cost, limits.patientReorderBytes) + OpenFlows.sweepBytes
  }

  private mutating func giveUpHole(_ way: TCPDirection, observer: some FlowObserver) -> Int {
    let own = way.stream
    let first = held.segment(streams[own].queue, 0)
    let count = TCPStream.distance(first.sequence, streams[own].next)
    if count > 0 {
      histories[way.connection].missing &+= Int64(count)
      streams[own].giveUp(to: first.sequence)
      observer.streamLost(
        count, of: flows[way.slot], slot: way.slot, fromClient: way.fromClient, frame: first.frame)
    }
    return flush(way, observer: observer)
  }

  /// Passes on what is held back and now in order.
  @inline(never)
  private mutating func flush(_ way: TCPDirection, observer: some FlowObserver) -> Int {
    let own = way.stream
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
        segment.bytes.bytes.part(from: -ahead), length: new, way, frame: segment.frame, observer: observer)
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
    _ bytes: RawSpan, length: Int, _ way: TCPDirection, frame: FlowFrame, observer: some FlowObserver
  ) -> Int {
    let present = bytes.byteCount
    let offset = streams[way.stream].offset(of: streams[way.stream].next &- UInt32(truncatingIfNeeded: length))
    if offset < Openings.size {
      openings.keep(bytes, at: Int(offset), of: way.stream, initial: streams[way.stream].offset(of: 0))
    }
    if present > 0 {
      observer.streamReceived(
        bytes, of: flows[way.slot], slot: way.slot, fromClient: way.fromClient, frame: frame)
    }
    if present < length {
      histories[way.connection].missing &+= Int64(length &- present)
      observer.streamLost(
        length &- present, of: flows[way.slot], slot: way.slot, fromClient: way.fromClient, frame: frame)
    }
    return present
  }
}
