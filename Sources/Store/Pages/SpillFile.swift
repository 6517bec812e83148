import Glibc

/// A nameless file beside the database for what is sorted and does not fit in memory, and the measure of that memory. The
/// file is made when it is first needed.
@safe
final class SpillFile {
  /// Bytes that each sorter may keep in memory without asking, and by which it asks for more.
  static let step = 1 << 18
  /// Steps that all sorters together may ask for.
  static let sharedSteps = 48

  private var freeSteps = sharedSteps
  private let database: String
  private let name: String
  private var descriptor: Int32 = -1
  /// Bytes written so far.
  private(set) var size = 0

  /// A file beside the one at `path`; `name` is what errors call it.
  init(besides path: String, name: String) {
    database = path
    self.name = name
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  /// Whether the sorter that asks may keep another step in memory.
  func reserveStep() -> Bool {
    guard freeSteps > 0 else { return false }
    freeSteps -= 1
    return true
  }

  /// Gives steps back that `reserveStep` granted.
  func release(steps: Int) {
    freeSteps += steps
  }

  private func open() throws(StoreError) {
    guard descriptor < 0 else { return }
    // C calls with a name that lives for them. The name goes at once, the file with its descriptor.
    let path = database + "-sort"
    descriptor = unsafe Glibc.open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw StoreError(name, errno: errno) }
    DatabaseFile.remove(path)
  }

  /// Adds `bytes` at the end.
  func append(_ bytes: UnsafeRawBufferPointer) throws(StoreError) {
    try open()
    guard let base = bytes.baseAddress else { return }
    var written = 0
    while written < bytes.count {
      // C call with memory of the stated size, which the caller holds.
      let step = unsafe pwrite(descriptor, base + written, bytes.count - written, off_t(size))
      if step < 0 {
        if errno == EINTR { continue }
        throw StoreError(name, errno: errno)
      }
      written += step
      size += step
    }
  }

  /// Fills `bytes` from `offset` on, as far as the file goes up to `end`; returns how many it filled.
  func read(into bytes: UnsafeMutableRawBufferPointer, at offset: Int, end: Int) throws(StoreError) -> Int {
    let wanted = min(bytes.count, end - offset)
    var filled = 0
    while filled < wanted {
      // C call with memory of the stated size, which the caller holds.
      let step = unsafe pread(
        descriptor, bytes.baseAddress?.advanced(by: filled), wanted - filled, off_t(offset + filled))
      if step < 0 {
        if errno == EINTR { continue }
        throw StoreError(name, errno: errno)
      }
      guard step > 0 else { throw StoreError(name, .other, "a temporary file ended early") }
      filled += step
    }
    return filled
  }
}
