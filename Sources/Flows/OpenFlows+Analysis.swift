import Bytes
import Packets

/// Finds what is remarkable about TCP segments, by the conditions of Wireshark's TCP analysis (Wireshark User's Guide,
/// section 7.5).
///
/// Unlike Wireshark, times are compared in steps of 1,024 ns, and which segments were acknowledged is known from
/// reassembly, not from a list of the segments sent.
extension OpenFlows {
  /// Acknowledgments repeated before a segment sent again counts as fast retransmission (RFC 5681, section 3.2, asks for
  /// three: one may be missing in the capture).
  private static let repeatsBeforeFastRetransmission = 2
  /// 20 ms in units of `SenderState.clock`: a fast retransmission follows the last repeated acknowledgment within it.
  private static let fastRetransmissionTime: UInt32 = 20_000_000 >> 10
  /// Nanoseconds within which a segment overtaken by another comes, where the handshake's round-trip time is not known.
  private static let usualReordering: Int64 = 3_000_000

  /// 1 ms in units of `SenderState.clock`: a copy of a packet follows it within that time.
  private static let copyTime: UInt32 = 1_000_000 >> 10

  /// Takes note of a segment that has been counted to its flow, before its payload is taken.
  @inline(__always)
  mutating func analyze(
    _ way: TCPDirection, flags: TCPFlags, _ layers: borrowing PacketLayers, frame: FlowFrame,
    observer: some FlowObserver
  ) {
    let own = way.stream
    let other = way.opposite.stream
    let sequence = layers.sequence
    let acknowledgment = layers.acknowledgment
    let length = UInt32(truncatingIfNeeded: layers.payloadLength)
    let behind = sequence &+ length
    // The next segment of a connection without trouble: data, or an acknowledgment of something new.
    guard flags.intersection([.fin, .syn, .rst, .ack, .urg]) == .ack, sequence == streams[own].sender.next,
      layers.window != 0,
      TCPStream.distance(acknowledgment, streams[other].sender.continuous) <= 0,
      length == 0
        ? acknowledgment != streams[own].sender.acknowledged
        : TCPStream.distance(behind, streams[other].sender.acknowledged) > 0
          && behind != streams[other].sender.edge && (length > 1 || streams[other].sender.window != 0)
    else {
      return analyzeFully(way, flags: flags, layers, length: length, frame: frame, observer: observer)
    }
    let now = SenderState.clock(frame)
    if length != 0 {
      let continuous = streams[own].sender.continuous
      if continuous == sequence || continuous == 0 { streams[own].sender.continuous = behind }
      streams[own].sender.next = behind
      streams[own].sender.advancedAt = now
    }
    streams[own].sender.identification = UInt16(truncatingIfNeeded: layers.identification)
    streams[own].sender.hear(acknowledgment, window: layers.window, marks: [], at: frame, clock: now)
  }

  /// A segment about which something may be remarkable.
  @inline(never)
  private mutating func analyzeFully(
    _ way: TCPDirection, flags: TCPFlags, _ layers: borrowing PacketLayers, length: UInt32, frame: FlowFrame,
    observer: some FlowObserver
  ) {
    var own = streams[way.stream].sender
    var other = streams[way.opposite.stream].sender
    let segment = Segment(
      sequence: layers.sequence, acknowledgment: layers.acknowledgment, length: length, window: layers.window,
      flags: flags, clock: SenderState.clock(frame))
    var marks: SenderState.Marks = flags.contains(.syn) ? .unscaled : []
    if flags.contains(.urg) { tell(.urgentData, way, frame: frame, observer: observer) }
    let identification = UInt16(truncatingIfNeeded: layers.identification)
    if segment.isCopy(of: own, identification: identification) {
      marks.insert(.copy)
      histories[way.connection].copies &+= 1
    }
    own.identification = identification

    // A SYN-ACK of another connection, whose SYN is not in the capture.
    if flags.isSuperset(of: [.syn, .ack]), let initial = streams[way.stream].initialSequence,
      initial != segment.sequence
    {
      observer.segmentNoted(.portNumbersReused, frame: frame)
    }
    // One byte at a window of nothing.
    if segment.length == 1, segment.sequence == own.next, other.window == 0 {
      marks.insert(.zeroWindowProbe)
      observer.segmentNoted(.zeroWindowProbe, frame: frame)
    } else {
      noteWindowAndProbes(segment, own, other, &marks, frame: frame, observer: observer)
    }
    if flags.contains(.ack), other.continuous != 0,
      TCPStream.distance(segment.acknowledgment, other.continuous) > 0
    {
      noteUnseen(segment, way, own, &other, frame: frame, observer: observer)
    }
    if segment.length > 0 || segment.isSYNOrFIN, !marks.contains(.keepAlive),
      let note = repetition(segment, own, other, way)
    {
      observer.segmentNoted(note, frame: frame)
    }

    let behind = segment.behind
    if !marks.contains(.zeroWindowProbe) {
      if own.continuous == segment.sequence {
        own.continuous = behind
      } else if own.continuous == 0 {
        own.continuous = marks.contains(.gap) ? segment.sequence : behind
      }
      if own.next == 0 || TCPStream.distance(behind, own.next) > 0 {
        own.next = behind
        own.advancedAt = segment.clock
      }
    }
    own.hear(segment.acknowledgment, window: segment.window, marks: marks, at: frame, clock: segment.clock)
    streams[way.stream].sender = own
    streams[way.opposite.stream].sender = other
  }

  /// What of a segment the analysis looks at.
  private struct Segment {
    let sequence: UInt32
    let acknowledgment: UInt32
    let length: UInt32
    let window: UInt16
    let flags: TCPFlags
    let clock: UInt32

    /// Sequence number behind it; SYN and FIN count as one.
    var behind: UInt32 { sequence &+ length &+ (isSYNOrFIN ? 1 : 0) }
    var isSYNOrFIN: Bool { !flags.isDisjoint(with: [.syn, .fin]) }
    /// Whether it neither begins nor ends anything.
    var isPlain: Bool { flags.isDisjoint(with: [.syn, .fin, .rst]) }
    /// Whether the capture holds the same packet again, as behind a mirror port that copies what comes in and what goes
    /// out: the identification of IPv4, the numbers and the window are those of the one before, a moment ago.
    func isCopy(of own: SenderState, identification: UInt16) -> Bool {
      identification != 0 && identification == own.identification && clock &- own.spokeAt <= OpenFlows.copyTime
        && acknowledgment == own.acknowledged && window == own.window && behind == own.next
    }
    /// Whether it says nothing that its sender has not said, its window apart.
    func isRepetition(of own: SenderState) -> Bool {
      length == 0 && isPlain && sequence == own.next && acknowledgment == own.acknowledged
    }
  }

  private func noteWindowAndProbes(
    _ segment: Segment, _ own: SenderState, _ other: SenderState, _ marks: inout SenderState.Marks,
    frame: FlowFrame, observer: some FlowObserver
  ) {
    if segment.window == 0, segment.isPlain {
      marks.insert(.zeroWindow)
      observer.segmentNoted(.zeroWindow, frame: frame)
    }
    if own.next != 0, TCPStream.distance(segment.sequence, own.next) > 0, !segment.flags.contains(.rst) {
      marks.insert(.gap)
      observer.segmentNoted(.previousSegmentNotCaptured, frame: frame)
    }
    if segment.length <= 1, segment.isPlain, segment.sequence == own.next &- 1 {
      marks.insert(.keepAlive)
      observer.segmentNoted(.keepAlive, frame: frame)
    }
    if segment.length > 0, segment.isPlain, other.shift != SenderState.unknownShift, segment.behind == other.edge {
      observer.segmentNoted(.windowFull, frame: frame)
    }
    if segment.window != 0, segment.window != own.window, segment.isRepetition(of: own) {
      observer.segmentNoted(.windowUpdate, frame: frame)
    }
    guard segment.window == own.window else { return }
    if segment.window != 0, segment.isRepetition(of: own) {
      observer.segmentNoted(
        other.marks.contains(.keepAlive)
          ? .keepAliveACK
          : .duplicateACK(number: UInt32(own.repeats) &+ 1, of: own.acknowledgingFrame(at: frame)), frame: frame)
      if !other.marks.contains(.keepAlive) { marks.insert(.repeated) }
    }
    if segment.window == 0, segment.isRepetition(of: own), other.marks.contains(.zeroWindowProbe) {
      observer.segmentNoted(.zeroWindowProbeACK, frame: frame)
    }
  }

  /// A segment that acknowledges more than the capture is known to hold without a gap.
  private func noteUnseen(
    _ segment: Segment, _ way: TCPDirection, _ own: SenderState, _ other: inout SenderState, frame: FlowFrame,
    observer: some FlowObserver
  ) {
    guard let seen = streams[way.opposite.stream].seenWithoutGap,
      TCPStream.distance(seen, segment.acknowledgment) >= 0
    else {
      // What the other end sent is known to its highest number from here on; where even that is behind, nothing is known
      // until it sends something again.
      other.continuous = other.continuous == other.next ? 0 : other.next
      return observer.segmentNoted(.ackedUnseenSegment, frame: frame)
    }
    other.continuous = seen
    // The receiver took the byte of a probe: so it counts as sent. (Wireshark 4.0 calls it unseen.)
    guard other.marks.contains(.zeroWindowProbe), TCPStream.distance(seen, other.next) > 0 else { return }
    other.next = seen
    if own.window == 0, segment.window != 0 { observer.segmentNoted(.windowUpdate, frame: frame) }
  }

  /// What a segment that does not come next is: sent again, or late.
  private func repetition(
    _ segment: Segment, _ own: SenderState, _ other: SenderState, _ way: TCPDirection
  ) -> TCPNote? {
    let behindData = segment.sequence &+ segment.length
    if segment.length > 0, other.acknowledged != 0, TCPStream.distance(other.acknowledged, behindData) >= 0 {
      return .spuriousRetransmission
    }
    guard own.next != 0, TCPStream.distance(own.next, segment.sequence) > 0,
      // More than one byte from one before the next: there was a probe, and this adds data.
      segment.length <= 1 || own.next &- 1 != segment.sequence
    else { return nil }
    if other.repeats >= OpenFlows.repeatsBeforeFastRetransmission, other.acknowledged == segment.sequence,
      segment.clock &- other.spokeAt < OpenFlows.fastRetransmissionTime
    {
      return .fastRetransmission
    }
    let roundTrip = histories[way.connection].initialRTT
    let patience = roundTrip > 0 ? roundTrip : OpenFlows.usualReordering
    if Int64(segment.clock &- own.advancedAt) < patience >> 10, own.next != segment.behind { return .outOfOrder }
    return .retransmission
  }

  /// Takes note of the options of a SYN that has been processed.
  mutating func take(_ options: borrowing TCPOptions, _ membership: FlowTable.Membership) {
    let way = TCPDirection(
      slot: membership.slot, connection: Int(flows[membership.slot].connection), fromClient: membership.fromClient)
    let other = streams[way.opposite.stream].sender.shift
    if let shift = options.windowScale, other != SenderState.noShift {
      streams[way.stream].sender.shift = Int8(min(shift, TCPOptions.greatestShift))
    } else {
      streams[way.stream].sender.shift = SenderState.noShift
      streams[way.opposite.stream].sender.shift = SenderState.noShift
    }
  }
}
