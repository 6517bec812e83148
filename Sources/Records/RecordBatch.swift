import Bytes

/// Encoded rows of any tables in the order in which they were emitted, ready to cross to the storing thread.
public struct RecordBatch: Sendable {
  /// One row: which table, its key, and where its record lies in `bytes`.
  public struct Entry: Sendable, BitwiseCopyable {
    /// Index into `RecordSink.tables`.
    public let table: Int32
    /// Bytes of the record.
    public let length: Int32
    /// The row's `id`.
    public let id: Int64
    /// Offset of the record in `bytes`.
    public let start: Int

    @usableFromInline
    init(table: Int32, length: Int32, id: Int64, start: Int) {
      (self.table, self.length, self.id, self.start) = (table, length, id, start)
    }
  }

  /// The rows.
  public internal(set) var entries: [Entry] = []
  /// Their records, one behind the other, and whatever stands behind them.
  public internal(set) var bytes: [UInt8] = []
  /// Bytes of the records.
  public internal(set) var byteCount = 0
  /// The tables that `Entry.table` counts, all that the sink has met so far.
  public internal(set) var tables: [Table] = []

  /// A batch without rows.
  public init() {}

  /// The record of `entry`.
  @_lifetime(borrow self)
  public func row(_ entry: Entry) -> RawSpan {
    bytes.bytes.part(from: entry.start, to: entry.start + Int(entry.length))
  }

  /// Empties it and keeps its storage.
  public mutating func removeAll() {
    entries.removeAll(keepingCapacity: true)
    byteCount = 0
  }
}
