import CaptureFiles
import Glibc

/// Finds the files in a folder and the folders in it.
enum CaptureFolder {
  /// Folders in one another. Links to folders are not followed, so that nothing goes round.
  static let depthLimit = 64

  /// Whether `path` is a folder, also through a link.
  static func isFolder(_ path: String) -> Bool {
    mode(path, following: true).map { $0 & S_IFMT == S_IFDIR } ?? false
  }

  /// Whether `path` is a file with a size, and can be opened again.
  static func isRegular(_ path: String) -> Bool {
    mode(path, following: true).map { $0 & S_IFMT == S_IFREG } ?? false
  }

  /// The paths of all files in the folder at `path`, sorted by their bytes; sockets, pipes and devices are left out.
  static func files(in path: String) throws(CaptureFileError) -> [String] {
    var found: [String] = []
    try collect(path, depth: 0, into: &found)
    return found.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  private static func collect(_ folder: String, depth: Int, into found: inout [String]) throws(CaptureFileError) {
    guard depth < depthLimit else {
      throw .unreadable(path: folder, reason: "more than \(depthLimit) folders in one another")
    }
    for name in try names(in: folder) {
      let path = folder.hasSuffix("/") ? folder + name : folder + "/" + name
      guard let kind = mode(path, following: false).map({ $0 & S_IFMT }) else { continue }
      if kind == S_IFDIR {
        try collect(path, depth: depth + 1, into: &found)
      } else if kind == S_IFREG || kind == S_IFLNK && isRegular(path) {
        found.append(path)
      }
    }
  }

  /// The names in a folder, but for itself and the one above it.
  private static func names(in folder: String) throws(CaptureFileError) -> [String] {
    guard let stream = unsafe opendir(folder) else {
      let text = unsafe strerror(errno)
      throw .unreadable(path: folder, reason: unsafe text.map { unsafe String(cString: $0) } ?? "cannot be opened")
    }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
      // The name ends with NUL inside the entry, which stays as it is until the next call.
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { field in
        unsafe field.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: entry.pointee.d_name)) {
          unsafe String(cString: $0)
        }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  private static func mode(_ path: String, following: Bool) -> mode_t? {
    var status = Glibc.stat()
    let code = unsafe following ? stat(path, &status) : lstat(path, &status)
    return code == 0 ? status.st_mode : nil
  }
}
