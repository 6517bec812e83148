import Bytes

/// Decompresses a file of any number of members, one behind the other.
///
/// Zeros between and behind them are padding (gzip's tapes, xz's alignment). Anything else is damage, told when all before
/// it was read: behind it there may have been more.
struct CompressedStream: ~Copyable {
  /// What one step came to.
  enum Step {
    /// So many bytes were written, at least one.
    case produced(Int)
    /// The last member is complete, and nothing follows.
    case ended
    /// The input ended inside a member.
    case cut
    /// The data is damaged; the reason.
    case corrupt(String)
    /// The file cannot be read; the system's reason.
    case failed(String)
    /// The caller wants to stop, while nothing came.
    case interrupted
  }

  private let compression: Compression
  private let decompressor: any Decompressor
  private var input: MemoryBlock
  private var lower: Int
  private var upper: Int
  private var betweenMembers = true
  /// Whether there may be more to come out although no input is left.
  private var isFull = false
  private var fault: String?

  /// A stream whose first bytes stand in `input` from `lower` to `upper`. Nil where there is no memory for it.
  init?(_ compression: Compression, input: consuming MemoryBlock, from lower: Int, to upper: Int) {
    guard let decompressor = compression.decompressor() else { return nil }
    self.compression = compression
    self.decompressor = decompressor
    self.input = input
    self.lower = lower
    self.upper = upper
  }

  /// Decompresses more of `file` into `output` behind `start`, which must leave room.
  mutating func step(file: inout FileBytes, into output: inout MemoryBlock, from start: Int) -> Step {
    while true {
      if let fault { return .corrupt(fault) }
      if betweenMembers {
        if let step = beginMember(of: &file) { return step }
      } else if lower == upper, !isFull {
        switch file.more(&input, &lower, &upper, wanted: 1) {
        case .bytes: break
        case .end: return .cut
        case .failed(let reason): return .failed(reason)
        case .interrupted: return .interrupted
        }
      }
      let isEmpty = lower == upper
      let part = decompress(into: &output, from: start)
      lower &+= part.taken
      switch part.outcome {
      case .more:
        if part.taken == 0, part.produced == 0, !isEmpty { fault = "no progress" }
      case .memberEnds: (betweenMembers, isFull) = (true, false)
      case .damaged(let reason): fault = reason
      }
      if part.produced > 0 { return .produced(part.produced) }
    }
  }

  /// Passes over padding, and begins the next member; what else there is.
  private mutating func beginMember(of file: inout FileBytes) -> Step? {
    var isOver = false
    while true {
      while lower < upper, input.part(lower, upper).u8(at: 0) == 0 { lower &+= 1 }
      if isOver || upper &- lower >= Compression.signatureLength { break }
      switch file.more(&input, &lower, &upper, wanted: Compression.signatureLength) {
      case .bytes: break
      case .end: isOver = true
      case .failed(let reason): return .failed(reason)
      case .interrupted: return .interrupted
      }
    }
    guard lower < upper else { return .ended }
    guard compression.begins(input.part(lower, upper)) else {
      return .corrupt("other data follows the compressed data")
    }
    if let reason = decompressor.beginMember() { return .corrupt(reason) }
    betweenMembers = false
    return nil
  }

  private mutating func decompress(into output: inout MemoryBlock, from start: Int) -> DecompressedPart {
    let (lower, upper, decompressor) = (lower, upper, decompressor)
    // The pointers are valid for the call: both blocks are held by their closures.
    let (part, room) = unsafe input.withFree(from: lower) { source in
      unsafe output.withFree(from: start) { target in
        let count = min(upper &- lower, source.count)
        let bytes = unsafe UnsafeRawBufferPointer(start: source.baseAddress, count: count)
        return (unsafe decompressor.decompress(bytes, into: target), target.count)
      }
    }
    isFull = part.produced == room
    return part
  }
}
