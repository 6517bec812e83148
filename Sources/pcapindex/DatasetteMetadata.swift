import Store

/// Datasette's metadata for a database: https://docs.datasette.io/en/stable/metadata.html.
struct DatasetteMetadata {
  private let database: Database
  private let catalog: QueryCatalog
  /// Queries that Datasette cannot run, with the reason.
  private(set) var leftOut: [(name: String, reason: String)] = []

  /// - Parameters:
  ///   - database: whose tables are described.
  ///   - catalog: the queries that become pages.
  init(of database: Database, catalog: QueryCatalog) {
    self.database = database
    self.catalog = catalog
  }

  /// The name that Datasette gives a database: the file's without its folder and its last extension.
  static func databaseName(_ path: String) -> String {
    let file = path.split(separator: "/").last.map(String.init) ?? path
    guard let dot = file.lastIndex(of: "."), dot != file.startIndex else { return file }
    return String(file[..<dot])
  }

  /// The whole of it as JSON, with a line end.
  mutating func json() throws(StoreError) -> String {
    let captures = try texts("SELECT path FROM captures ORDER BY id LIMIT 100")
    let content: JSONValue = .object([
      (
        "description",
        .string("What pcapindex read from \(captures.isEmpty ? "no capture" : captures.joined(separator: ", "))")
      ),
      ("tables", try tables()),
      ("queries", try queries()),
    ])
    return JSONValue.object([
      ("title", .string("pcapindex")),
      (
        "description",
        .string(
          "Network captures as a database: queries that answer an analyst's questions, and the tables that they read.")
      ),
      ("databases", .object([(DatasetteMetadata.databaseName(database.path), content)])),
    ]).text() + "\n"
  }

  /// What the schema says of the tables and views that the database has.
  private func tables() throws(StoreError) -> JSONValue {
    let present = Set(try texts("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')"))
    var members: [(String, JSONValue)] = []
    for table in DatasetteSchema(Schema.text).tables where present.contains(table.name) {
      var settings: [(name: String, value: JSONValue)] = []
      if !table.description.isEmpty { settings.append(("description", .string(table.description))) }
      let columns = try texts("SELECT name FROM pragma_table_info('\(table.name)')")
      let meanings = table.columns.filter { columns.contains($0.name) }
      if !meanings.isEmpty {
        settings.append(("columns", .object(meanings.map { ($0.name, .string($0.meaning)) })))
      }
      let units = columns.compactMap { column in
        DatasetteTable.unit(of: column).map { (name: column, value: JSONValue.string($0)) }
      }
      if !units.isEmpty { settings.append(("units", .object(units))) }
      if let shown = DatasetteTable.named(table.name) {
        if let sort = shown.sort { settings.append((shown.isDescending ? "sort_desc" : "sort", .string(sort))) }
        if !shown.facets.isEmpty { settings.append(("facets", .array(shown.facets.map(JSONValue.string)))) }
        if let label = shown.label { settings.append(("label_column", .string(label))) }
        if shown.isHidden { settings.append(("hidden", .bool(true))) }
      }
      members.append((table.name, .object(settings)))
    }
    return .object(members)
  }

  private mutating func queries() throws(StoreError) -> JSONValue {
    let taken = Set(try texts("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')"))
    var members: [(String, JSONValue)] = []
    for query in catalog.queries {
      let rewritten = DatasetteQuery(query)
      guard !rewritten.hasOtherParameters else {
        leftOut.append((query.name, "Datasette knows parameters of the form :name only"))
        continue
      }
      // As it will be run, so that a user's slip shows here.
      do throws(StoreError) {
        _ = try QueryRun(CannedQuery(name: query.name, text: rewritten.sql), on: database)
      } catch {
        leftOut.append((query.name, error.detail))
        continue
      }
      // A query's page would hide the table's of the same name.
      let name = taken.contains(query.name) ? query.name + "_query" : query.name
      members.append(
        (
          name,
          .object([
            ("title", .string(query.title)),
            ("description_html", .string(DatasetteMetadata.page(query, parameters: rewritten.parameters))),
            ("sql", .string(rewritten.sql)),
            ("params", .array(DatasetteMetadata.ordered(rewritten.parameters, as: query).map(JSONValue.string))),
            ("hide_sql", .bool(true)),
          ])
        ))
    }
    return .object(members)
  }

  /// The parameters of the SQL as the query's header has them, and behind these any others.
  private static func ordered(_ parameters: [String], as query: CannedQuery) -> [String] {
    let known = query.parameters.map(\.name).filter(parameters.contains)
    return known + parameters.filter { !known.contains($0) }
  }

  /// What a query's page says above its rows.
  private static func page(_ query: CannedQuery, parameters: [String]) -> String {
    var html = ""
    if !query.question.isEmpty { html += "<p><strong>\(escaped(query.question))</strong></p>" }
    let notes = query.notes.filter { !$0.isEmpty }.joined(separator: " ")
    if !notes.isEmpty { html += "<p>\(escaped(notes))</p>" }
    html += list("Parameters", query.parameters.filter { parameters.contains($0.name) })
    html += list("Columns", query.columns)
    return html
  }

  private static func list(_ title: String, _ items: [CannedQuery.Item]) -> String {
    guard !items.isEmpty else { return "" }
    let lines = items.map { "<li><code>\(escaped($0.name))</code>: \(escaped($0.meaning))</li>" }
    return
      "<details\(title == "Parameters" ? " open" : "")><summary>\(title)</summary><ul>\(lines.joined())</ul></details>"
  }

  /// Text in which nothing is markup.
  private static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// The first column of all rows as text.
  private func texts(_ sql: String) throws(StoreError) -> [String] {
    let statement = try database.prepare(sql)
    var texts: [String] = []
    while try statement.step() { texts.append(statement.text(0)) }
    return texts
  }
}
