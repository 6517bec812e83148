/// How far one direction of a TCP connection has come (RFC 9293, section 3.4).
///
/// A cache line, both directions beside each other: every segment changes it. Sequence numbers are compared modulo 2^32.
public struct TCPStream: Sendable, BitwiseCopyable {
  /// What is known of a direction.
  struct Marks: OptionSet, Sendable, BitwiseCopyable {
    let rawValue: UInt8
    /// `initial` holds a number.
    static let isNumbered = Marks(rawValue: 1)
    /// `next` and `highest` hold numbers.
    static let isStarted = Marks(rawValue: 2)
    /// A SYN was seen.
    static let syn = Marks(rawValue: 4)
    /// A FIN was seen, and `end` holds a number.
    static let fin = Marks(rawValue: 8)
    /// The observer was told that it has ended.
    static let closed = Marks(rawValue: 16)
    /// The client's: the server's SYN-ACK was seen, but not yet the acknowledgment of it.
    static let owesACK = Marks(rawValue: 32)
  }

  private var initial: UInt32 = 0
  /// Sequence number of the next byte to pass on.
  var next: UInt32 = 0
  /// The highest sequence number behind a segment so far.
  var highest: UInt32 = 0
  /// Sequence number behind the last byte.
  private var end: UInt32 = 0
  /// The last part that was given up as lost, in case it comes after all: from here to before `givenUpEnd`.
  private var givenUpStart: UInt32 = 0
  private var givenUpEnd: UInt32 = 0
  /// Which of `HeldSegments`' queues holds its segments; -1: none are held.
  var queue: Int32 = -1
  /// Packets that are still waited for before an acknowledged hole counts as lost; -1: there is none.
  var grace: Int16 = -1
  var marks: Marks = []
  /// What its end has come to.
  var phase = EndPhase.inactive
  /// What the analysis of its segments keeps.
  var sender = SenderState()

  init() {}

  /// Initial sequence number; nil while nothing is known of this end. Without a SYN, one less than the first one seen.
  public var initialSequence: UInt32? { marks.contains(.isNumbered) ? initial : nil }

  /// Whether it has bytes, as far as their numbers tell.
  var hasData: Bool { marks.contains(.isStarted) && highest != initial &+ 1 }

  /// Shift of the windows that this end announces behind its SYN; 0 where no scaling was agreed on, nil where that is not
  /// known.
  public var windowShift: Int? { sender.shift == SenderState.unknownShift ? nil : max(0, Int(sender.shift)) }

  /// How far `left` lies behind `right`, modulo 2^32.
  @inline(__always)
  static func distance(_ left: UInt32, _ right: UInt32) -> Int {
    Int(Int32(bitPattern: left &- right))
  }

  /// How many bytes before `sequence` there are, the initial number known or 0.
  @inline(__always)
  func offset(of sequence: UInt32) -> UInt32 { sequence &- initial &- 1 }

  /// Whether a segment that begins with `sequence` lies behind the FIN.
  func isBehindEnd(_ sequence: UInt32) -> Bool {
    marks.contains(.fin) && TCPStream.distance(sequence, end) >= 0
  }

  /// Data begins with `sequence`, behind the FIN: the number that the FIN took is no byte.
  mutating func passEnd(before sequence: UInt32) {
    guard marks.contains(.fin), next == end, sequence == end &+ 1 else { return }
    next = sequence
    if TCPStream.distance(next, highest) > 0 { highest = next }
  }

  /// Takes note of a SYN with `sequence`.
  mutating func synchronize(_ sequence: UInt32) {
    marks.insert(.syn)
    if marks.contains(.isStarted), initialSequence == sequence { return }
    initial = sequence
    marks.insert(.isNumbered)
    if !marks.contains(.isStarted) { start(at: sequence &+ 1) }
  }

  /// Takes note of a sequence number where no SYN was seen.
  @inline(__always)
  mutating func sawSequence(_ sequence: UInt32) {
    guard !marks.contains(.isNumbered) else { return }
    initial = sequence &- 1
    marks.insert(.isNumbered)
  }

  /// Begins the stream with the byte `sequence`.
  mutating func start(at sequence: UInt32) {
    marks.insert(.isStarted)
    next = sequence
    highest = sequence
  }

  /// Takes note of a FIN whose sequence number is `sequence`.
  mutating func finish(at sequence: UInt32) {
    guard !marks.contains(.fin) else { return }
    marks.insert(.fin)
    end = sequence
  }

  /// Whether the last byte has been passed on.
  var isDone: Bool {
    marks.contains(.fin) && (!marks.contains(.isStarted) || TCPStream.distance(next, end) >= 0)
  }

  /// Sequence number before which everything was seen, SYN and FIN included; nil where nothing is known.
  var seenWithoutGap: UInt32? {
    guard marks.contains(.isStarted) else { return nil }
    return marks.contains(.fin) && next == end ? end &+ 1 : next
  }

  /// Passes over the bytes before `sequence` as lost.
  mutating func giveUp(to sequence: UInt32) {
    (givenUpStart, givenUpEnd) = (next, sequence)
    next = sequence
  }

  /// Whether the byte `sequence` was given up as lost a moment ago.
  func wasGivenUp(_ sequence: UInt32) -> Bool {
    TCPStream.distance(sequence, givenUpStart) >= 0 && TCPStream.distance(givenUpEnd, sequence) > 0
  }
}
