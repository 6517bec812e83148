/// Where rows go that one thread makes: it gives out identifiers, and collects encoded rows until they are taken for storing.
///
/// It belongs to that thread, and the tables that it fills are its alone.
public class RowSink {
  /// The row of `captures` that is read at present.
  public internal(set) final var captureID: Int64

  // One thread uses the sink, and a record cannot reach it while it is encoded, so that no two accesses to it overlap: to have
  // that checked with every record would cost as much as to encode it.
  @usableFromInline @exclusivity(unchecked) final var rows: RecordBuffer

  /// A sink for one capture.
  ///
  /// - Parameters:
  ///   - captureID: the capture's row.
  ///   - storedIDs: the highest `id` in the database by table, so that new rows go on behind it.
  public init(captureID: Int64, storedIDs: [String: Int64] = [:]) {
    self.captureID = captureID
    unsafe rows = RecordBuffer(storedIDs: storedIDs)
  }

  /// Goes on with another file of a ring, whose first frame gets the row `firstFrame`.
  public func beginCapture(_ id: Int64, firstFrame: Int64) {
    captureID = id
  }

  /// The highest `id` by table when all that was emitted is stored; of rows that `newID` was not asked for it says nothing.
  public final var highestIDs: [String: Int64] { unsafe rows.highestIDs }

  /// The next free `id` of the record's table.
  @inlinable
  public final func newID<Kind: Record & ~Escapable>(of kind: Kind.Type) -> Int64 {
    unsafe rows.newID(in: rows.slot(of: Kind.table))
  }

  /// Emits `record` under an identifier that `newID` gave.
  @inlinable
  public final func emit<Kind: Record & ~Escapable>(_ record: borrowing Kind, id: Int64) {
    unsafe rows.append(record, slot: rows.slot(of: Kind.table), id: id)
  }

  /// Emits `record` under the next free identifier, which it returns.
  @inlinable
  @discardableResult
  public final func emit<Kind: Record & ~Escapable>(_ record: borrowing Kind) -> Int64 {
    let slot = unsafe rows.slot(of: Kind.table)
    let id = unsafe rows.newID(in: slot)
    unsafe rows.append(record, slot: slot, id: id)
    return id
  }

  /// Bytes of rows waiting to be taken.
  public final var pendingBytes: Int { unsafe rows.byteCount }

  /// Takes the rows emitted since the last call; `reusing` is an emptied batch whose storage is used next.
  public final func take(reusing empty: consuming RecordBatch = RecordBatch()) -> RecordBatch {
    unsafe rows.take(reusing: empty)
  }
}
