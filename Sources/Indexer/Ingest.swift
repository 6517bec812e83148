import CaptureFiles
import Store

/// Reads captures into a database: all of them in one transaction, decoding on the calling thread, analysing on another and storing on a third.
///
/// Nothing is stored when it throws; a database that existed is then as it was. A capture that is damaged is stored as
/// far as it could be read.
public struct Ingest {
  private let options: IngestOptions
  /// Hears how far it has come, a few times a second at most in usual captures.
  public var onProgress: (IngestProgress) -> Void = { _ in }
  /// Hears, in a line, of each file that was passed over in a folder.
  public var onNote: (String) -> Void = { _ in }
  /// Hears, after an interruption, how many captures were not begun.
  public var onSkipped: (Int) -> Void = { _ in }
  /// Asked now and then whether to stop; what was read until then is stored.
  public var isCancelled: () -> Bool = { false }

  /// An ingest as `options` ask for.
  public init(_ options: IngestOptions) {
    self.options = options
  }

  /// Does it.
  ///
  /// - Returns: what became of each capture, in the order of `captures.id`. After an interruption the captures that were not
  ///   begun are absent.
  public func run() throws(IngestError) -> [IngestSummary] {
    var sources = try openCaptures()
    let session = try storing { () throws(StoreError) in try IngestSession(path: options.database) }
    session.prepare()
    do throws(IngestError) {
      sources = try refuseDuplicates(sources, in: session)
      var state = try storedState(in: session)
      var read: [ReadCapture] = []
      for chain in CaptureChain.chains(sources, options.ring) {
        var rest = chain.sources[...]
        while !rest.isEmpty, read.last?.capture.status != "interrupted" {
          let (captures, end) = try ingest(&rest, of: chain, behind: state, into: session)
          for capture in captures {
            try refuseDuplicate(capture.capture, of: read, in: session)
            read.append(capture)
          }
          state = end
        }
      }
      let captures = read
      try storing { [options] () throws(StoreError) in
        try session.withDatabase { (database) throws(StoreError) in
          for capture in captures { try capture.store(into: database) }
          for ring in Ingest.rings(captures) { try database.shareNames(ofCaptures: ring) }
        }
        if let allowList = options.allowList {
          try session.withDatabase { (database) throws(StoreError) in try allowList.store(into: database) }
        }
        try session.commit()
      }
      if captures.count < sources.count { onSkipped(sources.count - captures.count) }
      return captures.map(\.summary)
    } catch {
      session.rollBack()
      throw error
    }
  }

  /// The rows of `captures` from the first to the last file of each ring.
  private static func rings(_ captures: [ReadCapture]) -> [ClosedRange<Int64>] {
    var rings: [ClosedRange<Int64>] = []
    for capture in captures.map(\.capture) {
      guard let first = capture.ringID, first <= capture.id else { continue }
      if rings.last?.lowerBound == first { rings.removeLast() }
      rings.append(first...capture.id)
    }
    return rings
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
  private func openCaptures() throws(IngestError) -> [CaptureSource] {
    var paths: [(path: String, folder: String?)] = []
    for path in options.captures {
      guard path != CaptureReader.standardInput, CaptureFolder.isFolder(path) else {
        paths.append((path, nil))
        continue
      }
      do throws(CaptureFileError) {
        paths += try CaptureFolder.files(in: path).map { ($0, path) }
      } catch {
        throw .capture(error)
      }
    }
    var sources: [CaptureSource] = []
    var passedOver: [String: [String]] = [:]
    for (path, folder) in paths {
      do throws(CaptureFileError) {
        sources.append(
          try CaptureSource(
            path: path, isFromFolder: folder != nil, isAlone: paths.count == 1, shouldStop: isCancelled))
      } catch {
        guard let folder, error.isAboutContent else { throw .capture(error) }
        passedOver[folder, default: []].append(path)
        onNote("passed over \(error)")
      }
    }
    for folder in options.captures where folder != CaptureReader.standardInput && CaptureFolder.isFolder(folder) {
      let found = paths.count { $0.folder == folder }
      if found == passedOver[folder]?.count ?? 0 { throw .emptyFolder(path: folder) }
    }
    return sources
  }

  /// Throws where a file is in the database already, or is given twice; one that was found in a folder is passed over then. Only
  /// files of equal size are read for it.
  private func refuseDuplicates(
    _ sources: [CaptureSource], in session: IngestSession
  ) throws(IngestError) -> [CaptureSource] {
    var given: [Int64: [(path: String, digest: String?)]] = [:]
    var kept: [CaptureSource] = []
    for source in sources {
      guard let size = source.size else {
        kept.append(source)
        continue
      }
      let candidates = try candidates(size: size, in: session)
      if let error = try duplicate(source, among: candidates, and: &given[size, default: []]) {
        guard source.isFromFolder else { throw error }
        onNote("passed over \(error)")
      } else {
        kept.append(source)
      }
    }
    if kept.isEmpty { throw .nothingNew }
    return kept
  }

  /// Why `source` is not to be read, of captures with its size `stored` before and `given` before it; nil: it is new.
  private func duplicate(
    _ source: CaptureSource, among stored: [StoredCapture], and given: inout [(path: String, digest: String?)]
  ) throws(IngestError) -> IngestError? {
    guard !stored.isEmpty || !given.isEmpty else {
      given.append((source.path, nil))
      return nil
    }
    let digest = try digest(ofFileAt: source.path)
    if let stored = stored.first(where: { $0.sha256 == digest }) {
      return .duplicate(path: source.path, first: stored.path)
    }
    for index in given.indices {
      let known = if let digest = given[index].digest { digest } else { try self.digest(ofFileAt: given[index].path) }
      given[index].digest = known
      if known == digest { return .givenTwice(path: source.path, first: given[index].path) }
    }
    given.append((source.path, digest))
    return nil
  }

  /// Captures in the database that were read with the same filter and have this size.
  private func candidates(size: Int64, in session: IngestSession) throws(IngestError) -> [StoredCapture] {
    guard !session.isNew else { return [] }
    return try storing { () throws(StoreError) in
      try session.withDatabase { (database) throws(StoreError) in try database.captureCandidates(size: size) }
    }.filter { $0.filter == options.filter }
  }

  private func digest(ofFileAt path: String) throws(IngestError) -> String {
    do throws(CaptureFileError) {
      return try FileDigest.sha256(ofFileAt: path).sha256
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

  /// Reads the first of `rest`, and those of the chain that go on where it ends, and takes them away. Their rows go behind those
  /// of `state`; returns them with the state that they leave.
  private func ingest(
    _ rest: inout ArraySlice<CaptureSource>, of chain: CaptureChain, behind state: StoredState,
    into session: IngestSession
  ) throws(IngestError) -> ([ReadCapture], StoredState) {
    guard let first = rest.popFirst() else { return ([], state) }
    let run = CaptureRun(
      reader: try open(first), captureID: (state.lastIDs["captures"] ?? 0) + 1, state: state,
      store: IngestPipeline(session: session), options: options, onProgress: onProgress, isCancelled: isCancelled)
    var left = rest
    var read = try run.run { (latest) throws(IngestError) in
      guard let next = left.first, chain.follows(left.startIndex, latest: latest) else { return nil }
      left.removeFirst()
      return try open(next)
    }
    rest = left
    if read.count > 1 {
      for index in read.indices { read[index].capture.ringID = read[0].capture.id }
    }
    read[read.count - 1].reversedFlows = run.reversedFlows
    return (read, run.endState)
  }

  private func open(_ source: CaptureSource) throws(IngestError) -> CaptureReader {
    do throws(CaptureFileError) { return try source.reader(shouldStop: isCancelled) } catch { throw .capture(error) }
  }
}
