import ArgumentParser
import Glibc
import Store

/// `pcapindex allow FILE... DATABASE`, and `--list`, `--check`, `--remove`.
struct AllowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "allow",
    abstract: "Load allow lists: what the analyst can explain. List, check and remove their rules.",
    usage: """
      pcapindex allow FILE... DATABASE
      pcapindex allow --list [--format FORMAT] [DATABASE]
      pcapindex allow --check ADDRESS_OR_NAME [--format FORMAT] [DATABASE]
      pcapindex allow --remove RULE... [DATABASE]
      """,
    discussion: """
      Reads pcapan's YAML format: 'dns', 'allow' and 'su' map addresses or networks (IPv4 or IPv6) to labels, \
      'okhosts', 'oksuffixes' and 'okdomains' list host names, endings of host names and registered domains. A wrong \
      entry is an error with its file and line, and loads nothing. An entry that the database has already gets the new \
      label.

          dns:
            8.8.8.8: main
          allow:
            125.209.192.0/18: line
          okhosts:
            - twitter.com
          oksuffixes:
            - .amazon.com
          okdomains:
            - example.co.uk     # a comment behind a name is its label
          su:
            3.0.0.0/9: amazon

      --check exits with 0 if the address or name is explained, with 1 if it is not. --remove takes rules out of the \
      database; files stay as they are.

      Without DATABASE, --list, --check and --remove take $PCAPINDEX_DATABASE, else the only pcapindex database in the \
      current folder.

      Examples:
        pcapindex allow whitelist.yaml case.sqlite
        pcapindex allow --list case.sqlite
        pcapindex allow --list case.sqlite --format csv > rules.csv
        pcapindex allow --check 45.77.12.34 case.sqlite
        pcapindex allow --check login.example.com case.sqlite
        pcapindex allow --remove 45.77.12.0/24 --remove .example.com case.sqlite
        pcapindex query unknown_ips case.sqlite
      """)

  @Flag(help: "Show the rules, and how many addresses each clears or notes.")
  var list = false

  @Option(
    help: ArgumentHelp("Show which rules clear it, and which would not.", valueName: "ADDRESS_OR_NAME"))
  var check: String?

  @Option(
    help: ArgumentHelp(
      "Remove the rules of a network, address, host name, ending or domain. May be repeated.", valueName: "RULE"))
  var remove: [String] = []

  @Option(help: ArgumentHelp("How rows are written, as in 'pcapindex query'.", valueName: "FORMAT"))
  var format: OutputFormat?

  @Argument(help: ArgumentHelp("Allow lists, and last the database.", valueName: "FILE... DATABASE"))
  var files: [String] = []

  func validate() throws {
    let modes = (list ? 1 : 0) + (check == nil ? 0 : 1) + (remove.isEmpty ? 0 : 1)
    guard modes <= 1 else { throw ValidationError("--list, --check and --remove are asked for one at a time") }
    if modes == 1 {
      guard files.count <= 1 else {
        throw ValidationError("one database at a time: \(files.map(\.visible).joined(separator: " and "))")
      }
    } else {
      guard format == nil else { throw ValidationError("--format belongs to --list and --check") }
      guard files.count >= 2 else {
        throw ValidationError(
          "name at least one allow list and, last, the database: pcapindex allow list.yaml case.sqlite")
      }
    }
    if !remove.isEmpty, format != nil { throw ValidationError("--format belongs to --list and --check") }
  }

  /// Reads allow lists; a wrong entry ends the program.
  static func load(_ files: [String]) throws -> AllowList {
    do throws(AllowListError) { return try AllowList.load(files) } catch { throw Failure.input(error) }
  }

  func run() throws {
    do throws(StoreError) {
      if list { return try showRules() }
      if let check { return try show(check) }
      if !remove.isEmpty { return try removeRules() }
    } catch {
      throw error.reason == .usage ? Failure.usage(error) : Failure.input(error)
    }
    try loadFiles()
  }

  private func loadFiles() throws {
    guard let path = files.last else { return }
    let list = try AllowCommand.load(Array(files.dropLast()))
    do throws(StoreError) {
      try list.store(into: Database(path: path, mode: .readWrite))
    } catch {
      throw Failure.input(error)
    }
    let networks = list.networks.count
    let hosts = list.hosts.count
    Terminal.message(
      """
      \(path.visible): \(networks) network\(networks == 1 ? "" : "s") and \(hosts) host name\(hosts == 1 ? "" : "s") loaded

      """)
  }

  /// The database that a command means, opened.
  private func open(_ mode: Database.Mode) throws(StoreError) -> Database {
    let path = if let named = files.first { named } else { try DatabaseFinder.find() }
    return try Database(path: path, mode: mode)
  }

  private func output(_ columns: [String]) -> RowOutput {
    let screen = Terminal.width(of: STDOUT_FILENO)
    return RowOutput(
      format: format ?? (screen == nil ? .tsv : .table), columns: columns, screen: format == nil ? screen : nil)
  }

  /// The query allow_rules.
  private func showRules() throws(StoreError) {
    let run = try QueryRun(QueryCatalog().query(named: "allow_rules"), on: open(.readOnly))
    var output = output(run.columns)
    while let row = try run.next() { output.add(row) }
    output.finish()
    if output.count == 0 { Terminal.message("no rules; 'pcapindex allow FILE DATABASE' loads some\n") }
  }

  private func show(_ subject: String) throws(StoreError) {
    let check = try RuleCheck(subject, in: open(.readOnly))
    var output = output(["clears", "section", "rule", "label", "source", "why"])
    for finding in check.findings {
      output.add([
        .text(finding.clears ? "yes" : "no"), .text(finding.section), .text(finding.rule),
        finding.label.map(QueryValue.text) ?? .null, finding.source.map(QueryValue.text) ?? .null, .text(finding.why),
      ])
    }
    output.finish()
    Terminal.message(
      "\(subject.visible): \(check.isExplained ? "explained" : "not explained"): \(check.reason.visible)\n")
    if !check.isExplained { Glibc.exit(ExitStatus.badInput.rawValue) }
  }

  private func removeRules() throws(StoreError) {
    let book = try RuleBook(open(.readWrite), file: nil)
    var isMissing = false
    for pattern in remove {
      let removed = try book.remove(pattern)
      for (rule, source) in removed {
        let label = rule.label.map { " (\($0.visible))" } ?? ""
        Terminal.message("removed \(rule.section) \(rule.pattern.visible)\(label), which came from \(source.visible)\n")
      }
      if removed.isEmpty {
        isMissing = true
        Terminal.message("pcapindex: \(pattern.visible): no such rule; 'pcapindex allow --list' shows them\n")
      }
    }
    if isMissing { Glibc.exit(ExitStatus.badInput.rawValue) }
  }
}
