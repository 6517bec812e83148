import Glibc

/// What lies at a path, told from the first bytes; and the few calls to the file system that an ingest needs.
///
/// The C calls here get names that Swift keeps alive for the call and buffers of stated size.
enum DatabaseFile {
  /// What stands at a path, as far as that shows without opening it.
  enum Presence: Equatable {
    /// Nothing.
    case absent
    /// A file without a byte, which SQLite takes for an empty database.
    case empty
    /// A file with content.
    case file
    /// What is no file, described with an article.
    case other(String)
  }

  /// What a file holds.
  enum Kind: Equatable {
    /// An SQLite database; whose, its `application_id` says.
    case database(applicationID: Int64)
    /// Something else, described with an article.
    case foreign(String)
  }

  /// Bytes that tell an SQLite file and whose it is: the header up to and including `application_id`.
  private static let headerSize = 72

  /// Says what stands at `path`. It opens nothing: closing a second descriptor of a database would drop the locks that
  /// this process holds on it (https://www.sqlite.org/howtocorrupt.html, section 2.2).
  static func presence(of path: String) throws(StoreError) -> Presence {
    guard let information = try status(of: path) else { return .absent }
    switch information.st_mode & S_IFMT {
    case S_IFREG: return information.st_size == 0 ? .empty : .file
    case S_IFDIR: return .other("a folder")
    default: return .other("not a regular file")
    }
  }

  /// Says what the file at `path` holds, which this process must not have open as a database.
  static func kind(of path: String) throws(StoreError) -> Kind {
    kind(header: try head(of: path, count: headerSize))
  }

  /// What a file with these first bytes is.
  static func kind(header: [UInt8]) -> Kind {
    if header.starts(with: "SQLite format 3\0".utf8) {
      guard header.count == headerSize else { return .foreign("a damaged SQLite database") }
      return .database(applicationID: Int64(header[68...71].reduce(0) { $0 << 8 | UInt32($1) }))
    }
    let captures: [[UInt8]] = [
      [0xa1, 0xb2, 0xc3, 0xd4], [0xd4, 0xc3, 0xb2, 0xa1], [0xa1, 0xb2, 0x3c, 0x4d], [0x4d, 0x3c, 0xb2, 0xa1],
      [0x0a, 0x0d, 0x0d, 0x0a],
    ]
    if captures.contains(where: { header.starts(with: $0) }) { return .foreign("a packet capture") }
    let compressed: [[UInt8]] = [
      [0x1f, 0x8b], [0x28, 0xb5, 0x2f, 0xfd], [0x04, 0x22, 0x4d, 0x18], [0xfd, 0x37, 0x7a],
    ]
    if compressed.contains(where: { header.starts(with: $0) }) { return .foreign("a compressed file") }
    let isText = header.allSatisfy { (0x20...0x7e).contains($0) || (9...13).contains($0) || $0 > 0x7f }
    return .foreign(isText ? "a text file" : "no SQLite file")
  }

  /// The status of the file behind `path`; nil where there is none.
  static func status(of path: String) throws(StoreError) -> stat? {
    var information = stat()
    guard unsafe stat(path, &information) != 0 else { return information }
    let number = errno
    if number == ENOENT { return nil }
    throw StoreError(path, errno: number)
  }

  /// Whether anything stands at `path`, a link to nothing included.
  static func isOccupied(_ path: String) -> Bool {
    var information = stat()
    return unsafe lstat(path, &information) == 0
  }

  /// Up to `count` bytes from the start of a file.
  static func head(of path: String, count: Int) throws(StoreError) -> [UInt8] {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw StoreError(path, errno: errno) }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
      let got = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe read(file, buffer.baseAddress?.advanced(by: filled), count - filled)
      }
      if got < 0 {
        if errno == EINTR { continue }
        throw StoreError(path, errno: errno)
      }
      if got == 0 { break }
      filled += got
    }
    bytes.removeLast(count - filled)
    return bytes
  }

  /// The whole of a file that is at most `limit` bytes.
  static func contents(of path: String, limit: Int) throws(StoreError) -> [UInt8] {
    guard let information = try status(of: path) else { throw StoreError(path, .missing, "no such file") }
    switch information.st_mode & S_IFMT {
    case S_IFDIR: throw StoreError(path, .other, "is a folder")
    default: break
    }
    // Pipes have no size: they are read up to the limit, and a byte more tells that they go on.
    let isRegular = information.st_mode & S_IFMT == S_IFREG
    let bytes = try head(of: path, count: isRegular ? min(Int(information.st_size), limit + 1) : limit + 1)
    guard bytes.count <= limit else { throw StoreError(path, .other, "is larger than \(limit >> 20) MiB") }
    return bytes
  }

  /// The names in a folder, hidden ones left out, sorted.
  static func names(in folder: String) throws(StoreError) -> [String] {
    guard let stream = unsafe opendir(folder) else { throw StoreError(folder, errno: errno) }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { tuple in
        unsafe tuple.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: entry.pointee.d_name)) {
          unsafe String(cString: $0)
        }
      }
      names.append(name)
    }
    return names.sorted()
  }

  /// The folder that `path` lies in and its last part.
  static func split(_ path: String) -> (folder: String, name: String) {
    guard let slash = path.lastIndex(of: "/") else { return (".", path) }
    let folder = path[..<slash]
    return (folder.isEmpty ? "/" : String(folder), String(path[path.index(after: slash)...]))
  }

  /// Waits until a file, or a folder's entries, have reached the disk.
  static func synchronize(_ path: String) throws(StoreError) {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw StoreError(path, errno: errno) }
    defer { close(file) }
    // Some file systems can't synchronize a folder; that is no failure of the file.
    guard fsync(file) != 0, errno != EINVAL, errno != EROFS else { return }
    throw StoreError(path, errno: errno)
  }

  /// Removes a file; one that is not there is as good as removed.
  static func remove(_ path: String) {
    _ = unsafe unlink(path)
  }

  /// Gives the file `old` the name `new`, which must be free unless it is the `replacing` file and still empty.
  static func rename(_ old: String, to new: String, replacing: ino_t?) throws(StoreError) {
    if let replacing {
      guard let there = try status(of: new), there.st_ino == replacing, there.st_size == 0 else {
        throw StoreError(new, .exists, "was changed meanwhile by another program")
      }
      guard unsafe Glibc.rename(old, new) == 0 else { throw StoreError(new, errno: errno) }
      return
    }
    // A second name never replaces a file, which rename would.
    if unsafe link(old, new) == 0 {
      remove(old)
      return
    }
    let number = errno
    guard [EPERM, ENOTSUP, EMLINK, ENOSYS].contains(number) else {
      throw number == EEXIST
        ? StoreError(new, .exists, "was made meanwhile by another program") : StoreError(new, errno: number)
    }
    // The file system knows no second names.
    guard !isOccupied(new) else { throw StoreError(new, .exists, "was made meanwhile by another program") }
    guard unsafe Glibc.rename(old, new) == 0 else { throw StoreError(new, errno: errno) }
  }
}
