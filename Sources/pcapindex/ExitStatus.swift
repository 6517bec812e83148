import ArgumentParser

/// How the program ends.
enum ExitStatus {
  /// The input was bad or partly unreadable.
  static let badInput = ExitCode(1)
  /// Wrong usage.
  static let usage = ExitCode(2)
  /// Stopped by SIGINT or SIGTERM; what was read until then is in the database.
  static let interrupted = ExitCode(130)
}
