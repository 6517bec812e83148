import Glibc

/// Lets each server be asked only so often.
struct RateLimiter {
  private let interval: Duration
  private var next: [ServerAddress: ContinuousClock.Instant] = [:]

  /// - Parameter rate: questions a second, above 0.
  init(rate: Double) { interval = .seconds(1 / max(rate, 0.001)) }

  /// Waits until `server` may be asked; false where the user wanted to stop meanwhile.
  mutating func wait(for server: ServerAddress, isCancelled: () -> Bool) -> Bool {
    while let time = next[server], time > ContinuousClock.now {
      if isCancelled() { return false }
      let left = (time - ContinuousClock.now).components
      let microseconds = left.seconds * 1_000_000 + left.attoseconds / 1_000_000_000_000
      usleep(UInt32(clamping: min(max(microseconds, 0), 100_000)))
    }
    next[server] = ContinuousClock.now + interval
    return !isCancelled()
  }
}
