import ArgumentParser
import Glibc

/// The command line.
@main
struct Pcapindex: ParsableCommand {
  /// Of this program, as `captures.version` holds it.
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "pcapindex",
    abstract: "Reads network captures once and leaves one SQLite file in which questions are queries.",
    discussion: """
      Examples:
        pcapindex ingest trace.pcap case.sqlite      read a capture into a database
        pcapindex query                              list the questions that it answers
        pcapindex query unknown_ips case.sqlite      which addresses can nobody explain?
        sqlite3 case.sqlite < queries/unknown_ips.sql

      Exit status: 0 done, 1 the input was bad or partly unreadable, 2 wrong usage, 130 interrupted.
      """,
    version: version,
    subcommands: [IngestCommand.self, QueryCommand.self, AllowCommand.self])

  static func main() {
    // A reader that has seen enough (`| head`) is told by the failing write, not by a signal.
    signal(SIGPIPE, SIG_IGN)
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let failure as Failure {
      Terminal.message("pcapindex: \(failure.message.visible)\n")
      Glibc.exit(failure.status.rawValue)
    } catch {
      leave(error)
    }
  }

  /// Ends the program on what ArgumentParser threw: a help text on standard output, or a usage error.
  private static func leave(_ error: any Error) -> Never {
    let status = exitCode(for: error)
    let message = fullMessage(for: error)
    if status.isSuccess {
      if !message.isEmpty { Terminal.write(message + "\n", to: STDOUT_FILENO) }
      Glibc.exit(0)
    }
    if !message.isEmpty { Terminal.message(message + "\n") }
    Glibc.exit(status == .validationFailure ? ExitStatus.usage.rawValue : status.rawValue)
  }
}

/// A failure with its one line and the exit status that it means.
struct Failure: Error {
  let message: String
  let status: ExitCode

  /// The input was bad: `reason` names the file and why.
  static func input(_ reason: some CustomStringConvertible) -> Failure {
    Failure(message: reason.description, status: ExitStatus.badInput)
  }

  /// The command line was wrong.
  static func usage(_ reason: some CustomStringConvertible) -> Failure {
    Failure(message: reason.description, status: ExitStatus.usage)
  }
}
