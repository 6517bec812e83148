import CaptureFiles
import Store

/// Reads captures into a database: all of them in one transaction, decoding on the calling thread and storing on another.
///
/// Nothing is stored when it throws; a database that existed is then as it was. A capture that is damaged is stored as
/// far as it could be read.
public struct Ingest {
  private let options: IngestOptions
  /// Hears how far it has come, a few times a second at most in usual captures.
  public var onProgress: (IngestProgress) -> Void = { _ in }
  /// Asked now and then whether to stop; what was read until then is stored.
  public var isCancelled: () -> Bool = { false }

  /// An ingest as `options` ask for.
  public init(_ options: IngestOptions) {
    self.options = options
  }

  /// Does it.
  ///
  /// - Returns: what became of each capture, in order. After an interruption the captures that were not begun are absent.
  public func run() throws(IngestError) -> [IngestSummary] {
    let readers = try openCaptures()
    let session = try storing { () throws(StoreError) in try IngestSession(path: options.database) }
    session.prepare()
    do throws(IngestError) {
      try refuseDuplicates(readers, in: session)
      var state = try storedState(in: session)
      var read: [ReadCapture] = []
      for reader in readers where read.last?.capture.status != "interrupted" {
        let (capture, end) = try ingest(reader, behind: state, into: session)
        try refuseDuplicate(capture.capture, of: read, in: session)
        read.append(capture)
        state = end
      }
      let captures = read
      try storing { [options] () throws(StoreError) in
        try session.withDatabase { (database) throws(StoreError) in
          for capture in captures { try capture.store(into: database) }
        }
        if let allowList = options.allowList {
          try session.withDatabase { (database) throws(StoreError) in try allowList.store(into: database) }
        }
        try session.commit()
      }
      return captures.map(\.summary)
    } catch {
      session.rollBack()
      throw error
    }
  }

  /// What the database holds before the first capture.
  private func storedState(in session: IngestSession) throws(IngestError) -> StoredState {
    guard !session.isNew else { return StoredState() }
    return try storing { () throws(StoreError) in
      try session.withDatabase { (database) throws(StoreError) in
        StoredState(lastIDs: try database.storedIDs(), addresses: try database.addresses())
      }
    }
  }

  private func storing<Value>(_ body: () throws(StoreError) -> Value) throws(IngestError) -> Value {
    do throws(StoreError) { return try body() } catch { throw .store(error) }
  }

  /// Opens every capture before anything is stored, so that a wrong name among many costs nothing.
  private func openCaptures() throws(IngestError) -> [CaptureReader] {
    var readers: [CaptureReader] = []
    for path in options.captures {
      do throws(CaptureFileError) {
        readers.append(try CaptureReader(path: path, shouldStop: isCancelled))
      } catch {
        throw .capture(error)
      }
    }
    return readers
  }

  /// Throws where a file is in the database already, or is given twice. Only files of equal size are read for it.
  private func refuseDuplicates(_ readers: [CaptureReader], in session: IngestSession) throws(IngestError) {
    var given: [Int64: [CaptureReader]] = [:]
    for reader in readers {
      guard let size = reader.totalBytes else { continue }
      let candidates = try candidates(size: size, in: session)
      let twins = given[size, default: []]
      given[size, default: []].append(reader)
      guard !candidates.isEmpty || !twins.isEmpty else { continue }
      let digest = try digest(of: reader)
      if let stored = candidates.first(where: { $0.sha256 == digest }) {
        throw .duplicate(path: reader.path, first: stored.path)
      }
      for twin in twins where try self.digest(of: twin) == digest {
        throw .givenTwice(path: reader.path, first: twin.path)
      }
    }
  }

  /// Captures in the database that were read with the same filter and have this size.
  private func candidates(size: Int64, in session: IngestSession) throws(IngestError) -> [StoredCapture] {
    guard !session.isNew else { return [] }
    return try storing { () throws(StoreError) in
      try session.withDatabase { (database) throws(StoreError) in try database.captureCandidates(size: size) }
    }.filter { $0.filter == options.filter }
  }

  private func digest(of reader: CaptureReader) throws(IngestError) -> String {
    do throws(CaptureFileError) {
      return try FileDigest.sha256(ofFileAt: reader.path).sha256
    } catch {
      throw .capture(error)
    }
  }

  /// Throws where what came through a pipe, which could not be compared before it was read, is in the database already.
  private func refuseDuplicate(
    _ capture: StoredCapture, of read: [ReadCapture], in session: IngestSession
  ) throws(IngestError) {
    var twin = read.first { $0.capture.sha256 == capture.sha256 }?.capture
    if twin == nil, !session.isNew {
      let filter = options.filter
      twin = try storing { () throws(StoreError) in
        try session.withDatabase { (database) throws(StoreError) in
          try database.capture(sha256: capture.sha256, filter: filter)
        }
      }
    }
    if let twin { throw .duplicate(path: capture.path, first: twin.path) }
  }

  /// Reads one capture, whose rows go behind those of `state`, and returns it with the state that it leaves.
  private func ingest(
    _ reader: CaptureReader, behind state: StoredState, into session: IngestSession
  ) throws(IngestError) -> (ReadCapture, StoredState) {
    let run = CaptureRun(
      reader: reader, captureID: (state.lastIDs["captures"] ?? 0) + 1, state: state,
      pipeline: IngestPipeline(session: session), options: options, onProgress: onProgress, isCancelled: isCancelled)
    let (capture, diagnostics) = try run.run()
    let read = ReadCapture(
      capture: capture, diagnostics: diagnostics, reversedFlows: run.reversedFlows, mayRepeatNames: run.mayRepeatNames)
    return (read, run.endState)
  }
}
