import Glibc

/// The file under which a new database is built: `.NAME.ingest-PID` in the folder of its place.
enum TemporaryDatabase {
  private static let infix = ".ingest-"

  /// Seconds after which a file that nobody has locked is no ingest's any more: it is locked right after it is made. A
  /// program's number alone does not tell, for it may have been given to another one.
  private static let leftoverAge = 60

  /// Creates the empty file for the database at `path`, and removes what an ingest that crashed left.
  static func create(for path: String) throws(StoreError) -> String {
    let (folder, name) = DatabaseFile.split(path)
    guard !name.isEmpty else { throw StoreError(path, .usage, "is no name of a file") }
    removeLeftovers(of: name, in: folder)
    // Two sessions of one program for the same place get different names.
    for attempt in 0..<100 {
      let suffix = attempt == 0 ? "" : "-\(attempt)"
      let file = "\(folder)/.\(name)\(infix)\(getpid())\(suffix)"
      // C call with names that live for the call; the file must not exist.
      let descriptor = unsafe open(file, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      if descriptor >= 0 {
        close(descriptor)
        return file
      }
      let number = errno
      guard number == EEXIST else { throw StoreError(path, errno: number) }
    }
    throw StoreError(path, .exists, "too many ingests into it at once")
  }

  /// Removes temporary files of ingests into `name` which nobody has locked and whose program is gone, or which are old.
  private static func removeLeftovers(of name: String, in folder: String) {
    let prefix = ".\(name)\(infix)"
    guard let names = try? DatabaseFile.names(in: folder) else { return }
    for candidate in names where candidate.hasPrefix(prefix) {
      let process = candidate.dropFirst(prefix.count).prefix { $0 != "-" }
      guard let number = Int32(process), number > 0, number != getpid() else { continue }
      let file = "\(folder)/\(candidate)"
      let isGone = kill(number, 0) != 0 && errno == ESRCH
      if isGone || isOld(file), !isLocked(file) { DatabaseFile.remove(file) }
    }
  }

  /// Whether a file was last written a while ago.
  private static func isOld(_ path: String) -> Bool {
    guard let information = try? DatabaseFile.status(of: path) else { return false }
    return time(nil) - information.st_mtim.tv_sec > leftoverAge
  }

  /// Whether another program holds a lock on a file, as SQLite does on a database in use.
  private static func isLocked(_ path: String) -> Bool {
    // C calls with a name and a structure that live for the calls.
    let file = unsafe open(path, O_RDWR | O_CLOEXEC)
    guard file >= 0 else { return true }
    defer { close(file) }
    var lock = flock()
    lock.l_type = Int16(F_WRLCK)
    lock.l_whence = Int16(SEEK_SET)
    guard unsafe fcntl(file, F_GETLK, &lock) == 0 else { return true }
    return lock.l_type != Int16(F_UNLCK)
  }
}
