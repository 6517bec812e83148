import Bytes

/// Cuts one direction of AMQP into the units of a login; other frames are passed over by their length.
///
/// ```
/// AMQP 0-9-1: type (1), channel (2), size (4), payload, ce        (section 2.3.5)
/// AMQP 1.0:   size (4), data offset in words (1), type (1), channel (2), more header, body   (part 2, section 2.3.1)
/// ```
struct AMQPFrameReader {
  /// Bytes of the longest frame that is read: a login's has at most 4,096 (0-9-1, `frame-min-size`) or 512 (1.0,
  /// `MIN-MAX-FRAME-SIZE`), tokens of OAuth in it more.
  static let limit = 16_384
  /// The end of a frame of 0-9-1.
  static let frameEnd: UInt8 = 0xce

  private enum Stage {
    case start, header, head0, body0, head1, body1
  }

  private var stage = Stage.start
  private var bytes: [UInt8] = []
  private var wanted = 1
  private var skipped = 0
  private var frame: FrameStamp?

  /// Whether something else came than AMQP, or bytes are missing, so that nothing tells where a frame begins.
  private(set) var isBroken = false

  /// Bytes kept of the unfinished unit.
  var heldBytes: Int { bytes.count }

  /// Takes bytes of `input` from `index` up to the end of the next unit, and moves `index` behind them; nil where there is
  /// none.
  mutating func next(_ input: RawSpan, at index: inout Int, in frame: FrameStamp) -> AMQPUnit? {
    while index < input.byteCount, !isBroken {
      if skipped > 0 {
        let count = min(skipped, input.byteCount - index)
        skipped -= count
        index += count
        continue
      }
      if bytes.isEmpty { self.frame = frame }
      let count = min(wanted - bytes.count, input.byteCount - index)
      bytes.append(span: input.part(from: index, to: index + count))
      index += count
      if bytes.count >= wanted, let unit = decide() { return unit }
    }
    return nil
  }

  /// `count` bytes are missing.
  mutating func gap(of count: Int) {
    if skipped >= count { skipped -= count } else { isBroken = true }
  }

  private mutating func gather(_ stage: Stage, _ wanted: Int) {
    self.stage = stage
    self.wanted = wanted
  }

  private mutating func begin(_ stage: Stage, skipping count: Int = 0) {
    bytes.removeAll(keepingCapacity: true)
    skipped = count
    gather(stage, stage == .head0 ? 7 : 8)
  }

  /// As many bytes as were wanted are there.
  private mutating func decide() -> AMQPUnit? {
    switch stage {
    case .start:
      if bytes.first == UInt8(ascii: "A") { gather(.header, 8) } else { gather(.head0, 7) }
    case .header:
      guard bytes.bytes.starts(with: "AMQP") else { return fail() }
      // 1.0 has its number behind the layer's: 0 for none, 2 for TLS, 3 for SASL.
      let isVersion1 = bytes[5...] == [1, 0, 0]
      return unit(.header, 0..<8, then: isVersion1 ? .head1 : .head0)
    case .head0:
      guard let size = bytes.bytes.u32(at: 3), let type = bytes.first, (1...4).contains(type) || type == 8 else {
        return fail()
      }
      if type == 1, bytes.bytes.u16(at: 1) == 0, size <= AMQPFrameReader.limit {
        gather(.body0, 7 + Int(size) + 1)
      } else {
        begin(.head0, skipping: Int(size) + 1)
      }
    case .body0:
      guard bytes.last == AMQPFrameReader.frameEnd else { return fail() }
      return unit(.method, 7..<(bytes.count - 1), then: .head0)
    case .head1:
      guard let size = bytes.bytes.u32(at: 0), let offset = bytes.bytes.u8(at: 4), offset >= 2,
        size >= UInt32(offset) * 4
      else { return fail() }
      if bytes.bytes.u8(at: 5) == 1, size <= AMQPFrameReader.limit {
        gather(.body1, Int(size))
        return bytes.count >= wanted ? decide() : nil
      }
      begin(.head1, skipping: Int(size) - 8)
    case .body1:
      return unit(.performative, (Int(bytes.bytes.u8(at: 4) ?? 2) * 4)..<bytes.count, then: .head1)
    }
    return nil
  }

  private mutating func fail() -> AMQPUnit? {
    isBroken = true
    bytes = []
    return nil
  }

  private mutating func unit(_ kind: AMQPUnit.Kind, _ part: Range<Int>, then next: Stage) -> AMQPUnit? {
    guard let frame else { return nil }
    defer { begin(next) }
    return AMQPUnit(kind: kind, bytes: bytes.bytes.part(part).copied(), frame: frame)
  }
}
