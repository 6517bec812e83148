import ArgumentParser
import Glibc
import Store

/// `pcapindex query [NAME [DATABASE]]`
struct QueryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "query",
    abstract: "Run a canned query; without a name, list them with the questions that they answer.",
    usage: "pcapindex query [NAME [DATABASE]] [--PARAMETER VALUE]... [--format FORMAT] [--queries DIR]",
    discussion: """
      Without DATABASE it is $PCAPINDEX_DATABASE, else the only pcapindex database in the current folder. A query's own
      parameters are options too: 'pcapindex query NAME --help' shows them and the columns.

      Examples:
        pcapindex query
        pcapindex query unknown_ips case.sqlite --cutoff 100
        pcapindex query cleartext_passwords case.sqlite --format csv > passwords.csv
        pcapindex query my_question case.sqlite --queries ~/queries
      """,
    helpNames: [])

  @Argument(help: ArgumentHelp("The query; without it they are listed.", valueName: "NAME"))
  var name: String?

  @Option(
    help: ArgumentHelp(
      "table, csv, tsv, json, jsonl or markdown; otherwise a table on a terminal and tab-separated elsewhere.",
      valueName: "FORMAT"))
  var format: OutputFormat?

  @Option(help: ArgumentHelp("A folder of your own queries, NAME.sql, beside the built-in ones.", valueName: "DIR"))
  var queries: [String] = []

  @Flag(name: [.customShort("h"), .customLong("help")], help: "Show help, with a NAME that query's.")
  var wantsHelp = false

  @Argument(
    parsing: .allUnrecognized,
    help: ArgumentHelp("The database, and the query's parameters as --NAME VALUE.", valueName: "DATABASE"))
  var rest: [String] = []

  func run() throws {
    do throws(StoreError) {
      var catalog = QueryCatalog()
      for directory in queries { try catalog.add(directory: directory) }
      if let name {
        let query = try catalog.query(named: name)
        if wantsHelp { return QueryHelp.show(query) }
        try run(query)
      } else if wantsHelp {
        Terminal.write(Pcapindex.helpMessage(for: QueryCommand.self) + "\n", to: STDOUT_FILENO)
      } else {
        QueryHelp.list(catalog, format: format)
      }
    } catch {
      throw error.reason == .usage ? Failure.usage(error) : Failure.input(error)
    }
  }

  private func run(_ query: CannedQuery) throws(StoreError) {
    let (database, arguments) = try operands(of: query)
    let path = if let database { database } else { try DatabaseFinder.find() }
    let run = try QueryRun(query, on: Database(path: path, mode: .readOnly), arguments: arguments)
    let format = format ?? (Terminal.outputIsTerminal ? .table : .tsv)
    var output = RowOutput(format: format, columns: run.columns)
    while let row = try run.next() { output.add(row) }
    output.finish()
  }

  /// Splits what is not an option of the program's own into the database and the query's parameters.
  private func operands(of query: CannedQuery) throws(StoreError) -> (String?, [String: String]) {
    var database: String?
    var arguments: [String: String] = [:]
    var words = rest[...]
    while let word = words.popFirst() {
      if word.hasPrefix("--"), word.utf8.count > 2 {
        let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let parameter = parts[0].split(separator: "-").joined(separator: "_")
        guard let value = parts.count > 1 ? String(parts[1]) : words.popFirst() else {
          throw StoreError(query.name, .usage, "\(word) needs a value")
        }
        arguments[parameter] = value
      } else if word.hasPrefix("-"), word != "-" {
        throw StoreError(query.name, .usage, "unknown option \(word)")
      } else if database == nil {
        database = word
      } else {
        throw StoreError(query.name, .usage, "one database at a time: \(database ?? "") and \(word)")
      }
    }
    return (database, arguments)
  }
}
