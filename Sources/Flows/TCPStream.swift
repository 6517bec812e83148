/// How far one direction of a TCP connection has come (RFC 9293, section 3.4).
///
/// Half a cache line, both directions beside each other: every segment changes it. Sequence numbers are compared modulo
/// 2^32.
public struct TCPStream: Sendable, BitwiseCopyable {
  /// What is known of a direction.
  struct Marks: OptionSet, Sendable, BitwiseCopyable {
    let rawValue: UInt16
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
    /// Its end has sent a packet.
    static let spoke = Marks(rawValue: 32)
    /// Its end sent the connection's first RST.
    static let reset = Marks(rawValue: 64)
    /// Both had sent a FIN when its end sent the first RST.
    static let resetWhenOver = Marks(rawValue: 128)
    /// The client's: the server's SYN-ACK was seen, but not yet the acknowledgment of it.
    static let owesACK = Marks(rawValue: 256)
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

  init() {}

  /// Initial sequence number; nil while nothing is known of this end. Without a SYN, one less than the first one seen.
  public var initialSequence: UInt32? { marks.contains(.isNumbered) ? initial : nil }

  /// How far `left` lies behind `right`, modulo 2^32.
  @inline(__always)
  static func distance(_ left: UInt32, _ right: UInt32) -> Int {
    Int(Int32(bitPattern: left &- right))
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
