import Glibc

/// The system's clock.
public enum WallClock {
  /// Nanoseconds since 1970-01-01 UTC.
  public static func now() -> Int64 {
    var time = timespec()
    // The C call takes the address of a local variable that outlives it.
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
