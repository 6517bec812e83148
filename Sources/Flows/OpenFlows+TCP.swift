import Bytes
import Packets

extension OpenFlows {
  /// Takes a TCP segment that has been counted to its flow.
  @inline(__always)
  mutating func receiveTCP(
    slot: Int, fromClient: Bool, flags: TCPFlags, _ layers: borrowing PacketLayers, payload: RawSpan, frame: FlowFrame,
    observer: some FlowObserver
  ) {
    guard layers.hasTransportHeader else { return }
    let own = 2 &* slot &+ (fromClient ? 0 : 1)
    let other = own ^ 1
    var sequence = layers.sequence
    note(
      slot: slot, fromClient: fromClient, flags: flags, sequence: sequence, acknowledgment: layers.acknowledgment,
      frame: frame)
    if flags.contains(.syn) { sequence &+= 1 }
    let length = Int(layers.payloadLength)
    // Text behind a RST explains it (RFC 9293, section 3.5.3); it is not part of the stream.
    if length > 0, !flags.contains(.rst) {
      let passed = receive(
        payload, length: length, sequence: sequence, slot: slot, fromClient: fromClient, frame: frame,
        observer: observer)
      flows[slot].speak(fromClient: fromClient, payload: passed)
    }
    if streams[other].queue >= 0, flags.contains(.ack) {
      let passed = acknowledged(
        layers.acknowledgment, slot: slot, fromClient: !fromClient, observer: observer)
      flows[slot].speak(fromClient: !fromClient, payload: passed)
    }
    if flags.contains(.fin) { streams[own].finish(at: sequence &+ UInt32(truncatingIfNeeded: length)) }
    if flags.contains(.rst) { drain(slot: slot, observer: observer) }
    if streams[own].marks.union(streams[other].marks).contains(.fin) || flags.contains(.rst) {
      close(slot: slot, now: flags.contains(.rst), observer: observer)
    }
  }

  /// Takes note of a packet's flags and numbers, before its payload is taken.
  @inline(__always)
  private mutating func note(
    slot: Int, fromClient: Bool, flags: TCPFlags, sequence: UInt32, acknowledgment: UInt32, frame: FlowFrame
  ) {
    let own = 2 &* slot &+ (fromClient ? 0 : 1)
    let other = own ^ 1
    streams[own].marks.insert(.spoke)
    if flags.contains(.syn) {
      noteSYN(slot: slot, fromClient: fromClient, flags: flags, sequence: sequence, frame: frame)
    } else if fromClient, streams[own].marks.contains(.owesACK), flags.contains(.ack), !flags.contains(.rst),
      histories[slot].noteACK(acknowledgment, frame)
    {
      streams[own].marks.remove(.owesACK)
    }
    if flags.contains(.ack) { streams[other].sawSequence(acknowledgment) }
    guard flags.contains(.rst) else { return streams[own].sawSequence(sequence) }
    let marks = (own: streams[own].marks, other: streams[other].marks)
    if !marks.own.union(marks.other).contains(.reset) {
      streams[own].marks.insert(.reset)
      if marks.own.intersection(marks.other).contains(.fin) { streams[own].marks.insert(.resetWhenOver) }
    }
  }

  @inline(never)
  private mutating func noteSYN(slot: Int, fromClient: Bool, flags: TCPFlags, sequence: UInt32, frame: FlowFrame) {
    streams[2 &* slot &+ (fromClient ? 0 : 1)].synchronize(sequence)
    if flags.contains(.ack) {
      if !fromClient, histories[slot].noteSYNACK(sequence, frame) { streams[2 &* slot].marks.insert(.owesACK) }
    } else if fromClient {
      histories[slot].noteSYN(frame)
    }
  }

  /// Tells the observer, once for each end, when its last byte has been passed on, or `now` in any case.
  @inline(never)
  private mutating func close(slot: Int, now: Bool, observer: some FlowObserver) {
    guard !flows[slot].marks.contains(.closed) else { return }
    close(slot: slot, fromClient: true, now: now, observer: observer)
    close(slot: slot, fromClient: false, now: now, observer: observer)
  }

  private mutating func close(slot: Int, fromClient: Bool, now: Bool, observer: some FlowObserver) {
    let own = 2 &* slot &+ (fromClient ? 0 : 1)
    guard !streams[own].marks.contains(.closed), now || streams[own].isDone else { return }
    streams[own].marks.insert(.closed)
    let isLast = streams[own ^ 1].marks.contains(.closed)
    if isLast { flows[slot].marks.insert(.closed) }
    observer.streamClosed(slot: slot, fromClient: fromClient, isLast: isLast)
  }
}
