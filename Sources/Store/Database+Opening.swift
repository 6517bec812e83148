import CSQLite

extension Database {
  /// Opens the pcapindex database at `path`, having checked that it is one and of this version.
  public convenience init(path: String, mode: Mode) throws(StoreError) {
    switch try DatabaseFile.presence(of: path) {
    case .absent: throw StoreError(path, .missing, "no such file")
    case .empty: throw StoreError(path, .foreign, "is not a pcapindex database (the file is empty)")
    case .other(let what): throw StoreError(path, .foreign, "is not a pcapindex database (it is \(what))")
    case .file: break
    }
    try self.init(path: path, flags: mode == .readOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE)
    do throws(StoreError) {
      try verify(mode)
    } catch  where error.isNoSQLite {
      // SQLite has said that this is none of its files, so nobody here holds a lock on it.
      guard case .foreign(let what) = try DatabaseFile.kind(of: path) else { throw error }
      throw StoreError(path, .foreign, "is not a pcapindex database (it is \(what))")
    }
  }

  private func verify(_ mode: Mode) throws(StoreError) {
    do throws(StoreError) {
      try verify()
    } catch  where mode == .readOnly && error.reason == .readOnly {
      // A crashed program left a rollback journal, which a reader alone may not undo.
      _ = try Database(path: path, flags: SQLITE_OPEN_READWRITE).integer("PRAGMA schema_version")
      try verify()
    }
  }

  /// Throws unless this is a pcapindex database of the schema's version.
  func verify() throws(StoreError) {
    let application = try integer("PRAGMA application_id") ?? 0
    guard application == Schema.applicationID else {
      throw StoreError(path, .foreign, "is not a pcapindex database (\(try ownerDescription(application)))")
    }
    let version = try integer("PRAGMA user_version") ?? 0
    guard version == Schema.version else {
      let advice = version > Schema.version ? "a newer pcapindex made it" : "an older pcapindex made it; ingest again"
      throw StoreError(
        path, .version, "has version \(version) of the schema, this program reads version \(Schema.version) (\(advice))"
      )
    }
  }

  /// Most tables named when saying what a foreign database holds.
  private static let namedTables = 3

  private func ownerDescription(_ application: Int64) throws(StoreError) -> String {
    let statement = try prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    var names: [String] = []
    while try statement.step() { names.append(statement.text(0)) }
    var text = "it is an SQLite database"
    if application != 0 { text += " with application_id \(application)" }
    guard !names.isEmpty else { return text + " without tables" }
    text += " with the table\(names.count == 1 ? "" : "s") "
    text += names.prefix(Database.namedTables).joined(separator: ", ")
    return names.count > Database.namedTables ? text + ", ..." : text
  }
}
