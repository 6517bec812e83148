import Dispatch
import Synchronization

/// A bounded queue between the thread that decodes and one that stores, with the session's connection at its end.
///
/// Batches are written in the order in which they are submitted; emptied ones go back to be filled again. While it runs
/// it is alone with the session's rows; `finish` ends it.
public final class IngestPipeline: Sendable {
  /// Batches that may wait or be written at once, which bounds memory and evens out the two threads.
  static let depth = 4

  private let channel: Channel

  /// Starts the storing thread for `session`.
  public init(session: IngestSession) {
    let channel = Channel(session: session)
    self.channel = channel
    DispatchQueue(label: "pcapindex.store").async { channel.run() }
  }

  /// Without `finish` what still waits is dropped, and the storing thread lets go of the session.
  deinit {
    channel.close(dropping: true)
    channel.waitUntilStopped()
  }

  /// Hands `batch` over and returns an empty one of the same capture. Waits while too many are under way.
  ///
  /// Throws the error that storing an earlier batch met; nothing is stored from then on.
  public func submit(_ batch: consuming IngestBatch) throws(StoreError) -> IngestBatch {
    try channel.submit(batch)
  }

  /// Waits until all that was submitted is stored, and throws the first error that was met.
  public func finish() throws(StoreError) {
    channel.close(dropping: false)
    channel.waitUntilStopped()
    if let error = channel.error { throw error }
  }

  /// The queue itself, which outlives the pipeline for as long as the storing thread needs it.
  private final class Channel: Sendable {
    private struct State {
      var session: IngestSession?
      var waiting: [IngestBatch] = []
      var emptied: [IngestBatch] = []
      var error: StoreError?
      var isClosed = false
    }

    private let state: Mutex<State>
    private let free = DispatchSemaphore(value: 0)
    private let filled = DispatchSemaphore(value: 0)
    private let stopped = DispatchSemaphore(value: 0)

    init(session: IngestSession) {
      state = Mutex(State(session: session))
      // Counted up from 0: a semaphore must not be released below the value that it began with.
      for _ in 0..<IngestPipeline.depth { free.signal() }
    }

    var error: StoreError? { state.withLock { $0.error } }

    func submit(_ batch: consuming IngestBatch) throws(StoreError) -> IngestBatch {
      free.wait()
      let captureID = batch.captureID
      let full = batch
      let (empty, error) = state.withLock { state in
        if state.error == nil { state.waiting.append(full) }
        return (state.emptied.popLast(), state.error)
      }
      if let error {
        free.signal()
        throw error
      }
      filled.signal()
      var next = empty ?? IngestBatch(captureID: captureID)
      next.captureID = captureID
      return next
    }

    func close(dropping: Bool) {
      let isFirst = state.withLock { state in
        if dropping { state.waiting.removeAll() }
        defer { state.isClosed = true }
        return !state.isClosed
      }
      if isFirst { filled.signal() }
    }

    func waitUntilStopped() {
      stopped.wait()
      stopped.signal()
    }

    /// The storing thread's work, until the queue is closed and empty.
    func run() {
      while let (session, batch) = next() { giveBack(batch, storing: session) }
      state.withLock { $0.session = nil }
      stopped.signal()
    }

    private func next() -> (IngestSession, IngestBatch)? {
      filled.wait()
      return state.withLock { state in
        guard let session = state.session, !state.waiting.isEmpty else { return nil }
        return (session, state.waiting.removeFirst())
      }
    }

    private func giveBack(_ batch: consuming IngestBatch, storing session: IngestSession) {
      if error == nil {
        do throws(StoreError) {
          try session.write(batch)
        } catch {
          state.withLock { $0.error = error }
        }
      }
      batch.removeAll()
      let empty = batch
      state.withLock { $0.emptied.append(empty) }
      free.signal()
    }
  }
}
