import Glibc
import Synchronization

/// Ctrl-C: asked for once, the work stops at the next good place; twice, the program ends.
enum Interruption {
  private static let requested = Atomic<Bool>(false)

  /// Whether it was asked for.
  static var isRequested: Bool { requested.load(ordering: .relaxed) }

  /// Takes SIGINT and SIGTERM over.
  static func watch() {
    // Made here, not by the handler.
    _ = isRequested
    for number in [SIGINT, SIGTERM] {
      signal(number) { number in
        // Only what is safe in a signal handler: an atomic exchange, or leaving.
        if Interruption.requested.exchange(true, ordering: .relaxed) { _exit(128 + number) }
      }
    }
  }
}
