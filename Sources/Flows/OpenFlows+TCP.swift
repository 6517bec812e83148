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
    let way = TCPDirection(slot: slot, connection: Int(flows[slot].connection), fromClient: fromClient)
    let back = way.opposite
    analyze(way, flags: flags, layers, frame: frame, observer: observer)
    note(way, flags: flags, layers, frame: frame)
    var sequence = layers.sequence
    if flags.contains(.syn) { sequence &+= 1 }
    let length = Int(layers.payloadLength)
    // Text behind a RST explains it (RFC 9293, section 3.5.3); it is not part of the stream.
    if length > 0, !flags.contains(.rst) {
      let passed = receive(payload, length: length, sequence: sequence, way, frame: frame, observer: observer)
      flows[slot].speak(fromClient: fromClient, payload: passed)
    }
    if streams[back.stream].queue >= 0, flags.contains(.ack) {
      let passed = acknowledged(layers.acknowledgment, back, observer: observer)
      flows[slot].speak(fromClient: !fromClient, payload: passed)
    }
    if flags.contains(.fin) { streams[way.stream].finish(at: sequence &+ UInt32(truncatingIfNeeded: length)) }
    if flags.contains(.rst) { drain(way, observer: observer) }
    if streams[way.stream].marks.union(streams[back.stream].marks).contains(.fin) || flags.contains(.rst) {
      close(way, now: flags.contains(.rst), observer: observer)
    }
  }

  /// Takes note of a packet's flags and numbers, before its payload is taken.
  @inline(__always)
  private mutating func note(
    _ way: TCPDirection, flags: TCPFlags, _ layers: borrowing PacketLayers, frame: FlowFrame
  ) {
    let own = way.stream
    let other = way.opposite.stream
    // Only few segments take an end further.
    if !flags.isDisjoint(with: [.syn, .fin, .rst]) || streams[own].phase == .inactive {
      advance(way, flags: flags, hasData: layers.payloadLength > 0)
    }
    if flags.contains(.syn) {
      noteSYN(way, flags: flags, sequence: layers.sequence, frame: frame)
    } else if streams[own].marks.contains(.owesACK), flags.contains(.ack), !flags.contains(.rst),
      histories[way.connection].noteACK(layers.acknowledgment, frame)
    {
      streams[own].marks.remove(.owesACK)
    }
    if flags.contains(.ack) { streams[other].sawSequence(layers.acknowledgment) }
    streams[own].sawSequence(layers.sequence)
  }

  @inline(never)
  private mutating func advance(_ way: TCPDirection, flags: TCPFlags, hasData: Bool) {
    var own = streams[way.stream].phase
    var other = streams[way.opposite.stream].phase
    EndPhase.advance(&own, &other, flags: flags, hasData: hasData, fromClient: way.fromClient)
    streams[way.stream].phase = own
    streams[way.opposite.stream].phase = other
  }

  @inline(never)
  private mutating func noteSYN(_ way: TCPDirection, flags: TCPFlags, sequence: UInt32, frame: FlowFrame) {
    streams[way.stream].synchronize(sequence)
    if flags.contains(.ack) {
      if !way.fromClient, histories[way.connection].noteSYNACK(sequence, frame) {
        streams[way.opposite.stream].marks.insert(.owesACK)
      }
    } else if way.fromClient {
      histories[way.connection].noteSYN(frame)
    }
  }

  /// Tells the observer, once for each end, when its last byte has been passed on, or `now` in any case.
  @inline(never)
  private mutating func close(_ way: TCPDirection, now: Bool, observer: some FlowObserver) {
    guard !flows[way.slot].marks.contains(.closed) else { return }
    // The client's end first, whoever sent the packet.
    closeEnd(way.fromClient ? way : way.opposite, now: now, observer: observer)
    closeEnd(way.fromClient ? way.opposite : way, now: now, observer: observer)
  }

  private mutating func closeEnd(_ way: TCPDirection, now: Bool, observer: some FlowObserver) {
    let own = way.stream
    guard !streams[own].marks.contains(.closed), now || streams[own].isDone else { return }
    streams[own].marks.insert(.closed)
    let isLast = streams[way.opposite.stream].marks.contains(.closed)
    if isLast { flows[way.slot].marks.insert(.closed) }
    observer.streamClosed(slot: way.slot, fromClient: way.fromClient, isLast: isLast)
  }
}
