import CSQLite

/// A connection to one SQLite database: a thin owner of the C handle, which is closed when the last reference goes.
///
/// It is used by one thread at a time; not being `Sendable`, the compiler sees to that.
@safe
public final class Database {
  /// How a file is opened.
  public enum Mode: Sendable {
    /// A file that must exist, for reading and writing.
    case readWrite
    /// A file that must exist, for reading only.
    case readOnly
  }

  /// How long a lock of another program is waited for, in milliseconds.
  static let busyTimeout: Int32 = 5_000

  /// The name that errors carry.
  public let path: String

  // The C handle; unsafe as every C pointer is, and never handed out of this module.
  let handle: OpaquePointer

  /// Makes allocations cheaper, once, before the first connection. Where it is too late all works as well.
  private static let isConfigured = pcapindex_sqlite_leave_out_statistics() == SQLITE_OK

  /// Opens the SQLite file at `path` as it stands, without asking whose it is.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - name: what errors call it; the path itself where nil.
  ///   - flags: `SQLITE_OPEN_` flags.
  init(path: String, name: String? = nil, flags: Int32) throws(StoreError) {
    let name = name ?? path
    // A name with a leading colon means something to SQLite (":memory:"), an empty one a temporary database.
    guard !path.isEmpty else { throw StoreError("database", .usage, "its name is empty") }
    let file = path.hasPrefix(":") ? "./" + path : path
    var opened: OpaquePointer?
    _ = Database.isConfigured
    // C call; SQLite copies the name. One thread at a time uses a connection, so it needs no mutex of its own.
    let code = unsafe sqlite3_open_v2(file, &opened, flags | SQLITE_OPEN_NOMUTEX, nil)
    guard code == SQLITE_OK, let pointer = unsafe opened else {
      let error = unsafe StoreError(sqlite: code, handle: opened, subject: name)
      unsafe sqlite3_close_v2(opened)
      throw error
    }
    self.path = name
    unsafe self.handle = pointer
    // C calls on the handle just opened.
    unsafe sqlite3_extended_result_codes(pointer, 1)
    unsafe sqlite3_busy_timeout(pointer, Database.busyTimeout)
  }

  deinit {
    // The last use of the handle; statements that outlive it keep SQLite's half of it alive.
    unsafe sqlite3_close_v2(handle)
  }

  /// Runs every statement of `sql` and drops what rows they give.
  public func execute(_ sql: String) throws(StoreError) {
    // C call; it reads the text up to the NUL that Swift puts behind it. No callback: rows are not wanted.
    let code = unsafe sqlite3_exec(handle, sql, nil, nil, nil)
    guard code == SQLITE_OK else { throw error(code) }
  }

  /// Prepares the one statement of `sql`.
  public func prepare(_ sql: String) throws(StoreError) -> Statement {
    guard let (statement, _) = try prepareFirst(of: sql) else {
      throw StoreError(path, .usage, "an empty SQL statement")
    }
    return statement
  }

  /// Prepares the first statement of `sql` and returns it with the text behind it; nil where only blanks and comments
  /// are left.
  func prepareFirst(of sql: String) throws(StoreError) -> (statement: Statement, tail: String)? {
    var text = sql
    while !text.isEmpty {
      var prepared: OpaquePointer?
      var code: Int32 = SQLITE_OK
      var consumed = 0
      var bytes = text
      // The text is borrowed for the call; SQLite copies what it keeps, and the tail points into the same text.
      bytes.withUTF8 { buffer in
        guard let base = buffer.baseAddress else { return }
        let length = Int32(clamping: buffer.count)
        unsafe base.withMemoryRebound(to: CChar.self, capacity: buffer.count) { start in
          var end: UnsafePointer<CChar>?
          code = unsafe sqlite3_prepare_v3(handle, start, length, 0, &prepared, &end)
          consumed = unsafe end.map { unsafe $0 - start } ?? buffer.count
        }
      }
      guard code == SQLITE_OK else { throw error(code) }
      let tail = String(decoding: Array(text.utf8.dropFirst(consumed)), as: UTF8.self)
      if let pointer = unsafe prepared {
        return (unsafe Statement(pointer, of: self), tail)
      }
      guard consumed > 0 else { return nil }
      text = tail
    }
    return nil
  }

  /// The first column of the first row of `sql` as an integer; nil where there is none or it is NULL.
  public func integer(_ sql: String) throws(StoreError) -> Int64? {
    let statement = try prepare(sql)
    guard try statement.step(), !statement.isNull(0) else { return nil }
    return statement.integer(0)
  }

  /// The first column of the first row of `sql` as text; nil where there is none or it is NULL.
  public func text(_ sql: String) throws(StoreError) -> String? {
    let statement = try prepare(sql)
    guard try statement.step(), !statement.isNull(0) else { return nil }
    return statement.text(0)
  }

  /// Whether a transaction is open.
  var isInTransaction: Bool {
    // C call on an open handle.
    unsafe sqlite3_get_autocommit(handle) == 0
  }

  /// The error for SQLite's result `code`, with the connection's own message.
  func error(_ code: Int32) -> StoreError {
    unsafe StoreError(sqlite: code, handle: handle, subject: path)
  }
}
