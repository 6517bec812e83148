import ArgumentParser
import Glibc
import Store

/// `pcapindex triage [DATABASE]`
struct TriageCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "triage",
    abstract: "Walk through the addresses that nothing explains, and write rules for them.",
    usage: "pcapindex triage [--rules FILE.yaml] [--order ORDER] [--cutoff BYTES] [--any-name] [--noted] [DATABASE]",
    discussion: """
      Shows one unknown address after the other with what the captures say of it, and asks what to do: a key allows it \
      (its network, a host name, an ending of names or a domain), notes it, or skips it. Each decision goes into the \
      database and into the file at once, so that the addresses that the rule clears too are not asked for. u takes \
      the last decision back, ? explains the keys, q ends; Ctrl-C does too, and what was decided stays.

      The rules are added to FILE.yaml, an allow list as 'pcapindex allow' reads it: comments and order stay as they \
      are. It is made if it does not exist, and its rules are loaded first. Without --rules, decisions go into the \
      database only.

      Where standard input is no terminal, a line stands for each key and each text.

      Examples:
        pcapindex triage case.sqlite --rules whitelist.yaml
        pcapindex triage case.sqlite --rules whitelist.yaml --order first
        pcapindex triage case.sqlite --cutoff 1000 --any-name
        printf '%s\\n' n i 'rented server' q | pcapindex triage case.sqlite
      """)

  @Option(help: ArgumentHelp("The allow list that decisions are written to.", valueName: "FILE.yaml"))
  var rules: String?

  @Option(
    help: ArgumentHelp("Which addresses come first: bytes (most), first (seen earliest), address.", valueName: "ORDER"))
  var order: TriageOrder = .bytes

  @Option(help: ArgumentHelp("Leave out addresses with fewer bytes.", valueName: "BYTES"))
  var cutoff: Int64 = 0

  @Flag(help: "Leave out addresses of which one name is allowed; else all names must be.")
  var anyName = false

  @Flag(help: "Walk through addresses in noted networks too.")
  var noted = false

  @Argument(help: ArgumentHelp("The database.", valueName: "DATABASE"))
  var database: String?

  func run() throws {
    Interruption.watch()
    do throws(StoreError) {
      let path = if let database { database } else { try DatabaseFinder.find() }
      let opened = try Database(path: path, mode: .readWrite)
      var triage = try Triage(
        book: RuleBook(opened, file: rules),
        addresses: UnknownAddresses(opened, order: order, cutoff: cutoff, anyName: anyName, noted: noted),
        file: rules)
      try triage.run()
    } catch {
      throw Failure.input(error)
    }
    if Interruption.isRequested { throw ExitStatus.interrupted }
  }
}

/// Which unknown addresses come first.
enum TriageOrder: String, CaseIterable, ExpressibleByArgument {
  /// Most IP bytes first.
  case bytes
  /// Seen earliest first.
  case first
  /// Lowest address first.
  case address
}
