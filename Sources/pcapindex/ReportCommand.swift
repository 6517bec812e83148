import ArgumentParser
import Glibc
import Report
import Store

/// `pcapindex report DATABASE -o FILE`
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write a page about a database, to read, print and hand over.",
    usage: """
      pcapindex report [DATABASE] [-o FILE] [--title TITLE] [--secrets] [--rows N] [--capture N] [--queries DIR]...
      """,
    discussion: """
      One HTML file that needs no network and runs no scripts: the captures and what they lack, traffic over time, \
      protocols, top talkers, unknown addresses with the evidence, conspicuous traffic, logins in the clear, tokens, files, \
      DNS, TLS and diagnostics. Each number links to the query that made it, with its SQL and command line. Secrets are \
      hidden, wherever they stand, unless --secrets is given. The same database gives the same bytes.

      FILE is written whole or not at all. A report that stands there is replaced, any other file only with --force. \
      Without -o, or with -o -, the page goes to standard output. Without DATABASE it is $PCAPINDEX_DATABASE, else the \
      only pcapindex database in the current folder.

      Examples:
        pcapindex report case.sqlite -o case.html
        pcapindex report case.sqlite -o case.html --title 'Phone of 21 November'
        pcapindex report case.sqlite --capture 2 --rows 100 > monday.html
      """)

  @Argument(help: ArgumentHelp("The database.", valueName: "DATABASE"))
  var database: String?

  @Option(name: [.short, .long], help: ArgumentHelp("The file to write; - for standard output.", valueName: "FILE"))
  var output: String?

  @Option(help: ArgumentHelp("The page's heading.", valueName: "TITLE"))
  var title: String?

  @Flag(help: "Show passwords, hashes and tokens. The file is then readable by its owner only.")
  var secrets = false

  @Option(
    help: ArgumentHelp(
      "Most rows of a table, up to \(ReportLimits.mostRows); the page says how many more there are.", valueName: "N"))
  var rows = ReportLimits.rows

  @Option(help: ArgumentHelp("Only this capture, a number of captures.id.", valueName: "N"))
  var capture: Int64?

  @Option(
    help: ArgumentHelp(
      "A folder of your own queries, NAME.sql; one with the name of a query of the report takes its place.",
      valueName: "DIR"))
  var queries: [String] = []

  @Flag(help: "Replace whatever file stands in FILE's place.")
  var force = false

  func validate() throws {
    guard (1...ReportLimits.mostRows).contains(rows) else {
      throw ValidationError("--rows is a number from 1 to \(ReportLimits.mostRows)")
    }
  }

  func run() throws {
    let file = output == "-" ? nil : output
    if file == nil, Terminal.outputIsTerminal {
      throw Failure.usage(
        "the page is HTML and not for the screen: name a file, as in 'pcapindex report -o report.html'")
    }
    do throws(StoreError) {
      let path = if let database { database } else { try DatabaseFinder.find() }
      let place = try file.map { file throws(StoreError) in
        try OutputFile(
          file, beginning: Report.beginning.description, kind: "a report of pcapindex; --force replaces it",
          replacesAny: force,
          isPrivate: secrets)
      }
      var catalog = QueryCatalog()
      for directory in queries { try catalog.add(directory: directory) }
      var options = ReportOptions(databaseName: ReportCommand.name(of: path), version: Pcapindex.version)
      options.title = title
      options.queryFolders = queries
      options.capture = capture
      options.showsSecrets = secrets
      options.rows = rows
      let page = try Report(of: Database(path: path, mode: .readOnly), catalog: catalog, options: options).page()
      if let place { try place.write(page) } else { Terminal.result(page) }
    } catch {
      throw error.reason == .usage ? Failure.usage(error) : Failure.input(error)
    }
  }

  /// The last part of a path: whose folder it lies in is nobody's business.
  private static func name(of path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }
}
