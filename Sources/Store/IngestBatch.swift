public import Records

/// Rows of one capture on their way to the storing thread.
public struct IngestBatch: Reusable, Sendable {
  /// Frames after which a batch is full: smaller ones cost switches between the threads, larger ones memory.
  public static let frameLimit = 1_024
  /// Bytes of records after which a batch is full, so that few frames with large records don't pile up memory.
  public static let recordByteLimit = 1 << 18

  /// A row of `frame_positions`.
  public struct Position: Sendable, BitwiseCopyable, Equatable {
    /// The frame's number in its capture.
    public var number: Int64
    /// Byte offset of its record in the capture, after decompression.
    public var offset: Int64

    /// The place of one frame.
    public init(number: Int64, offset: Int64) {
      self.number = number
      self.offset = offset
    }
  }

  /// `captures.id` of the frames and positions.
  public var captureID: Int64
  /// Rows of `frames`, ids ascending.
  public var frames: [FrameRow] = []
  /// Rows of `frame_positions`, numbers ascending.
  public var positions: [Position] = []
  /// Rows of the tables that the decoding thread fills.
  public var packetRecords = RecordBatch()
  /// Rows of all other tables.
  public var records = RecordBatch()

  /// An empty batch of one capture.
  public init(captureID: Int64) {
    self.captureID = captureID
  }

  /// Whether it is time to submit it.
  public var isFull: Bool {
    frames.count >= IngestBatch.frameLimit || records.byteCount >= IngestBatch.recordByteLimit
  }

  /// Whether it holds no row.
  public var isEmpty: Bool {
    frames.isEmpty && positions.isEmpty && packetRecords.entries.isEmpty && records.entries.isEmpty
  }

  /// Empties it and keeps its storage.
  public mutating func removeAll() {
    frames.removeAll(keepingCapacity: true)
    positions.removeAll(keepingCapacity: true)
    packetRecords.removeAll()
    records.removeAll()
  }
}
