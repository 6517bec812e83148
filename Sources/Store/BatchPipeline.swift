import Dispatch
import Synchronization

/// A bounded queue between a thread that fills batches and another that works on them.
///
/// Batches are worked on in the order in which they are submitted; emptied ones go back to be filled again. `finish` ends it.
public final class BatchPipeline<Batch: Reusable & Sendable, Failure: Error>: Sendable {
  /// Works on one batch.
  public typealias Work = @Sendable (inout Batch) throws(Failure) -> Void

  private let channel: Channel

  /// Starts a thread that does `work` with one batch after the other.
  ///
  /// - Parameters:
  ///   - label: the thread's name in debuggers.
  ///   - depth: batches that may wait or be worked on at once, which bounds memory and evens out the two threads.
  ///   - empty: makes an empty batch.
  ///   - work: what is done; after its first error no more.
  public init(label: String, depth: Int, empty: @escaping @Sendable () -> Batch, work: @escaping Work) {
    let channel = Channel(depth: depth, empty: empty, work: work)
    self.channel = channel
    DispatchQueue(label: label).async { channel.run() }
  }

  /// Without `finish` what still waits is dropped, and the working thread lets go of what it works with.
  deinit {
    channel.close(dropping: true)
    channel.waitUntilStopped()
  }

  /// Hands `batch` over, which is then an emptied one. Waits while too many are under way.
  ///
  /// Throws the error that an earlier batch met; nothing is worked on from then on.
  public func submit(_ batch: inout Batch) throws(Failure) {
    try channel.submit(&batch)
  }

  /// Waits until all that was submitted is worked on, and throws the first error that was met. More may be submitted then.
  public func drain() throws(Failure) {
    channel.drain()
    if let error = channel.error { throw error }
  }

  /// Waits until all that was submitted is worked on, ends the thread, and throws the first error that was met.
  public func finish() throws(Failure) {
    channel.close(dropping: false)
    channel.waitUntilStopped()
    if let error = channel.error { throw error }
  }

  /// A batch on its way. Batches are exchanged for one another, never copied, so that nobody else holds the memory of one that is
  /// emptied to be filled again.
  private final class Parcel: Sendable {
    let batch: Mutex<Batch>

    init(_ batch: Batch) {
      self.batch = Mutex(batch)
    }
  }

  /// The queue itself, which outlives the pipeline for as long as the working thread needs it.
  private final class Channel: Sendable {
    private struct State {
      var work: Work?
      var waiting: [Parcel] = []
      var emptied: [Parcel] = []
      var error: Failure?
      var isClosed = false
    }

    private let state: Mutex<State>
    private let depth: Int
    private let empty: @Sendable () -> Batch
    private let free = DispatchSemaphore(value: 0)
    private let filled = DispatchSemaphore(value: 0)
    private let stopped = DispatchSemaphore(value: 0)

    init(depth: Int, empty: @escaping @Sendable () -> Batch, work: @escaping Work) {
      state = Mutex(State(work: work))
      self.depth = depth
      self.empty = empty
      // Counted up from 0: a semaphore must not be released below the value that it began with.
      for _ in 0..<depth { free.signal() }
    }

    var error: Failure? { state.withLock { $0.error } }

    func submit(_ batch: inout Batch) throws(Failure) {
      free.wait()
      let parcel = state.withLock { $0.emptied.popLast() } ?? Parcel(empty())
      parcel.batch.withLock { swap(&$0, &batch) }
      let error = state.withLock { state in
        if state.error == nil { state.waiting.append(parcel) }
        return state.error
      }
      if let error {
        free.signal()
        throw error
      }
      filled.signal()
    }

    /// All are free when none is under way.
    func drain() {
      for _ in 0..<depth { free.wait() }
      for _ in 0..<depth { free.signal() }
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

    /// The working thread's way, until the queue is closed and empty.
    func run() {
      while let (work, parcel) = next() {
        parcel.batch.withLock { batch in
          if error == nil {
            do throws(Failure) {
              try work(&batch)
            } catch {
              state.withLock { $0.error = error }
            }
          }
          batch.removeAll()
        }
        state.withLock { $0.emptied.append(parcel) }
        free.signal()
      }
      state.withLock { $0.work = nil }
      stopped.signal()
    }

    private func next() -> (Work, Parcel)? {
      filled.wait()
      return state.withLock { state in
        guard let work = state.work, !state.waiting.isEmpty else { return nil }
        return (work, state.waiting.removeFirst())
      }
    }
  }
}
