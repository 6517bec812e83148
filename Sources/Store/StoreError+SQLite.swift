import CSQLite
import Glibc

extension StoreError {
  private static let noSQLite = "is not a pcapindex database (it is no SQLite file)"

  /// Whether SQLite could make nothing of the file.
  var isNoSQLite: Bool { reason == .foreign && detail == StoreError.noSQLite }

  /// The error for SQLite's result `code` of a call on `handle`, which may be nil.
  init(sqlite code: Int32, handle: OpaquePointer?, subject: String) {
    // C calls: the message is copied before anything else uses the handle.
    let message = unsafe handle.map { unsafe String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
    let system = unsafe handle.map { unsafe sqlite3_system_errno($0) } ?? 0
    switch code & 0xff {
    case SQLITE_FULL:
      self.init(subject, .full, "the disk is full (SQLite: \(message))")
    case SQLITE_BUSY, SQLITE_LOCKED:
      self.init(subject, .locked, "another program is using the database (SQLite: \(message))")
    case SQLITE_READONLY:
      self.init(subject, .readOnly, "can't be written to (SQLite: \(message))")
    case SQLITE_PERM, SQLITE_AUTH:
      self.init(subject, .permission, "permission denied (SQLite: \(message))")
    case SQLITE_NOTADB:
      self.init(subject, .foreign, StoreError.noSQLite)
    case SQLITE_CORRUPT:
      self.init(subject, .damaged, "the database is damaged (SQLite: \(message))")
    case SQLITE_MISMATCH:
      self.init(subject, .mismatch, message)
    case SQLITE_CONSTRAINT:
      self.init(subject, .constraint, message)
    case SQLITE_CANTOPEN, SQLITE_IOERR:
      if system != 0 {
        self.init(subject, errno: system, "SQLite: \(message)")
      } else {
        self.init(subject, .other, message)
      }
    default:
      self.init(subject, .other, message)
    }
  }

  /// The error for the system's error number `number`, with `context` in brackets where there is any.
  init(_ subject: String, errno number: Int32, _ context: String? = nil) {
    let reason: Reason
    switch number {
    case ENOENT: reason = .missing
    case EEXIST: reason = .exists
    case ENOSPC, EDQUOT, EFBIG: reason = .full
    case EACCES, EPERM: reason = .permission
    case EROFS: reason = .readOnly
    default: reason = .other
    }
    let text: String
    switch number {
    case ENOENT: text = "no such file or folder"
    case ENOSPC: text = "the disk is full"
    case EACCES: text = "permission denied"
    default:
      // C call; its text lives until the next call and is copied at once.
      let message = unsafe String(cString: strerror(number))
      text = message.prefix(1).lowercased() + message.dropFirst()
    }
    self.init(subject, reason, text + (context.map { " (\($0))" } ?? ""))
  }
}
