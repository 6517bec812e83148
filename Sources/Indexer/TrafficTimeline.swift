import Packets
import Records

/// Counts the frames of a capture by time while they are read: the rows of `traffic_by_time`.
///
/// An interval begins at a multiple of its duration since 1970, so that those of several captures lie in line. Memory is
/// bounded whatever the times are: where more intervals than the limit hold frames, the next of `durations` is taken and
/// the intervals are joined. Only a frame in another interval than the frame before it is looked up.
struct TrafficTimeline {
  /// Intervals with frames that are kept: a day of 10 s each, near three hours of 1 s each.
  static let limit = 10_000

  /// Durations that an interval may have, in ns: from 1 ms to 100 days. Each divides the next, so that intervals can be
  /// joined without another look at their frames. Of the last no more than 2,136 cover all times that 64 bits can hold.
  static let durations: [Int64] =
    [1, 5, 10, 50, 100, 500].map { $0 * 1_000_000 }
    + [1, 5, 10, 30, 60, 300, 600, 1_800, 3_600, 21_600, 86_400, 864_000, 8_640_000].map { $0 * 1_000_000_000 }

  /// What the frames of an interval carry, as `flows.transport` has it.
  enum Kind {
    case tcp, udp, icmp, other

    /// The kind of an IP packet.
    init(_ layers: borrowing PacketLayers) {
      switch (layers.transport, layers.ipProtocol) {
      case (.fragment, _): self = .other
      case (_, 6): self = .tcp
      case (_, 17): self = .udp
      case (_, 1), (_, 58): self = .icmp
      default: self = .other
      }
    }
  }

  /// Frames of one kind and their bytes on the wire.
  struct Count: BitwiseCopyable {
    private(set) var frames: Int64 = 0
    private(set) var bytes: Int64 = 0

    @inline(__always)
    fileprivate mutating func add(_ length: UInt32) {
      frames &+= 1
      bytes &+= Int64(length)
    }

    fileprivate mutating func add(_ other: Count) {
      frames &+= other.frames
      bytes &+= other.bytes
    }
  }

  /// What is counted of one interval.
  struct Interval: BitwiseCopyable {
    /// Its start in durations since 1970.
    fileprivate var index: Int64 = 0
    private(set) var tcp = Count()
    private(set) var udp = Count()
    private(set) var icmp = Count()
    private(set) var other = Count()
    /// Flows that began in it.
    private(set) var flows: Int64 = 0

    @inline(__always)
    fileprivate mutating func add(_ kind: Kind, length: UInt32, beginsFlow: Bool) {
      switch kind {
      case .tcp: tcp.add(length)
      case .udp: udp.add(length)
      case .icmp: icmp.add(length)
      case .other: other.add(length)
      }
      if beginsFlow { flows &+= 1 }
    }

    fileprivate mutating func add(_ interval: Interval) {
      tcp.add(interval.tcp)
      udp.add(interval.udp)
      icmp.add(interval.icmp)
      other.add(interval.other)
      flows &+= interval.flows
    }

    /// Frames of all kinds.
    var frames: Int64 { tcp.frames &+ udp.frames &+ icmp.frames &+ other.frames }
    /// Bytes of all kinds.
    var bytes: Int64 { tcp.bytes &+ udp.bytes &+ icmp.bytes &+ other.bytes }
  }

  private let limit: Int
  private var level = 0
  private var intervals: [Interval] = []
  private var slots: [Int64: Int] = [:]
  private var untimed = Interval()

  /// The interval of the last frame: where it is kept, its start, and its duration, which is 0 before the first frame.
  private var current = 0
  private var start: Int64 = 0
  private var covered: UInt64 = 0

  init(limit: Int = TrafficTimeline.limit) {
    self.limit = limit
  }

  /// The duration of an interval, in ns.
  var duration: Int64 { TrafficTimeline.durations[level] }

  /// Counts a frame; `time` is nil where the capture gives none.
  @inline(__always)
  mutating func add(time: Int64?, kind: Kind, length: UInt32, beginsFlow: Bool) {
    guard let time else { return untimed.add(kind, length: length, beginsFlow: beginsFlow) }
    // Modulo 2^64 the difference is right even where the start is no 64-bit number.
    if UInt64(bitPattern: time &- start) >= covered { seek(time) }
    intervals[current].add(kind, length: length, beginsFlow: beginsFlow)
  }

  /// Makes the interval of `time` the current one.
  @inline(never)
  private mutating func seek(_ time: Int64) {
    var index = TrafficTimeline.quotient(time, duration)
    if slots[index] == nil {
      while intervals.count >= limit, level + 1 < TrafficTimeline.durations.count { widen() }
      index = TrafficTimeline.quotient(time, duration)
    }
    if let known = slots[index] {
      current = known
    } else {
      current = intervals.count
      slots[index] = current
      var interval = Interval()
      interval.index = index
      intervals.append(interval)
    }
    start = index &* duration
    covered = UInt64(duration)
  }

  /// Takes the next duration.
  private mutating func widen() {
    let old = intervals
    let ratio = TrafficTimeline.durations[level + 1] / duration
    level += 1
    intervals.removeAll(keepingCapacity: true)
    slots.removeAll(keepingCapacity: true)
    for var interval in old {
      interval.index = TrafficTimeline.quotient(interval.index, ratio)
      if let slot = slots[interval.index] {
        intervals[slot].add(interval)
      } else {
        slots[interval.index] = intervals.count
        intervals.append(interval)
      }
    }
  }

  /// The quotient rounded down, also below zero.
  private static func quotient(_ value: Int64, _ divisor: Int64) -> Int64 {
    let (quotient, rest) = value.quotientAndRemainder(dividingBy: divisor)
    return rest < 0 ? quotient - 1 : quotient
  }

  /// Emits a row for each interval in the order of time, last the frames without one.
  func emit(to sink: RowSink) {
    for interval in intervals.sorted(by: { $0.index < $1.index }) {
      let (start, overflow) = interval.index.multipliedReportingOverflow(by: duration)
      sink.emit(
        TimeTrafficRecord(
          captureID: sink.captureID, start: overflow ? .min : start, duration: duration, interval: interval))
    }
    if untimed.frames > 0 {
      sink.emit(
        TimeTrafficRecord(captureID: sink.captureID, start: nil, duration: duration, interval: untimed))
    }
  }
}
