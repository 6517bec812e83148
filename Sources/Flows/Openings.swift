import Bytes

/// The first bytes that ends of TCP connections sent, as they were passed on, to compare with what is sent again.
///
/// There is room for some of the ends, each in a place of its own that ends share: who begins last has it.
struct Openings {
  /// Bytes kept of an end: heads of requests and responses, and logins.
  static let size = 2048
  /// Ends whose bytes are kept at once.
  private static let places = 4096

  private struct Opening {
    /// What `TCPDirection.stream` says, and the initial sequence number.
    var owner = (stream: -1, initial: 0 as UInt32)
    var bytes: [UInt8] = []
  }

  private var openings: [Opening] = []

  /// Keeps bytes that were passed on, which begin `offset` bytes behind the first one of their end.
  mutating func keep(_ bytes: RawSpan, at offset: Int, of stream: Int, initial: UInt32) {
    if openings.isEmpty { openings = [Opening](repeating: Opening(), count: Openings.places) }
    let place = stream % Openings.places
    if offset == 0 {
      openings[place].owner = (stream, initial)
      openings[place].bytes.removeAll(keepingCapacity: true)
      openings[place].bytes.reserveCapacity(Openings.size)
    }
    guard openings[place].owner == (stream, initial), openings[place].bytes.count == offset else { return }
    openings[place].bytes.append(span: bytes.part(from: 0, to: Openings.size - offset))
  }

  /// Whether `bytes`, which begin at `offset`, differ from what was kept of them.
  func differ(_ bytes: RawSpan, at offset: Int, of stream: Int, initial: UInt32) -> Bool {
    let place = stream % Openings.places
    guard place < openings.count, openings[place].owner == (stream, initial) else { return false }
    let kept = openings[place].bytes
    return bytes.differs(from: kept.bytes, at: offset)
  }
}

extension RawSpan {
  /// Whether this differs from the bytes of `other` from `offset` on, as far as both go.
  func differs(from other: RawSpan, at offset: Int) -> Bool {
    let mine = part(from: Swift.max(0, -offset))
    let theirs = other.part(from: Swift.max(0, offset))
    let count = Swift.min(mine.byteCount, theirs.byteCount)
    var index = 0
    while index < count {
      if mine.part(from: index, to: count).word(at: 0) != theirs.part(from: index, to: count).word(at: 0) {
        return true
      }
      index &+= 8
    }
    return false
  }
}
