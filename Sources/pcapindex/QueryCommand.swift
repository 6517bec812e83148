import ArgumentParser
import Glibc
import Store

/// `pcapindex query [NAME [DATABASE]]`
struct QueryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "query",
    abstract: "Run a canned query; without a name, list them with the questions that they answer.",
    usage: "pcapindex query [NAME [DATABASE]] [--PARAMETER VALUE]... [--format FORMAT] [--queries DIR]...",
    discussion: """
      Without DATABASE it is $PCAPINDEX_DATABASE, else the only pcapindex database in the current folder. A query's \
      own parameters are options behind its name: 'pcapindex query NAME --help' shows them and the columns.

      On a terminal rows come as a table, or with a line for each column where a table would be too wide for the \
      screen; elsewhere tab-separated.

      Examples:
        pcapindex query
        pcapindex query unknown_ips case.sqlite --cutoff 100
        pcapindex query packet_list case.sqlite --format table | less -S
        pcapindex query cleartext_passwords case.sqlite --format csv > secrets.csv
        pcapindex query ftp_sessions case.sqlite --redact
        pcapindex query http_requests --sql > my_question.sql
        pcapindex query my_question case.sqlite --queries .
      """,
    helpNames: [])

  @Argument(help: ArgumentHelp("The query; without it they are listed.", valueName: "NAME"))
  var name: String?

  @Option(
    help: ArgumentHelp(
      "How the rows are written.",
      valueName: "FORMAT"))
  var format: OutputFormat?

  @Option(help: ArgumentHelp("A folder of your own queries, NAME.sql, beside the built-in ones.", valueName: "DIR"))
  var queries: [String] = []

  @Flag(help: "Hide every secret in the answer, so that it can be passed on.")
  var redact = false

  @Flag(help: "Print the query's SQL, for the sqlite3 shell or as a beginning of your own.")
  var sql = false

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
        let query = try query(named: name, in: catalog)
        if wantsHelp { return QueryHelp.show(query) }
        if sql { return Terminal.result(query.sql) }
        try run(query)
      } else if wantsHelp {
        Terminal.result(
          Pcapindex.helpMessage(for: QueryCommand.self, columns: Terminal.width(of: STDOUT_FILENO)) + "\n")
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
    let opened = try Database(path: path, mode: .readOnly)
    let run = try QueryRun(query, on: opened, arguments: arguments)
    let redaction = redact ? try Redaction(database: opened) : nil
    let screen = Terminal.width(of: STDOUT_FILENO)
    var output = RowOutput(
      format: format ?? (screen == nil ? .tsv : .table), columns: run.columns, screen: format == nil ? screen : nil)
    while let row = try run.next() { output.add(redaction?.hide(in: row, columns: run.columns) ?? row) }
    output.finish()
    if let column = output.cut {
      Terminal.message("column \(column.visible) is cut to the screen; '--format line' shows all of it\n")
    }
    if output.count == 0, screen != nil {
      // Nothing found does not mean that there was nothing.
      let advice = query.name == "diagnostics" ? "" : "; 'pcapindex query diagnostics' tells what could not be seen"
      Terminal.message("no rows\(advice)\n")
    }
  }

  /// The query of that name. A database in its place is a slip with an advice of its own.
  private func query(named name: String, in catalog: QueryCatalog) throws(StoreError) -> CannedQuery {
    if !catalog.names.contains(name), unsafe access(name, F_OK) == 0 {
      throw StoreError(
        name, .usage, "is a file; the query's name comes first: pcapindex query \(rest.first ?? "NAME") \(name)")
    }
    return try catalog.query(named: name)
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
