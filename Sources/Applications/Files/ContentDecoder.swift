import Bytes

/// Undoes the content codings of one object as it comes in, to count its bytes and to see the first of them. Nothing else
/// is kept.
final class ContentDecoder {
  private enum State {
    case going
    /// Behind the end of the data; another gzip member or zstd frame may follow.
    case ended
    /// Behind the end, and behind something that is none of it.
    case padded
  }

  private struct Stage {
    let decoder: any DecodingStage
    var state = State.going
    /// Bytes that it made.
    var count = 0
  }

  /// Why decoding stopped before the end of the bytes given; nil while it has not.
  private(set) var failure: String?
  /// Bytes decoded so far.
  private(set) var count = 0
  /// The first of them, up to as many as are wanted.
  private(set) var firstBytes: [UInt8] = []

  private let codings: ContentCodings
  private let budget: DecodingBudget
  private let kept: Int
  private var stages: [Stage] = []
  private var isOpen = false
  private var hasEnded = false
  private var heldBytes = 0

  /// A decoder at the beginning of an object, of whose decoded bytes the first `kept` are wanted.
  init(
    _ codings: ContentCodings, budget: DecodingBudget = DecodingBudget(), keeping kept: Int = FileLimits.signature
  ) {
    (self.codings, self.budget, self.kept) = (codings, budget, kept)
  }

  deinit { close() }

  /// Frees the decoders' memory.
  private func close() {
    guard isOpen else { return }
    isOpen = false
    stages = []
    budget.end(releasing: heldBytes)
  }

  /// Whether the data ended where the formats say so.
  var isEnded: Bool { failure == nil && (hasEnded || isOpen && stages.allSatisfy { $0.state != .going }) }

  /// Takes the first bytes, of which none are then left.
  func takeFirstBytes() -> [UInt8] {
    defer { firstBytes = [] }
    return firstBytes
  }

  /// Decodes the next bytes of the object.
  func decode(_ bytes: RawSpan) {
    guard failure == nil, !hasEnded, bytes.byteCount > 0, isOpen || open() else { return }
    run(0, bytes)
    let held = stages.reduce(0) { $0 + $1.decoder.heldBytes }
    if !budget.hold(held - heldBytes) {
      fail("the decoders of all bodies need more than \(DecodingBudget.memoryLimit) bytes of memory at once")
    }
    heldBytes = held
    // Nothing that follows can matter to the innermost coding.
    if failure == nil, stages.last?.state == .padded || stages.first?.state == .padded { hasEnded = isEnded }
    if failure != nil || hasEnded { close() }
  }

  /// Bytes of the object are missing, so that what follows cannot be decoded.
  func stop() {
    fail("bytes are missing")
    close()
  }

  private func fail(_ reason: String) {
    if failure == nil { failure = reason }
  }

  private func open() -> Bool {
    guard budget.begin() else {
      fail("more than \(DecodingBudget.openLimit) bodies are decoded at once")
      return false
    }
    isOpen = true
    for coding in codings.outermostFirst {
      let decoder: (any DecodingStage)? =
        switch coding {
        case .gzip: ZlibStage(isGzip: true)
        case .deflate: ZlibStage(isGzip: false)
        case .brotli: BrotliStage()
        case .zstd: ZstdStage()
        }
      guard let decoder else {
        fail("there is no memory for a decoder")
        close()
        return false
      }
      stages.append(Stage(decoder: decoder))
    }
    return true
  }

  /// Gives `bytes` to a stage, and what it makes of them to the next.
  private func run(_ index: Int, _ bytes: RawSpan) {
    guard index < stages.count else { return keep(bytes) }
    var offset = 0
    // The memory lives as long as `budget`, and each stage has its own.
    let room = unsafe budget.output(index)
    while failure == nil {
      switch stages[index].state {
      case .padded: return
      case .ended:
        guard let next = bytes.u8(at: offset) else { return }
        stages[index].state = stages[index].decoder.goesOn(with: next) ? .going : .padded
      case .going:
        let before = offset
        let step = unsafe stages[index].decoder.step(bytes, from: &offset, into: room)
        if step.produced > 0 { unsafe pass(UnsafeRawBufferPointer(rebasing: room.prefix(step.produced)), from: index) }
        switch step.outcome {
        case .ended: stages[index].state = .ended
        case .failed(let reason): return fail(reason)
        case .more:
          // What had no room comes with the next call, even where no input is left.
          let isFull = step.produced == room.count
          if !isFull, offset >= bytes.byteCount || offset == before && step.produced == 0 { return }
        }
      }
    }
  }

  /// Counts what a stage made, within the limits, and gives it to the next.
  private func pass(_ produced: UnsafeRawBufferPointer, from index: Int) {
    guard budget.spend(produced.count) else {
      return fail("all content of the capture decodes to more than \(DecodingBudget.limit) bytes")
    }
    let room = FileLimits.decoded - stages[index].count
    stages[index].count += min(produced.count, room)
    // The bytes are the stage's output, which was just written.
    unsafe run(index + 1, produced.bytes.part(from: 0, to: room))
    if produced.count > room { fail("it decodes to more than \(FileLimits.decoded) bytes") }
  }

  private func keep(_ bytes: RawSpan) {
    let room = kept - firstBytes.count
    if room > 0 { firstBytes.append(span: bytes.part(from: 0, to: room)) }
    count += bytes.byteCount
  }
}
