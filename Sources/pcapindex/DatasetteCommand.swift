import ArgumentParser
import Store

/// `pcapindex datasette DATABASE`
struct DatasetteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "datasette",
    abstract: "Write the metadata with which Datasette shows a database and its canned queries in a browser.",
    usage: "pcapindex datasette DATABASE [-o FILE] [--queries DIR]...",
    discussion: """
      Datasette (https://datasette.io, 'pip install datasette') serves an SQLite database as web pages and JSON. With \
      this metadata every canned query is a page with its question, parameters and columns, and tables and columns \
      have the descriptions of schema.sql. A query with the name of a table has '_query' behind its name. The format \
      is that of Datasette 0.65; to a 1.0 alpha give the file with --config as well.

      Datasette shows whoever reaches its port all that is in the database, passwords too: it listens on 127.0.0.1 \
      unless it is told otherwise.

      Examples:
        pcapindex datasette case.sqlite -o metadata.json
        datasette serve --immutable case.sqlite --metadata metadata.json \\
          --setting sql_time_limit_ms 60000 --open
        pcapindex datasette case.sqlite --queries my_queries > metadata.json
        curl 'http://127.0.0.1:8001/case/unknown_ips.json?cutoff=100&_shape=array'
      """)

  @Argument(help: ArgumentHelp("The database.", valueName: "DATABASE"))
  var database: String

  @Option(
    name: [.short, .long],
    help: ArgumentHelp("Write the metadata to this file, not to standard output.", valueName: "FILE"))
  var output: String?

  @Option(help: ArgumentHelp("A folder of your own queries, NAME.sql, beside the built-in ones.", valueName: "DIR"))
  var queries: [String] = []

  func run() throws {
    let text: String
    var metadata: DatasetteMetadata
    let place: OutputFile?
    do throws(StoreError) {
      place = try output.map { output throws(StoreError) in
        try OutputFile(output, beginning: "{", kind: "JSON", replacesAny: false, isPrivate: false)
      }
      var catalog = QueryCatalog()
      for directory in queries { try catalog.add(directory: directory) }
      metadata = DatasetteMetadata(of: try Database(path: database, mode: .readOnly), catalog: catalog)
      text = try metadata.json()
    } catch {
      throw error.reason == .usage ? Failure.usage(error) : Failure.input(error)
    }
    for (name, reason) in metadata.leftOut {
      Terminal.message("pcapindex: \(name.visible): left out: \(reason.visible)\n")
    }
    if let place {
      do throws(StoreError) { try place.write(text) } catch { throw Failure.input(error) }
    } else {
      Terminal.result(text)
    }
    if !metadata.leftOut.isEmpty { throw ExitStatus.badInput }
  }
}
