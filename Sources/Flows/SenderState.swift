/// What one end of a TCP connection has last said, for the notes on its segments and the other end's.
///
/// Half a cache line, beside what reassembly keeps of the same end. A number of 0 stands for none: with one connection in
/// four billion a note is missed.
struct SenderState: Sendable, BitwiseCopyable {
  /// What is known of an end's last segment.
  struct Marks: OptionSet, Sendable, BitwiseCopyable {
    let rawValue: UInt8
    /// Its window is not scaled: it was a SYN.
    static let unscaled = Marks(rawValue: 1)
    static let keepAlive = Marks(rawValue: 2)
    static let zeroWindow = Marks(rawValue: 4)
    static let zeroWindowProbe = Marks(rawValue: 8)
    /// It repeated an acknowledgment.
    static let repeated = Marks(rawValue: 32)
    /// The capture held it twice.
    static let copy = Marks(rawValue: 64)
    /// Something before it was missing.
    static let gap = Marks(rawValue: 128)
  }

  /// Stands for a shift that is not known.
  static let unknownShift: Int8 = -1
  /// Stands for windows that are not scaled, because one end did not offer it.
  static let noShift: Int8 = -2

  /// Highest sequence number behind a segment.
  var next: UInt32 = 0
  /// Sequence number up to which the capture has its segments without a gap.
  var continuous: UInt32 = 0
  /// Acknowledgment number of the last segment.
  var acknowledged: UInt32 = 0
  /// When `next` was reached, as `clock` gives it.
  var advancedAt: UInt32 = 0
  /// When the last segment came, as `clock` gives it.
  var spokeAt: UInt32 = 0
  /// The row of `frames` that first acknowledged `acknowledged`, its lower half.
  var acknowledgedIn: UInt32 = 0
  /// How often the acknowledgment was repeated.
  var repeats: UInt16 = 0
  /// IPv4's identification of the last packet.
  var identification: UInt16 = 0
  /// Window of the last segment, as sent; of an end that has not spoken, not shut.
  var window: UInt16 = .max
  /// Shift of the windows.
  var shift = unknownShift
  var marks: Marks = []

  init() {}

  /// 1,024 nanoseconds, modulo 2^32 (73 minutes): the analysis compares with a few milliseconds.
  @inline(__always)
  static func clock(_ frame: FlowFrame) -> UInt32 { UInt32(truncatingIfNeeded: frame.timeOrNone >> 10) }

  /// The row of `frames` that first acknowledged `acknowledged`: one of the last four billion.
  func acknowledgingFrame(at frame: FlowFrame) -> Int64 {
    frame.id &- Int64(UInt32(truncatingIfNeeded: frame.id) &- acknowledgedIn)
  }

  /// Takes note of what a segment says to the other end.
  @inline(__always)
  mutating func hear(_ acknowledgment: UInt32, window: UInt16, marks: Marks, at frame: FlowFrame, clock: UInt32) {
    if acknowledgment != acknowledged {
      acknowledged = acknowledgment
      acknowledgedIn = UInt32(truncatingIfNeeded: frame.id)
      repeats = 0
    } else if marks.contains(.repeated), repeats < .max {
      repeats &+= 1
    }
    self.window = window
    self.marks = marks
    spokeAt = clock
  }

  /// Sequence number behind the window that it last announced.
  @inline(__always) var edge: UInt32 {
    let scaled = shift > 0 && !marks.contains(.unscaled)
    return acknowledged &+ UInt32(window) << UInt32(scaled ? shift : 0)
  }
}
