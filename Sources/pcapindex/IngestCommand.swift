import ArgumentParser
import Indexer
import Store

/// `pcapindex ingest CAPTURE... DATABASE`
struct IngestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ingest",
    abstract: "Read captures into a database.",
    usage: "pcapindex ingest [--filter EXPRESSION] [--allow FILE]... [--quiet] CAPTURE... DATABASE",
    discussion: """
      Reads pcap and pcapng files, also compressed with gzip, and '-' for standard input. A database that does not \
      exist is made; one that exists gets the captures added, all of them or none. A capture that is cut off or damaged \
      is stored as far as it can be read: captures.status says so, and the exit status is 1. Ctrl-C stops it: what \
      was read until then is stored, and the exit status is 130.

      Examples:
        pcapindex ingest trace.pcap case.sqlite
        pcapindex ingest monday.pcapng tuesday.pcapng.gz case.sqlite
        pcapindex ingest --filter 'tcp port 21' trace.pcap ftp.sqlite
        pcapindex ingest --allow whitelist.yaml trace.pcap case.sqlite
        tcpdump -w - -i eth0 | pcapindex ingest - live.sqlite
      """)

  @Argument(help: ArgumentHelp("Captures to read, and last the database.", valueName: "CAPTURE... DATABASE"))
  var files: [String] = []

  @Option(
    help: ArgumentHelp(
      "Store only frames that pass this libpcap filter, as tcpdump takes it. Frames keep their numbers.",
      valueName: "EXPRESSION"))
  var filter: String?

  @Option(
    help: ArgumentHelp(
      "Load an allow list in pcapan's format as well (see 'pcapindex help allow'). May be repeated.",
      valueName: "FILE"))
  var allow: [String] = []

  @Flag(name: [.short, .long], help: "Say nothing when all went well.")
  var quiet = false

  func validate() throws {
    guard files.count >= 2 else {
      throw ValidationError(
        "name at least one capture and, last, the database: pcapindex ingest trace.pcap case.sqlite")
    }
  }

  func run() throws {
    guard let database = files.last else { return }
    var options = IngestOptions(
      captures: Array(files.dropLast()), database: database, filter: filter, version: Pcapindex.version)
    if !allow.isEmpty { options.allowList = try AllowCommand.load(allow) }
    let progress = ProgressBar()
    Interruption.watch()
    var ingest = Ingest(options)
    ingest.isCancelled = { Interruption.isRequested }
    if !quiet { ingest.onProgress = progress.show }
    let summaries: [IngestSummary]
    do throws(IngestError) {
      summaries = try ingest.run()
      progress.clear()
    } catch {
      progress.clear()
      if case .filter = error { throw Failure.usage(error) }
      throw Failure.input(error)
    }
    try report(summaries)
  }

  /// Says what was stored, and what was not; throws the exit status where the input was not whole.
  private func report(_ summaries: [IngestSummary]) throws {
    var status = ExitCode.success
    for summary in summaries {
      let path = summary.path == "-" ? "standard input" : summary.path.visible
      let frames = "\(summary.frames) frame\(summary.frames == 1 ? "" : "s")"
      if let detail = summary.detail {
        Terminal.message("pcapindex: \(path): \(summary.status): \(detail.visible); \(frames) stored\n")
        status = summary.status == "interrupted" ? ExitStatus.interrupted : ExitStatus.badInput
      } else if !quiet {
        let odd = summary.diagnostics
        let note = odd == 0 ? "" : "; \(odd) diagnostic\(odd == 1 ? "" : "s") (pcapindex query diagnostics)"
        Terminal.message("\(path): \(frames) from \(ProgressBar.size(summary.bytes))\(note)\n")
      }
    }
    let skipped = files.count - 1 - summaries.count
    if skipped > 0 {
      Terminal.message("pcapindex: \(skipped) capture\(skipped == 1 ? " was" : "s were") not begun\n")
    }
    if status != .success { throw status }
  }
}
