import Glibc

/// A file that a command writes beside the database: whole, under a temporary name, and then given its own.
///
/// The C calls here get names that Swift keeps alive for the call and buffers of stated size.
public struct OutputFile {
  private let path: String
  private let isPrivate: Bool
  /// Whether it is something like `/dev/stdout` or a pipe, which is written to as it stands.
  private let isSpecial: Bool

  /// Looks at what stands at `path`, before any work is done for it.
  ///
  /// - Parameters:
  ///   - path: the file's name.
  ///   - beginning: with what a file begins that may be replaced; an empty file may be replaced as well.
  ///   - kind: what such a file is, as in "JSON", and what else the error is to say.
  ///   - replacesAny: whether any other file may be replaced too.
  ///   - isPrivate: whether only its owner may read the new file.
  public init(
    _ path: String, beginning: String, kind: String, replacesAny: Bool, isPrivate: Bool
  ) throws(StoreError) {
    guard !path.isEmpty else { throw StoreError("output", .usage, "its name is empty") }
    guard !path.hasSuffix("/") else { throw StoreError(path, .usage, "is the name of a folder") }
    self.path = path
    self.isPrivate = isPrivate
    switch try DatabaseFile.presence(of: path) {
    case .absent, .empty: isSpecial = false
    case .other("a folder"): throw StoreError(path, .other, "is a folder")
    case .other: isSpecial = true
    case .file:
      isSpecial = false
      let mark = Array(beginning.utf8)
      if replacesAny { return }
      guard try DatabaseFile.head(of: path, count: mark.count) == mark else {
        throw StoreError(path, .exists, "exists and is not \(kind)")
      }
    }
  }

  /// Writes `text`; where that fails, what stood there still stands.
  public func write(_ text: String) throws(StoreError) {
    if isSpecial {
      let file = unsafe open(path, O_WRONLY | O_CLOEXEC)
      guard file >= 0 else { throw StoreError(path, errno: errno) }
      let number = OutputFile.write(all: text, to: file)
      close(file)
      guard number == 0 else { throw StoreError(path, errno: number) }
      return
    }
    let (folder, name) = DatabaseFile.split(path)
    let temporary = "\(folder)/.\(name).new-\(getpid())"
    let file = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, isPrivate ? 0o600 : 0o666)
    guard file >= 0 else { throw StoreError(path, errno: errno) }
    var number = OutputFile.write(all: text, to: file)
    if number == 0, fsync(file) != 0, errno != EINVAL { number = errno }
    if close(file) != 0, number == 0 { number = errno }
    if number == 0, unsafe rename(temporary, path) != 0 { number = errno }
    guard number == 0 else {
      DatabaseFile.remove(temporary)
      throw StoreError(path, errno: number)
    }
  }

  /// Writes all of `text` to the open file `file`; the error number, or 0.
  public static func write(all text: String, to file: Int32) -> Int32 {
    var text = text
    return text.withUTF8 { bytes in
      var done = 0
      while done < bytes.count {
        let count = unsafe Glibc.write(file, bytes.baseAddress?.advanced(by: done), bytes.count - done)
        if count < 0 {
          if errno == EINTR { continue }
          return errno
        }
        done += count
      }
      return 0
    }
  }
}
