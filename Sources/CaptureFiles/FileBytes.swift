import Bytes
import Glibc

/// An open file or standard input, read from front to back; its bytes are counted and hashed as they stand on disk.
struct FileBytes: ~Copyable {
  /// What a read came to.
  enum Result: Equatable, Sendable {
    /// So many bytes, at least one.
    case bytes(Int)
    /// The file ends.
    case end
    /// The system's reason.
    case failed(String)
    /// The caller wants to stop, while nothing came.
    case interrupted
  }

  /// Milliseconds between two looks at whether the caller wants to stop, while a pipe is silent.
  private static let patience: CInt = 200
  /// Nanoseconds that a pipe is read on after the wish to stop, as long as it has something: Ctrl-C stops the writer as
  /// well, and what it then flushes is the end of the capture.
  private static let grace: Int64 = 1_000_000_000

  /// Blocks beside the one that is read: while the digest is computed of one or two, the next can be filled.
  private static let spareCount = 2

  private final class Spare {
    var block: MemoryBlock

    init(capacity: Int) {
      block = MemoryBlock(capacity: capacity)
    }
  }

  private let descriptor: CInt
  private let isOwned: Bool
  private var digestState: FileDigest?
  /// From the one that was left longest ago on.
  private var spares: [Spare] = []
  private var ahead: ReadAhead?
  private let shouldStop: () -> Bool
  /// When reading ends after the wish to stop; nil before it.
  private var stopsAt: Int64?

  /// Size on disk; nil for standard input and pipes.
  let totalBytes: Int64?
  /// Bytes read so far.
  private(set) var bytesRead: Int64 = 0

  /// Opens the file at `path`; `-` is standard input. `shouldStop` is asked while a pipe is silent.
  init(path: String, hashing: Bool, shouldStop: @escaping () -> Bool) throws(CaptureFileError) {
    self.shouldStop = shouldStop
    isOwned = path != CaptureReader.standardInput
    descriptor = unsafe isOwned ? open(path, O_RDONLY | O_CLOEXEC) : STDIN_FILENO
    let openError = errno
    digestState = hashing ? FileDigest() : nil
    var status = stat()
    let isKnown = unsafe descriptor >= 0 && fstat(descriptor, &status) == 0
    let kind = isKnown ? status.st_mode & S_IFMT : 0
    totalBytes = isOwned && kind == S_IFREG ? Int64(status.st_size) : nil
    guard descriptor >= 0 else {
      throw openError == ENOENT
        ? .noSuchFile(path: path) : .unreadable(path: path, reason: FileBytes.systemMessage(openError))
    }
    guard kind != S_IFDIR else { throw .isDirectory(path: path) }
    // Advice only: the kernel may read ahead further.
    _ = posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL)
  }

  deinit {
    ahead?.stop()
    if isOwned, descriptor >= 0 { _ = close(descriptor) }
  }

  /// SHA-256 of the bytes read so far; empty where none was asked for.
  var digest: String { digestState?.text ?? "" }

  /// Adds the next bytes behind those of `block` from `lower` to `upper`, which may get another place or other memory.
  /// `wanted`: how many more the caller needs.
  mutating func more(_ block: inout MemoryBlock, _ lower: inout Int, _ upper: inout Int, wanted: Int) -> Result {
    if ahead == nil, let totalBytes, 0 < bytesRead, bytesRead < totalBytes {
      // Behind the first block: of many captures that are open, one is read.
      ahead = ReadAhead(descriptor: descriptor, blockSize: CaptureLimits.blockSize, digest: digestState)
    }
    if let ahead {
      let result = ahead.take(&block, &lower, &upper)
      if case .bytes(let count) = result { bytesRead &+= Int64(count) }
      return result
    }
    // A pipe gives little at once: then there is room behind it for more.
    if lower > 0, block.capacity &- upper < max(wanted, block.capacity / 2) {
      renew(&block, keeping: lower, upper)
      upper &-= lower
      lower = 0
    }
    // By doubling, so that a record that only claims to be large costs no more memory than the file has bytes.
    if upper == block.capacity { block.grow(to: block.capacity &* 2) }
    let result = read(into: &block, from: upper)
    if case .bytes(let count) = result { upper &+= count }
    return result
  }

  /// Keeps the bytes of `block` from `lower` to `upper`, at its front, and makes the rest of it free to be read into.
  private mutating func renew(_ block: inout MemoryBlock, keeping lower: Int, _ upper: Int) {
    guard block.isLent else { return block.moveToFront(lower, upper) }
    if spares.count < FileBytes.spareCount { spares.insert(Spare(capacity: block.capacity), at: 0) }
    let spare = spares.removeFirst()
    spare.block.take(lower, upper, of: block)
    swap(&spare.block, &block)
    spares.append(spare)
  }

  /// One read(2) into `target` behind `start`, which must leave room. What `target` has before `start` stays.
  private mutating func read(into target: inout MemoryBlock, from start: Int) -> Result {
    if totalBytes == nil, !waitForData() { return .interrupted }
    let result = FileBytes.read(descriptor, into: &target, from: start)
    if case .bytes(let count) = result {
      bytesRead &+= Int64(count)
      digestState?.update(&target, start, start &+ count)
    }
    return result
  }

  /// One read(2) of the open file `descriptor` into `target` behind `start`, which must leave room.
  static func read(_ descriptor: CInt, into target: inout MemoryBlock, from start: Int) -> Result {
    while true {
      let count = unsafe target.withFree(from: start) { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
      if count > 0 { return .bytes(count) }
      if count == 0 { return .end }
      if errno != EINTR { return .failed(FileBytes.systemMessage(errno)) }
    }
  }

  /// Waits until a pipe has something to read, or its end; false where the caller wants to stop and nothing comes, or
  /// too much.
  private mutating func waitForData() -> Bool {
    var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    while true {
      let ready = unsafe poll(&request, 1, FileBytes.patience)
      // A signal: what it asks for is seen below, and whether there is data the next time.
      let isSilent = ready == 0 || ready < 0 && errno == EINTR
      if shouldStop() {
        let now = WallClock.now()
        let end = stopsAt ?? now + FileBytes.grace
        stopsAt = end
        if ready == 0 || now >= end { return false }
      }
      // Errors are for read(2) to tell.
      if !isSilent { return true }
    }
  }

  /// What the system says about an error number.
  private static func systemMessage(_ number: CInt) -> String {
    guard let text = unsafe strerror(number) else { return "error \(number)" }
    return unsafe String(cString: text)
  }
}
