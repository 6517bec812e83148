/// A row of `captures`.
public struct StoredCapture: Sendable, Equatable {
  /// In the order of ingestion, from 1.
  public var id: Int64
  /// As it was given; `-` for standard input.
  public var path: String
  /// Of the file as it lies on disk, lower-case hexadecimal.
  public var sha256: String
  /// `pcap` or `pcapng`.
  public var format: String
  /// `gzip`, `zstd`, `lz4`, `xz`, `bzip2`; nil: not compressed.
  public var compression: String?
  /// Bytes of the file as it lies on disk.
  public var size: Int64
  /// Frames stored.
  public var frameCount: Int64
  /// Earliest time of a frame, ns since 1970-01-01 UTC; nil: no frame has a time.
  public var firstTime: Int64?
  /// Latest time of a frame, ns; nil: no frame has a time.
  public var lastTime: Int64?
  /// `complete`, `truncated`, `damaged`, `unreadable`, `interrupted`.
  public var status: String
  /// Why the status is not `complete`.
  public var detail: String?
  /// libpcap filter that frames had to pass; nil: all frames.
  public var filter: String?
  /// When it was read, ns.
  public var ingestedAt: Int64
  /// The version of pcapindex that read it.
  public var version: String
  /// The first file of the ring that it is part of; nil: of none.
  public var ringID: Int64?

  /// A row with all its columns, as the properties say.
  public init(
    id: Int64, path: String, sha256: String, format: String, compression: String? = nil, size: Int64, frameCount: Int64,
    firstTime: Int64?, lastTime: Int64?, status: String, detail: String?, filter: String?, ingestedAt: Int64,
    version: String, ringID: Int64? = nil
  ) {
    self.id = id
    self.path = path
    self.sha256 = sha256
    self.format = format
    self.compression = compression
    self.size = size
    self.frameCount = frameCount
    self.firstTime = firstTime
    self.lastTime = lastTime
    self.status = status
    self.detail = detail
    self.filter = filter
    self.ingestedAt = ingestedAt
    self.version = version
    self.ringID = ringID
  }
}

extension Database {
  private static let captureColumns = """
    id, path, sha256, format, size_bytes, frame_count, first_ts, last_ts, status, detail, filter, ingested_at, version,
    compression, ring_id
    """

  /// Adds a row to `captures`.
  public func insert(_ capture: StoredCapture) throws(StoreError) {
    let statement = try prepare(
      "INSERT INTO captures (\(Database.captureColumns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
    statement.bind(capture.id, at: 1)
    statement.bind(capture.path, at: 2)
    statement.bind(capture.sha256, at: 3)
    statement.bind(capture.format, at: 4)
    statement.bind(capture.size, at: 5)
    statement.bind(capture.frameCount, at: 6)
    statement.bind(capture.firstTime, at: 7)
    statement.bind(capture.lastTime, at: 8)
    statement.bind(capture.status, at: 9)
    statement.bind(capture.detail, at: 10)
    statement.bind(capture.filter, at: 11)
    statement.bind(capture.ingestedAt, at: 12)
    statement.bind(capture.version, at: 13)
    statement.bind(capture.compression, at: 14)
    statement.bind(capture.ringID, at: 15)
    try statement.run()
  }

  /// The captures in the order of ingestion.
  public func captures() throws(StoreError) -> [StoredCapture] {
    try captures(where: "1") { _ in }
  }

  /// The capture with this hash that was read with this filter; nil where there is none.
  public func capture(sha256: String, filter: String?) throws(StoreError) -> StoredCapture? {
    try captures(where: "sha256 = ? AND filter IS ?") { statement in
      statement.bind(sha256, at: 1)
      statement.bind(filter, at: 2)
    }.first
  }

  /// The captures of this size in bytes: without one, no hash need be compared to know that a file is new.
  public func captureCandidates(size: Int64) throws(StoreError) -> [StoredCapture] {
    try captures(where: "size_bytes = ?") { statement in statement.bind(size, at: 1) }
  }

  private func captures(
    where condition: String, binding: (Statement) -> Void
  ) throws(StoreError) -> [StoredCapture] {
    let row = try prepare("SELECT \(Database.captureColumns) FROM captures WHERE \(condition) ORDER BY id")
    binding(row)
    var captures: [StoredCapture] = []
    while try row.step() {
      captures.append(
        StoredCapture(
          id: row.integer(0), path: row.text(1), sha256: row.text(2), format: row.text(3),
          compression: row.isNull(13) ? nil : row.text(13), size: row.integer(4), frameCount: row.integer(5),
          firstTime: row.isNull(6) ? nil : row.integer(6),
          lastTime: row.isNull(7) ? nil : row.integer(7), status: row.text(8),
          detail: row.isNull(9) ? nil : row.text(9), filter: row.isNull(10) ? nil : row.text(10),
          ingestedAt: row.integer(11), version: row.text(12), ringID: row.isNull(14) ? nil : row.integer(14)))
    }
    return captures
  }
}
