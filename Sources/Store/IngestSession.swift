import CSQLite
import Glibc
import Synchronization

/// One run of `ingest` on its database: everything or nothing.
///
/// A new database is built under a temporary name beside its place, without a journal, and gets its name when it is
/// whole. An existing one is changed in one transaction with SQLite's journal. Either way a failure leaves what was there
/// before. A file without a byte counts as new.
///
/// The connection moves between threads under a lock, so the session may be used from any.
public final class IngestSession: Sendable {
  /// Page cache of the connection in KiB; more buys little (rows are appended), less slows down indexes.
  static let cacheKibibytes = 16_384

  /// Rows that `ANALYZE` looks at per index.
  static let analysisLimit = 400

  /// The database's path as it was given.
  public let path: String
  /// Whether the database did not exist before.
  public let isNew: Bool

  /// The temporary name while the database is new.
  private let temporaryPath: String?
  /// The empty file that the new database is to replace.
  private let replaced: ino_t?

  private struct State {
    var database: Database?
    var writer: IngestWriter?
    var hasIndexes: Bool
  }

  private let state: Mutex<State>

  /// Begins an ingest into the database at `path`.
  public init(path: String) throws(StoreError) {
    self.path = path
    let presence = try DatabaseFile.presence(of: path)
    switch presence {
    case .absent, .empty:
      if presence == .absent, DatabaseFile.isOccupied(path) {
        throw StoreError(path, .exists, "is a symbolic link to nothing")
      }
      isNew = true
      replaced = presence == .empty ? try DatabaseFile.status(of: path)?.st_ino : nil
      let temporary = try TemporaryDatabase.create(for: path)
      temporaryPath = temporary
      do throws(StoreError) {
        let database = try IngestSession.createDatabase(at: temporary, name: path)
        state = Mutex(State(database: database, writer: nil, hasIndexes: false))
      } catch {
        DatabaseFile.remove(temporary)
        throw error
      }
    case .file, .other:
      isNew = false
      replaced = nil
      temporaryPath = nil
      let database = try Database(path: path, mode: .readWrite)
      try database.execute(
        """
        PRAGMA synchronous = NORMAL;
        PRAGMA cache_size = -\(IngestSession.cacheKibibytes);
        BEGIN IMMEDIATE;
        """)
      state = Mutex(State(database: database, writer: nil, hasIndexes: true))
    }
  }

  deinit {
    rollBack()
  }

  private static func createDatabase(at file: String, name: String) throws(StoreError) -> Database {
    let database = try Database(path: file, name: name, flags: SQLITE_OPEN_READWRITE)
    // Nothing has to survive a crash, so there is no journal, and without one SQLite waits for the disk only when it
    // commits. Sorting for an index spills to files, which bounds memory by the cache's size.
    try database.execute(
      """
      PRAGMA journal_mode = OFF;
      PRAGMA synchronous = NORMAL;
      PRAGMA locking_mode = EXCLUSIVE;
      PRAGMA cache_size = -\(cacheKibibytes);
      BEGIN EXCLUSIVE;
      """)
    try Schema.createTables(in: database)
    return database
  }

  /// Calls `body` with the connection; nothing else uses it meanwhile. The transaction is the session's own.
  public func withDatabase<Result: Sendable>(
    _ body: @Sendable (Database) throws(StoreError) -> Result
  ) throws(StoreError) -> Result {
    try state.withLock { (state) throws(StoreError) in
      guard let database = state.database else { throw self.over }
      return try body(database)
    }
  }

  private var over: StoreError { StoreError(path, .usage, "the ingest is over") }

  /// Writes the rows of `batch`.
  public func write(_ batch: IngestBatch) throws(StoreError) {
    try state.withLock { (state) throws(StoreError) in
      guard let database = state.database else { throw self.over }
      let writer: IngestWriter
      if let ready = state.writer { writer = ready } else { writer = try IngestWriter(database: database) }
      state.writer = writer
      try writer.write(batch)
    }
  }

  /// Creates the indexes of a new database; an existing one has them. Names and statistics want them.
  public func createIndexes() throws(StoreError) {
    try state.withLock { (state) throws(StoreError) in
      guard let database = state.database else { throw self.over }
      guard !state.hasIndexes else { return }
      try Schema.createIndexes(in: database)
      state.hasIndexes = true
    }
  }

  /// Makes everything durable under the database's own name. On an error the session is rolled back.
  public func commit() throws(StoreError) {
    do throws(StoreError) {
      try createIndexes()
      try state.withLock { (state) throws(StoreError) in
        guard let database = state.database else { throw self.over }
        try database.execute("PRAGMA analysis_limit = \(IngestSession.analysisLimit); ANALYZE; COMMIT")
        // SQLite has synchronized the file, and keeps its lock on it until it has its name.
        if let temporaryPath { try DatabaseFile.rename(temporaryPath, to: path, replacing: replaced) }
        state.writer = nil
        state.database = nil
      }
    } catch {
      rollBack()
      throw error
    }
    if isNew { try? DatabaseFile.synchronize(DatabaseFile.split(path).folder) }
  }

  /// Gives everything up: a new database is removed, an existing one is as it was. Does nothing after the end.
  public func rollBack() {
    state.withLock { state in
      guard let database = state.database else { return }
      state.writer = nil
      state.database = nil
      if let temporaryPath {
        DatabaseFile.remove(temporaryPath)
      } else {
        // A failure here leaves the journal, from which the next program to open the database rolls back. After a failed
        // write SQLite does the same itself: it rolls back from the journal when the database is read again.
        if database.isInTransaction { try? database.execute("ROLLBACK") }
        _ = try? database.integer("SELECT count(*) FROM sqlite_schema")
      }
    }
  }
}
