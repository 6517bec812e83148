import ArgumentParser
import Indexer
import Store

/// `pcapindex ingest CAPTURE... DATABASE`
struct IngestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ingest",
    abstract: "Read captures into a database.",
    usage:
      "pcapindex ingest [--filter EXPRESSION] [--allow FILE]... [--ring | --no-ring] [--quiet] CAPTURE... DATABASE",
    discussion: """
      Reads pcap and pcapng files, also compressed with gzip, zstd, lz4, xz or bzip2, '-' for standard input, and all \
      captures in a folder. A database that does not exist is made; one that exists gets the captures added, all of them or none. A capture that is cut off or damaged \
      is stored as far as it can be read: captures.status says so, and the exit status is 1. Ctrl-C stops it: what \
      was read until then is stored, and the exit status is 130.

      The files of a ring (dumpcap -b, tcpdump -C or -G) are taken in time order, and connections go on from one into the \
      next. Taken for one are captures of the same interfaces in the same folder whose names differ in numbers only, where \
      each begins when the one before it ends: no more than a minute later, or whenever where the names are those that \
      dumpcap or tcpdump -C give. Files that arrive later are captures of their own: give them all at once.

      Examples:
        pcapindex ingest trace.pcap case.sqlite
        pcapindex ingest monday.pcapng tuesday.pcapng.gz case.sqlite
        pcapindex ingest --filter 'tcp port 21' trace.pcap ftp.sqlite
        pcapindex ingest --allow whitelist.yaml trace.pcap case.sqlite
        pcapindex ingest /var/captures/ring case.sqlite
        tcpdump -w - -i eth0 | pcapindex ingest - live.sqlite
      """)

  @Argument(
    help: ArgumentHelp(
      "Captures and folders of captures to read, and last the database.", valueName: "CAPTURE... DATABASE"))
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

  @Flag(
    inversion: .prefixedNo,
    help: "Take all captures as the files of one ring, or none, instead of by their names, interfaces and times.")
  var ring: Bool?

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
    options.ring = ring.map { $0 ? .always : .never } ?? .automatic
    if !allow.isEmpty { options.allowList = try AllowCommand.load(allow) }
    let progress = ProgressBar()
    Interruption.watch()
    var ingest = Ingest(options)
    ingest.isCancelled = { Interruption.isRequested }
    if !quiet {
      ingest.onProgress = progress.show
      ingest.onNote = { note in
        progress.clear()
        Terminal.message("pcapindex: \(note.visible)\n")
      }
    }
    var skipped = 0
    ingest.onSkipped = { skipped = $0 }
    let summaries: [IngestSummary]
    do throws(IngestError) {
      summaries = try ingest.run()
      progress.clear()
    } catch {
      progress.clear()
      if case .filter = error { throw Failure.usage(error) }
      throw Failure.input(error)
    }
    try report(summaries, skipped: skipped)
  }

  /// Says what was stored, and what was not; throws the exit status where the input was not whole.
  private func report(_ summaries: [IngestSummary], skipped: Int) throws {
    var status = ExitCode.success
    for summary in summaries {
      let lost = summary.dropped
      let losses =
        lost == 0
        ? "" : "; \(lost) packet\(lost == 1 ? "" : "s") dropped by the capturing system (pcapindex query capture_drops)"
      let path = summary.path == "-" ? "standard input" : summary.path.visible
      let frames = "\(summary.frames) frame\(summary.frames == 1 ? "" : "s")"
      if let detail = summary.detail {
        Terminal.message("pcapindex: \(path): \(summary.status): \(detail.visible); \(frames) stored\(losses)\n")
        status = summary.status == "interrupted" ? ExitStatus.interrupted : ExitStatus.badInput
      } else if !quiet {
        let odd = summary.diagnostics
        let note = odd == 0 ? "" : "; \(odd) diagnostic\(odd == 1 ? "" : "s") (pcapindex query diagnostics)"
        Terminal.message("\(path): \(frames) from \(ProgressBar.size(summary.bytes))\(losses)\(note)\n")
      }
    }
    if skipped > 0 {
      Terminal.message("pcapindex: \(skipped) capture\(skipped == 1 ? " was" : "s were") not begun\n")
    }
    if status != .success { throw status }
  }
}
