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
    usage: """
      pcapindex ingest CAPTURE... DATABASE
      pcapindex query [NAME [DATABASE]]
      pcapindex allow FILE... DATABASE
      pcapindex triage [DATABASE]
      pcapindex ranges FILE... DATABASE
      pcapindex owners FILE... DATABASE
      pcapindex report DATABASE [-o FILE]
      pcapindex datasette DATABASE [-o FILE]
      """,
    discussion: """
      Examples:
        pcapindex ingest trace.pcap case.sqlite      read a capture
        pcapindex query                              list the questions
        pcapindex query unknown_ips case.sqlite      get one answered
        pcapindex triage case.sqlite --rules w.yaml  explain what is left
        pcapindex report case.sqlite -o case.html    write a page about it
        sqlite3 case.sqlite                          or ask in SQL

      Exit status: 0 done, 1 the input was bad or partly unreadable, 2 wrong usage, 130 interrupted.
      """,
    version: version,
    subcommands: [
      IngestCommand.self, QueryCommand.self, AllowCommand.self, TriageCommand.self, RangesCommand.self,
      OwnersCommand.self, ReportCommand.self, DatasetteCommand.self,
    ])

  static func main() {
    // A reader that has seen enough (`| head`) is told by the failing write, not by a signal.
    signal(SIGPIPE, SIG_IGN)
    // So is one whom `ulimit -f` stops: the database is then taken back instead of left half-made.
    signal(SIGXFSZ, SIG_IGN)
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

  /// Text that ends with one line end.
  private static func lines(_ text: String) -> String { text.hasSuffix("\n") ? text : text + "\n" }

  /// Ends the program on what ArgumentParser threw: a help text on standard output, or a usage error.
  private static func leave(_ error: any Error) -> Never {
    let status = exitCode(for: error)
    let message = fullMessage(for: error)
    if status.isSuccess {
      if !message.isEmpty { Terminal.result(lines(message)) }
      Glibc.exit(0)
    }
    let label = "Error: "
    let text = message.hasPrefix(label) ? "pcapindex: " + message.dropFirst(label.count) : message
    if !text.isEmpty { Terminal.message(lines(text)) }
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
