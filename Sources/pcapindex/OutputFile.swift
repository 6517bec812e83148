import Glibc

/// A text that the program writes as a file.
enum OutputFile {
  /// Writes `text` as the file at `path`, or in place of one that begins with `mark`: any other file stays as it is.
  static func write(_ text: String, to path: String, inPlaceOf mark: UInt8) throws {
    // C calls: the names live for the call, the buffers have the sizes that are said.
    let present = unsafe open(path, O_RDONLY | O_CLOEXEC)
    if present >= 0 {
      var first: UInt8 = 0
      let count = unsafe read(present, &first, 1)
      close(present)
      guard count == 0 || (count == 1 && first == mark) else {
        throw Failure.input("\(path): is there already and is another kind of file; it stays as it is")
      }
    } else if errno != ENOENT {
      throw failure(path)
    }
    let partial = path + ".part-\(getpid())"
    let file = unsafe open(partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard file >= 0 else { throw failure(path) }
    var number = Terminal.write(all: text, to: file)
    if close(file) != 0, number == 0 { number = errno }
    if number == 0, unsafe rename(partial, path) != 0 { number = errno }
    guard number == 0 else {
      unsafe unlink(partial)
      errno = number
      throw failure(path)
    }
  }

  /// The failure that `errno` tells.
  private static func failure(_ path: String) -> Failure {
    let number = errno
    let reason = unsafe strerror(number).map { unsafe String(cString: $0) } ?? "error \(number)"
    return Failure.input("\(path): \(reason)")
  }
}
