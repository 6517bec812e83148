import CSQLite

/// A prepared statement: bind, step, read columns. It is finalized when the last reference goes.
///
/// Parameters count from 1 and columns from 0, as SQLite counts them.
@safe
public final class Statement {
  // The C handle; unsafe as every C pointer is, and never handed out of this module.
  let handle: OpaquePointer
  private let database: Database

  init(_ handle: OpaquePointer, of database: Database) {
    unsafe self.handle = handle
    self.database = database
  }

  deinit {
    // The last use of the handle.
    unsafe sqlite3_finalize(handle)
  }

  // The calls below pass this statement's own handle to SQLite, which checks indexes itself.

  /// Goes to the next row; false behind the last.
  public func step() throws(StoreError) -> Bool {
    let code = unsafe sqlite3_step(handle)
    if code == SQLITE_ROW { return true }
    guard code == SQLITE_DONE else {
      let error = database.error(code)
      unsafe sqlite3_reset(handle)
      throw error
    }
    return false
  }

  /// Back before the first row; bound values stay.
  public func reset() {
    unsafe sqlite3_reset(handle)
  }

  /// Runs a statement that gives no rows and makes it ready for the next run.
  public func run() throws(StoreError) {
    defer { reset() }
    while try step() {}
  }

  /// Sets all parameters to NULL.
  func clearBindings() {
    unsafe sqlite3_clear_bindings(handle)
  }

  /// Binds an integer, or NULL.
  public func bind(_ value: Int64?, at index: Int) {
    if let value {
      unsafe sqlite3_bind_int64(handle, Int32(clamping: index), value)
    } else {
      unsafe sqlite3_bind_null(handle, Int32(clamping: index))
    }
  }

  /// Binds a floating-point number.
  public func bind(_ value: Double, at index: Int) {
    unsafe sqlite3_bind_double(handle, Int32(clamping: index), value)
  }

  /// Binds text, or NULL.
  public func bind(_ value: String?, at index: Int) {
    guard var value else {
      unsafe sqlite3_bind_null(handle, Int32(clamping: index))
      return
    }
    // SQLite copies the borrowed bytes during the call (SQLITE_TRANSIENT).
    value.withUTF8 { bytes in
      unsafe bytes.withMemoryRebound(to: CChar.self) { text in
        let length = UInt64(text.count)
        _ = unsafe sqlite3_bind_text64(
          handle, Int32(clamping: index), text.baseAddress ?? Statement.nothing, length, Statement.transient,
          UInt8(SQLITE_UTF8))
      }
    }
  }

  /// Binds a BLOB.
  public func bind(blob value: [UInt8], at index: Int) {
    // SQLite copies the borrowed bytes during the call (SQLITE_TRANSIENT).
    unsafe value.withUnsafeBytes { bytes in
      if let base = bytes.baseAddress, !value.isEmpty {
        _ = unsafe sqlite3_bind_blob64(
          handle, Int32(clamping: index), base, UInt64(value.count), Statement.transient)
      } else {
        _ = unsafe sqlite3_bind_zeroblob(handle, Int32(clamping: index), 0)
      }
    }
  }

  // SQLite's SQLITE_TRANSIENT is the pointer -1, which its C macro builds by a cast.
  static var transient: sqlite3_destructor_type? {
    unsafe unsafeBitCast(-1, to: sqlite3_destructor_type?.self)
  }

  // An address for empty text, which must not be nil lest it be NULL; immutable and never freed.
  nonisolated(unsafe) static let nothing: UnsafePointer<CChar> = {
    let byte = UnsafeMutablePointer<CChar>.allocate(capacity: 1)
    unsafe byte.initialize(to: 0)
    return unsafe UnsafePointer(byte)
  }()

  /// How many columns a row has; 0 for a statement that gives none.
  public var columnCount: Int { unsafe Int(sqlite3_column_count(handle)) }

  /// The name of a column.
  public func columnName(_ index: Int) -> String {
    unsafe sqlite3_column_name(handle, Int32(clamping: index)).map { unsafe String(cString: $0) } ?? ""
  }

  /// Whether a column of this row is NULL.
  public func isNull(_ index: Int) -> Bool {
    unsafe sqlite3_column_type(handle, Int32(clamping: index)) == SQLITE_NULL
  }

  /// A column of this row as an integer, by SQLite's conversion.
  public func integer(_ index: Int) -> Int64 {
    unsafe sqlite3_column_int64(handle, Int32(clamping: index))
  }

  /// A column of this row as text, by SQLite's conversion; bytes that are no UTF-8 become U+FFFD.
  public func text(_ index: Int) -> String {
    let column = Int32(clamping: index)
    guard let text = unsafe sqlite3_column_text(handle, column) else { return "" }
    // SQLite's buffer lives until the next step, and is copied here.
    let count = unsafe Int(sqlite3_column_bytes(handle, column))
    return unsafe String(decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self)
  }

  /// A column of this row as bytes.
  public func blob(_ index: Int) -> [UInt8] {
    let column = Int32(clamping: index)
    guard let bytes = unsafe sqlite3_column_blob(handle, column) else { return [] }
    // SQLite's buffer lives until the next step, and is copied here.
    let count = unsafe Int(sqlite3_column_bytes(handle, column))
    return unsafe [UInt8](UnsafeRawBufferPointer(start: bytes, count: count))
  }

  /// A column of this row as it is stored.
  public func value(_ index: Int) -> QueryValue {
    switch unsafe sqlite3_column_type(handle, Int32(clamping: index)) {
    case SQLITE_INTEGER: return .integer(integer(index))
    case SQLITE_FLOAT: return .real(unsafe sqlite3_column_double(handle, Int32(clamping: index)))
    case SQLITE_TEXT: return .text(text(index))
    case SQLITE_BLOB: return .blob(blob(index))
    default: return .null
    }
  }

  /// How many parameters it has.
  var parameterCount: Int { unsafe Int(sqlite3_bind_parameter_count(handle)) }

  /// The name of a parameter as it stands in the SQL, `:cutoff`; nil for one without a name.
  func parameterName(_ index: Int) -> String? {
    unsafe sqlite3_bind_parameter_name(handle, Int32(clamping: index)).map { unsafe String(cString: $0) }
  }

  /// Whether it leaves the database as it is.
  var isReadOnly: Bool { unsafe sqlite3_stmt_readonly(handle) != 0 }

  /// The error for a result `code` of a call on this statement.
  func error(_ code: Int32) -> StoreError { database.error(code) }
}
