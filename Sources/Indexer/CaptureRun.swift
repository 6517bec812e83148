import Bytes
import CaptureFiles
import Records
import Store

/// Reads one capture, or the files of one ring one after the other: frames through the filter and the decoder into batches, batches
/// to the analysing thread, and from there to the storing one.
final class CaptureRun {
  /// Batches of decoded frames that may wait or be analysed at once.
  private static let depth = 3

  private var reader: CaptureReader
  private let store: IngestPipeline
  private let stage: AnalysisStage
  private let pipeline: BatchPipeline<DecodedBatch, StoreError>
  private let options: IngestOptions
  private let onProgress: (IngestProgress) -> Void
  private let isCancelled: () -> Bool
  private let decoder: CaptureDecoder
  private var filters: [UInt16: CaptureFilter] = [:]
  // Grows with each frame on this thread alone; checking each access for exclusivity would cost more than adding a row.
  @exclusivity(unchecked) private var batch: DecodedBatch
  private var framesSeen: Int64 = 0
  private var startedAt = WallClock.now()
  /// The latest time of a frame, whether it passed the filter or not.
  private var latest = Int64.min

  /// Rows of `flows` whose frames have the wrong direction.
  var reversedFlows: [Int64] { stage.withAnalysis { $0.reversedFlows } }

  /// What the database holds when all that was read is stored.
  var endState: StoredState {
    let (analysed, addresses) = stage.withAnalysis { ($0.sink.highestIDs, $0.sink.knownAddresses) }
    return StoredState(lastIDs: decoder.highestIDs.merging(analysed, uniquingKeysWith: max), addresses: addresses)
  }

  init(
    reader: CaptureReader, captureID: Int64, state: StoredState, store: IngestPipeline, options: IngestOptions,
    onProgress: @escaping (IngestProgress) -> Void, isCancelled: @escaping () -> Bool
  ) {
    self.reader = reader
    self.store = store
    self.options = options
    self.onProgress = onProgress
    self.isCancelled = isCancelled
    let stage = AnalysisStage(captureID: captureID, behind: state, store: store)
    self.stage = stage
    pipeline = BatchPipeline(
      label: "pcapindex.analysis", depth: CaptureRun.depth, empty: { DecodedBatch(captureID: captureID) },
      work: { (batch) throws(StoreError) in try stage.process(&batch) })
    unsafe batch = DecodedBatch(captureID: captureID)
    decoder = CaptureDecoder(captureID: captureID, storedIDs: state.lastIDs)
  }

  /// Reads it to its end, and then each capture that `next` gives for the latest time of a frame so far (nil: none has one).
  /// Their rows of `captures` are the caller's to insert.
  func run(
    next: (Int64?) throws(IngestError) -> CaptureReader?
  ) throws(IngestError) -> [ReadCapture] {
    var read: [ReadCapture] = []
    do throws(IngestError) {
      while true {
        let end = try readFrames()
        let following = end == .stopped ? nil : try next(latest == .min ? nil : latest)
        if following == nil {
          try decoder.finish(interfaces: reader.interfaces, handOver: handOver)
        } else {
          decoder.endCapture(interfaces: reader.interfaces)
        }
        read.append(try close(end))
        guard let following else { break }
        begin(following)
      }
    } catch {
      // What the writer still has in hand is of no use any more; the error that came first is the one to tell.
      try? pipeline.finish()
      try? store.finish()
      throw error
    }
    do throws(StoreError) {
      try pipeline.finish()
      try store.finish()
    } catch {
      throw .store(error)
    }
    report()
    return read
  }

  private func readFrames() throws(IngestError) -> CaptureEnd {
    reader.onNote = { [decoder, unowned reader] note in decoder.note(note, interfaces: reader.interfaces) }
    return try reader.forEachFrame { (frame, bytes) throws(IngestError) -> Bool in
      try take(frame, bytes: bytes)
    }
  }

  /// Goes on with the next file of the ring.
  private func begin(_ following: CaptureReader) {
    reader = following
    startedAt = WallClock.now()
    decoder.beginCapture()
    unsafe batch.rows.captureID = decoder.captureID
  }

  /// What the capture that is read came to.
  private func close(_ end: CaptureEnd) throws(IngestError) -> ReadCapture {
    decoder.emit(reader.statistics)
    let (status, detail) = CaptureRun.status(of: end)
    let file = reader.finish(draining: end != .stopped)
    try handOver()
    do throws(StoreError) { try pipeline.drain() } catch { throw .store(error) }
    let capture = StoredCapture(
      id: decoder.captureID, path: reader.path, sha256: file.sha256, format: reader.format.rawValue,
      compression: reader.compression?.rawValue, size: file.size, frameCount: decoder.frameCount,
      firstTime: decoder.firstTime, lastTime: decoder.lastTime, status: status, detail: detail, filter: options.filter,
      ingestedAt: startedAt, version: options.version)
    let dropped = reader.statistics.values.reduce(into: Int64(0)) { sum, counts in
      let (total, overflow) = sum.addingReportingOverflow(counts.losses)
      sum = overflow ? .max : total
    }
    let (diagnostics, mayRepeatNames) = stage.withAnalysis { ($0.sink.diagnosticCount, $0.sink.mayRepeatNames) }
    return ReadCapture(
      capture: capture, diagnostics: diagnostics, dropped: dropped, reversedFlows: [], mayRepeatNames: mayRepeatNames)
  }

  /// Decodes one frame; false to stop.
  private func take(_ frame: CapturedFrame, bytes: RawSpan) throws(IngestError) -> Bool {
    framesSeen += 1
    if let time = frame.timestamp, time > latest { latest = time }
    if try passes(frame, bytes: bytes) {
      if decoder.frameCount % CaptureDecoder.framesPerPosition == 0 {
        unsafe batch.rows.positions.append(IngestBatch.Position(number: Int64(frame.number), offset: frame.position))
      }
      if frame.interface >= decoder.interfaceCount { decoder.emitInterfaces(reader.interfaces) }
      unsafe batch.rows.frames.append(decoder.decode(frame, bytes: bytes))
      if frame.hasOptions { decoder.note(reader.frameOptions) }
    }
    if framesSeen % Int64(IngestBatch.frameLimit) == 0 || decoder.isFull {
      try handOver()
      report()
      // A pipe is stopped by its reader, behind what the writer flushes when it is stopped too.
      return reader.totalBytes == nil || !isCancelled()
    }
    return true
  }

  private func passes(_ frame: CapturedFrame, bytes: RawSpan) throws(IngestError) -> Bool {
    guard let expression = options.filter else { return true }
    if let filter = filters[frame.linkType] { return filter.matches(bytes, length: frame.length) }
    do throws(CaptureFilterError) {
      let filter = try CaptureFilter(expression, linkType: frame.linkType, snaplen: 262_144)
      filters[frame.linkType] = filter
      return filter.matches(bytes, length: frame.length)
    } catch {
      throw .filter(error)
    }
  }

  private func handOver() throws(IngestError) {
    unsafe decoder.take(into: &batch)
    do throws(StoreError) { unsafe try pipeline.submit(&batch) } catch { throw .store(error) }
    unsafe batch.rows.captureID = decoder.captureID
  }

  private func report() {
    onProgress(
      IngestProgress(
        path: reader.path, bytesRead: reader.bytesRead, totalBytes: reader.totalBytes, frames: decoder.frameCount))
  }

  private static func status(of end: CaptureEnd) -> (String, String?) {
    switch end {
    case .complete: ("complete", nil)
    case .truncated(let detail): ("truncated", detail)
    case .damaged(let detail): ("damaged", detail)
    case .unreadable(let detail): ("unreadable", detail)
    case .stopped: ("interrupted", "stopped by the user")
    }
  }
}
