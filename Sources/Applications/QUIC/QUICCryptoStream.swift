import Bytes

/// Puts the handshake bytes of one side together from CRYPTO frames in any order (RFC 9000, section 19.6). Of bytes that
/// are sent twice the first ones count.
struct QUICCryptoStream {
  /// Bytes of a side that are kept. ClientHellos with post-quantum shares have 2 to 4 KB; servers need not take more
  /// than 4 KB before the handshake is over (RFC 9000, section 7.5).
  static let limit = 32 * 1024
  /// Pieces with gaps between them that are kept; a client that mixes them on purpose makes some ten of a hello.
  static let pieceLimit = 64

  private var bytes: [UInt8] = []
  /// What is there, in order, with gaps between.
  private var pieces: [Range<Int>] = []
  /// Where the message begins that is put together.
  private var start = 0
  private var startFrame: FrameStamp?

  /// Bytes that are kept.
  var heldBytes: Int { bytes.count }

  /// Takes a piece. False: it is beyond the limits.
  mutating func add(_ data: RawSpan, at offset: Int, in frame: FrameStamp) -> Bool {
    guard data.byteCount > 0 else { return true }
    guard offset <= QUICCryptoStream.limit, offset + data.byteCount <= QUICCryptoStream.limit else { return false }
    let new = offset..<(offset + data.byteCount)
    guard new.upperBound > start else { return true }
    let touched = pieces.filter { $0.upperBound >= new.lowerBound && $0.lowerBound <= new.upperBound }
    guard !touched.isEmpty || pieces.count < QUICCryptoStream.pieceLimit else { return false }
    if bytes.count < new.upperBound {
      bytes.append(contentsOf: repeatElement(0, count: new.upperBound - bytes.count))
    }
    var at = new.lowerBound
    for piece in touched {
      copy(data, from: at, to: piece.lowerBound, offset)
      at = max(at, piece.upperBound)
    }
    copy(data, from: at, to: new.upperBound, offset)
    let lower = min(new.lowerBound, touched.first?.lowerBound ?? new.lowerBound)
    let upper = max(new.upperBound, touched.last?.upperBound ?? new.upperBound)
    pieces.removeAll { $0.lowerBound >= lower && $0.upperBound <= upper }
    let place = pieces.firstIndex { $0.lowerBound > lower } ?? pieces.count
    pieces.insert(lower..<upper, at: place)
    if startFrame == nil, (lower..<upper).contains(start) { startFrame = frame }
    return true
  }

  private mutating func copy(_ data: RawSpan, from lower: Int, to upper: Int, _ offset: Int) {
    var index = lower
    while index < upper, let byte = data.u8(at: index - offset) {
      bytes[index] = byte
      index += 1
    }
  }

  /// Lets the message begin at `offset`, because what came before is not in the capture.
  mutating func begin(at offset: Int, in frame: FrameStamp) {
    guard offset > start, startFrame == nil else { return }
    start = offset
    if pieces.contains(where: { $0.contains(offset) }) { startFrame = frame }
  }

  /// The message from its start to the first byte that is missing.
  var message: RawSpan {
    @_lifetime(borrow self) get {
      let end = pieces.first { $0.contains(start) }?.upperBound ?? start
      return bytes.bytes.part(from: start, to: end)
    }
  }

  /// The frame that holds the message's first byte; nil: that is missing.
  var messageFrame: FrameStamp? { startFrame }

  /// Whether a message was put together.
  var hasConsumed: Bool { start > 0 }

  /// Whether anything of the message is there, perhaps not its start.
  var hasMessage: Bool { pieces.last.map { $0.upperBound > start } ?? false }

  /// Goes on behind the message's first `count` bytes; what is there of the next one came with `frame`.
  mutating func consume(_ count: Int, in frame: FrameStamp) {
    start += count
    startFrame = pieces.contains { $0.contains(start) } ? frame : nil
  }

  /// Keeps nothing more.
  mutating func clear() {
    self = QUICCryptoStream()
  }
}
