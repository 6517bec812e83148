/// A file that is read once from front to back in large blocks, decompressed on the way where it is compressed.
///
/// `window` borrows what was read and not yet passed over. `fill` reads on: only then do bytes move, and only the
/// unread tail of the last block.
struct BlockInput: ~Copyable {
  /// How the stream stands.
  enum Ending: Equatable {
    /// There may be more.
    case open
    /// Everything was read.
    case ended
    /// The compressed form ends before the data does.
    case cut(String)
    /// The compressed form is damaged.
    case corrupt(String)
    /// The system could not read.
    case failed(String)
    /// The caller wanted to stop while a pipe was silent.
    case interrupted
  }

  private var file: FileBytes
  private var compressed: CompressedStream?
  /// What the file is compressed with; nil: nothing.
  private(set) var compression: Compression?
  private var block = MemoryBlock(capacity: CaptureLimits.blockSize)
  private var lower = 0
  private var upper = 0

  /// Offset of the window's first byte in the decompressed stream.
  private(set) var position: Int64 = 0
  /// How the stream stands.
  private(set) var ending = Ending.open

  /// Opens the file at `path`; `-` is standard input.
  init(path: String, hashing: Bool, shouldStop: @escaping () -> Bool = { false }) throws(CaptureFileError) {
    file = try FileBytes(path: path, hashing: hashing, shouldStop: shouldStop)
  }

  /// The bytes that were read and not yet passed over.
  var window: RawSpan {
    @_lifetime(borrow self) get { block.part(lower, upper) }
  }

  /// Bytes in the window.
  var available: Int { upper &- lower }

  /// Size on disk; nil for standard input and pipes.
  var totalBytes: Int64? { file.totalBytes }

  /// Bytes taken from the file so far.
  var bytesRead: Int64 { file.bytesRead }

  /// The digest of the bytes taken from the file so far; empty where none was asked for.
  var digest: String { file.digest }

  /// Passes over the first `count` bytes of the window.
  mutating func advance(_ count: Int) {
    let taken = min(max(count, 0), available)
    lower &+= taken
    position &+= Int64(taken)
  }

  /// Reads on until the window has `count` bytes. False where the stream ends first; `ending` then says how.
  mutating func fill(_ count: Int) -> Bool {
    while available < count {
      guard ending == .open else { return false }
      pull(wanted: count &- available)
    }
    return true
  }

  /// Takes the rest of the file, as it stands on disk, into digest and size; the window is lost.
  mutating func drain() {
    advance(available)
    while true {
      lower = upper
      switch file.more(&block, &lower, &upper, wanted: 1) {
      case .bytes: continue
      case .end:
        if ending == .open { ending = .ended }
        return
      case .failed(let reason):
        ending = .failed(reason)
        return
      case .interrupted:
        ending = .interrupted
        return
      }
    }
  }

  /// Decompresses from here on: the window is the beginning of a file of that form. False where there is no memory for it.
  mutating func begin(_ compression: Compression) -> Bool {
    var input = MemoryBlock(capacity: CaptureLimits.blockSize)
    swap(&input, &block)
    guard let stream = CompressedStream(compression, input: input, from: lower, to: upper) else {
      ending = .failed("no memory for decompressing")
      return false
    }
    compressed = consume stream
    self.compression = compression
    (lower, upper, position) = (0, 0, 0)
    ending = .open
    return true
  }

  /// One more piece of the stream behind `upper`, or a change of `ending`.
  private mutating func pull(wanted: Int) {
    guard let name = compression?.rawValue else {
      switch file.more(&block, &lower, &upper, wanted: wanted) {
      case .bytes: break
      case .end: ending = .ended
      case .failed(let reason): ending = .failed(reason)
      case .interrupted: ending = .interrupted
      }
      return
    }
    makeRoom(wanted)
    guard let step = compressed?.step(file: &file, into: &block, from: upper) else { return }
    switch step {
    case .produced(let count): upper &+= count
    case .ended: ending = .ended
    case .cut: ending = .cut("the \(name) data ends early, at byte \(file.bytesRead) of the file")
    case .corrupt(let reason): ending = .corrupt("\(name): \(reason), before byte \(file.bytesRead) of the file")
    case .failed(let reason): ending = .failed(reason)
    case .interrupted: ending = .interrupted
    }
  }

  /// Makes room for what is decompressed behind `upper`.
  private mutating func makeRoom(_ wanted: Int) {
    if lower > 0, block.capacity &- upper < max(wanted, block.capacity / 2) {
      block.moveToFront(lower, upper)
      upper &-= lower
      lower = 0
    }
    // By doubling, so that a record that only claims to be large costs no more memory than the stream has bytes.
    if upper == block.capacity { block.grow(to: block.capacity &* 2) }
  }
}
