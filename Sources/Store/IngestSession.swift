import CSQLite
import Dispatch
import Glibc
import Synchronization

/// One run of `ingest` on its database: everything or nothing.
///
/// A new database is built under a temporary name beside its place, its pages written directly, and gets its name when it
/// is whole. An existing one is changed through SQLite in one transaction with its journal. Either way a failure leaves
/// what was there before. A file without a byte counts as new.
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

  private enum Phase {
    /// The file of a new database is still empty.
    case empty
    /// Its schema could not be made. What is in the file by then is of no use: nobody tries again.
    case failed(StoreError)
    /// SQLite has the file.
    case rows(Database, IngestWriter?)
    /// The file of a new database is written past SQLite.
    case pages(PageWriter)
    case over
  }

  private struct State {
    var phase: Phase
    /// Whether rows may still be written as pages: SQLite has made a new database, and no rows were written to it.
    var isBlank: Bool
    /// Whether the connection was given to somebody, who may have stored rows.
    var isShared = false
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
      state = Mutex(State(phase: .empty, isBlank: true))
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
      state = Mutex(State(phase: .rows(database, nil), isBlank: false))
    }
  }

  deinit {
    rollBack()
  }

  /// Has the schema of a new database made by another thread, while the caller goes on. Without it the first to need the
  /// schema makes it. Where that fails, whoever needs it gets the error.
  public func prepare() {
    DispatchQueue(label: "pcapindex.schema").async { [self] in
      _ = try? state.withLock { (state) throws(StoreError) in try self.database(&state).path }
    }
  }

  private static func createDatabase(at file: String, name: String) throws(StoreError) -> Database {
    let database = try open(file, name: name, isWhole: false)
    try Schema.create(in: database)
    return database
  }

  /// Opens the temporary file of a new database; `isWhole` says whether the next commit is its last.
  private static func open(_ file: String, name: String, isWhole: Bool) throws(StoreError) -> Database {
    let database = try Database(path: file, name: name, flags: SQLITE_OPEN_READWRITE)
    // Nothing has to survive a crash, so there is no journal, and without one SQLite waits for the disk only when it
    // commits. Sorting for an index spills to files, which bounds memory by the cache's size.
    try database.execute(
      """
      PRAGMA journal_mode = OFF;
      PRAGMA synchronous = \(isWhole ? "NORMAL" : "OFF");
      PRAGMA locking_mode = EXCLUSIVE;
      PRAGMA cache_size = -\(cacheKibibytes);
      BEGIN EXCLUSIVE;
      """)
    return database
  }

  /// Calls `body` with the connection; nothing else uses it meanwhile. The transaction is the session's own.
  ///
  /// Of a new database this completes what was written so far; rows that come later go through SQLite, which is slower.
  public func withDatabase<Result: Sendable>(
    _ body: @Sendable (Database) throws(StoreError) -> Result
  ) throws(StoreError) -> Result {
    try state.withLock { (state) throws(StoreError) in
      state.isShared = true
      return try body(try self.database(&state))
    }
  }

  private func database(_ state: inout State) throws(StoreError) -> Database {
    switch state.phase {
    case .empty:
      do throws(StoreError) {
        let database = try IngestSession.createDatabase(at: temporaryPath ?? path, name: path)
        state.phase = .rows(database, nil)
        return database
      } catch {
        state.phase = .failed(error)
        throw error
      }
    case .failed(let error): throw error
    case .rows(let database, _): return database
    case .pages(let writer):
      state.phase = .rows(try complete(writer), nil)
      return try self.database(&state)
    case .over: throw StoreError(path, .usage, "the ingest is over")
    }
  }

  /// Gives a new database that no rows were written to a connection that makes its last commit durable.
  private func reopen(_ state: inout State) throws(StoreError) {
    guard let temporaryPath else { return }
    try database(&state).execute("COMMIT")
    state.phase = .over
    do throws(StoreError) {
      state.phase = .rows(try IngestSession.open(temporaryPath, name: path, isWhole: true), nil)
    } catch {
      DatabaseFile.remove(temporaryPath)
      throw error
    }
  }

  /// Ends the writing of pages, and has SQLite do what is left.
  private func complete(_ writer: PageWriter) throws(StoreError) -> Database {
    let remainder = try writer.finish()
    let database = try IngestSession.open(temporaryPath ?? path, name: path, isWhole: true)
    let rows = try IngestWriter(database: database)
    for (captureID, position) in remainder.positions { try rows.write(position, captureID: captureID) }
    for name in remainder.indexes { try database.execute("REINDEX \"\(name)\"") }
    return database
  }

  /// Writes the rows of `batch`.
  public func write(_ batch: IngestBatch) throws(StoreError) {
    try state.withLock { (state) throws(StoreError) in
      if state.isBlank, let temporaryPath = self.temporaryPath {
        let database = try self.database(&state)
        state.isBlank = false
        let canFill = state.isShared ? try PageWriter.canFill(database) : true
        if canFill {
          // The last reference to the connection goes into the writer, which closes it.
          state.phase = .over
          do throws(StoreError) {
            state.phase = .pages(try PageWriter(taking: database, path: temporaryPath))
          } catch {
            DatabaseFile.remove(temporaryPath)
            throw error
          }
        }
      }
      switch state.phase {
      case .empty: throw StoreError(self.path, .other, "the new database has no schema")
      case .failed(let error): throw error
      case .pages(let writer): try writer.write(batch)
      case .rows(let database, let known):
        let writer = if let known { known } else { try IngestWriter(database: database) }
        state.phase = .rows(database, writer)
        try writer.write(batch)
      case .over: throw StoreError(self.path, .usage, "the ingest is over")
      }
    }
  }

  /// Makes everything durable under the database's own name. On an error the session is rolled back.
  public func commit() throws(StoreError) {
    do throws(StoreError) {
      try state.withLock { (state) throws(StoreError) in
        if state.isBlank { try self.reopen(&state) }
        let database = try self.database(&state)
        try database.execute("PRAGMA analysis_limit = \(IngestSession.analysisLimit); ANALYZE; COMMIT")
        // SQLite has synchronized the file, and keeps its lock on it until it has its name.
        if let temporaryPath { try DatabaseFile.rename(temporaryPath, to: path, replacing: replaced) }
        state.phase = .over
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
      let phase = state.phase
      state.phase = .over
      switch phase {
      case .over: break
      case .empty, .failed, .pages: if let temporaryPath { DatabaseFile.remove(temporaryPath) }
      case .rows(let database, _):
        if let temporaryPath { return DatabaseFile.remove(temporaryPath) }
        // A failure here leaves the journal, from which the next program to open the database rolls back. After a failed
        // write SQLite does the same itself: it rolls back from the journal when the database is read again.
        if database.isInTransaction { try? database.execute("ROLLBACK") }
        _ = try? database.integer("SELECT count(*) FROM sqlite_schema")
      }
    }
  }
}
