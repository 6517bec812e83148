import Bytes

/// Puts messages together whose length stands in their header, for one direction of a connection. Of a message it keeps
/// at most `keepLimit` bytes; the rest is passed over.
struct MessageAssembler {
  /// Bytes within which every header must tell the message's length.
  static let headerLimit = 32

  private let keepLimit: Int
  private var buffer: [UInt8] = []
  private var frame = FrameStamp(id: 0, time: nil)
  /// Length of the message in `buffer`, once its header has told it.
  private var total: Int?
  private var toSkip = 0

  /// Whether it is not known any more where messages begin; nothing comes then.
  private(set) var isLost = false

  /// Bytes of an unfinished message.
  var heldBytes: Int { buffer.count }

  /// An assembler that keeps up to `keepLimit` bytes of each message.
  init(keepLimit: Int) {
    self.keepLimit = keepLimit
  }

  /// The next message that `bytes`, which arrived in `frame`, complete. Moves `offset` behind what was used: to the end
  /// of `bytes` where it returns nil, unless the direction is lost.
  ///
  /// - Parameter measure: tells the length of a message by its first bytes. What it says of some bytes must hold for
  ///   more of them too; a length of 0 or less is none.
  mutating func next(
    in bytes: RawSpan, from offset: inout Int, frame: FrameStamp, measure: (RawSpan) -> MessageMeasure
  ) -> AssembledMessage? {
    while !isLost, offset < bytes.byteCount {
      if toSkip > 0 {
        let count = min(toSkip, bytes.byteCount - offset)
        toSkip -= count
        offset += count
      } else if let total {
        let kept = min(total, keepLimit)
        let end = min(bytes.byteCount, offset + kept - buffer.count)
        buffer.append(span: bytes.part(from: offset, to: end))
        offset = end
        if buffer.count == kept { return finish(total) }
      } else if let message = begin(bytes, &offset, frame, measure) {
        return message
      }
    }
    return nil
  }

  /// Takes one byte of a header.
  private mutating func begin(
    _ bytes: RawSpan, _ offset: inout Int, _ frame: FrameStamp, _ measure: (RawSpan) -> MessageMeasure
  ) -> AssembledMessage? {
    if buffer.isEmpty { self.frame = frame }
    // With all the bytes there are, most headers are told at once.
    let found: MessageMeasure
    if buffer.isEmpty {
      found = measure(bytes.part(from: offset, to: offset + MessageAssembler.headerLimit))
      if found == .more {
        buffer.append(span: bytes.part(from: offset))
        offset = bytes.byteCount
      }
    } else {
      buffer.append(span: bytes.part(from: offset, to: offset + 1))
      offset += 1
      found = measure(buffer.bytes)
    }
    switch found {
    case .more where buffer.count < MessageAssembler.headerLimit: break
    case .keep(let length) where length >= max(1, buffer.count):
      total = length
      if buffer.count == min(length, keepLimit) { return finish(length) }
    case .skip(let length) where length >= max(1, buffer.count):
      toSkip = length - buffer.count
      buffer = []
    default: lose()
    }
    return nil
  }

  private mutating func finish(_ length: Int) -> AssembledMessage {
    defer {
      toSkip = length - buffer.count
      buffer = []
      total = nil
    }
    return AssembledMessage(bytes: buffer, total: length, frame: frame)
  }

  /// The next `count` bytes are missing. A message that is missing some is dropped; where the next one's beginning is
  /// missing too, what follows is taken for the start of one.
  mutating func gap(of count: Int) {
    let left = total.map { $0 - buffer.count } ?? toSkip
    let isInside = (total != nil || toSkip > 0) && left >= count
    buffer = []
    total = nil
    toSkip = isInside ? left - count : 0
  }

  private mutating func lose() {
    isLost = true
    buffer = []
    total = nil
  }
}
