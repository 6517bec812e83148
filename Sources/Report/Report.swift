public import Store

/// A page about a database: one file that needs nothing else, runs nothing and asks nobody.
public struct Report {
  /// What every report begins with, and no other file should.
  public static let beginning: StaticString = "<!DOCTYPE html>\n<!-- pcapindex report -->"

  private let database: Database
  private let catalog: QueryCatalog
  private let options: ReportOptions
  private let captures: [StoredCapture]
  private let redaction: Redaction?
  /// Times of the captures' first and last frame, and when the last of them was read; nil where there is none.
  private let first: String?
  private let last: String?
  private let readAt: String?

  /// A section with what its queries gave.
  private struct Section {
    let plan: SectionPlan
    let tables: [TableView]
  }

  /// Reads what the report needs to know of `database` beforehand.
  ///
  /// - Parameters:
  ///   - database: opened for reading.
  ///   - catalog: the queries that are asked, a user's own among them.
  ///   - options: a capture in it that the database does not have is an error.
  public init(of database: Database, catalog: QueryCatalog, options: ReportOptions) throws(StoreError) {
    // All queries see the database as it is now, whatever another program adds.
    try database.execute("BEGIN")
    self.database = database
    self.catalog = catalog
    self.options = options
    captures = try database.captures().filter { options.capture == nil || $0.id == options.capture }
    if let capture = options.capture, captures.isEmpty {
      throw StoreError(
        database.path, .usage, "holds no capture \(capture); 'pcapindex query capture_summary' lists them")
    }
    redaction = options.showsSecrets ? nil : try Redaction(database: database)
    first = try Report.time(captures.compactMap(\.firstTime).min(), in: database)
    last = try Report.time(captures.compactMap(\.lastTime).max(), in: database)
    readAt = try Report.time(captures.map(\.ingestedAt).max(), in: database)
  }

  /// The page. The same database and options give the same text.
  public func page() throws(StoreError) -> String {
    var sections: [Section] = []
    var seen: Set<String> = []
    let names = Set(catalog.names)
    for plan in ReportPlan.sections {
      let section = try section(plan, names: names, seen: &seen)
      // A section whose tables may all be left out, and are.
      if !section.tables.isEmpty { sections.append(section) }
    }
    return HTML.document(root(sections), beginning: Report.beginning)
  }

  private func section(
    _ plan: SectionPlan, names: Set<String>, seen: inout Set<String>
  ) throws(StoreError) -> Section {
    var views: [TableView] = []
    var rest = plan.tables[...]
    while let first = rest.first {
      // Tables of one query stand beside each other, and it runs once for all.
      let shared = rest.prefix { $0.query == first.query }
      rest = rest.dropFirst(shared.count)
      guard names.contains(first.query) else { continue }
      let query = try catalog.query(named: first.query)
      let answers = try Answer.answers(
        to: Array(shared), query: query, on: database, redaction: redaction, options: options)
      for (table, answer) in zip(shared, answers) where answer.total > 0 || table.nothing != nil {
        views.append(
          TableView(
            plan: table, answer: answer, options: options, hasSeveralCaptures: captures.count > 1,
            captureNames: captureNames, isRepeated: !seen.insert(query.name).inserted))
      }
    }
    return Section(plan: plan, tables: views)
  }

  // MARK: The page

  /// The captures' files by `captures.id`.
  private var captureNames: [Int64: String] {
    Dictionary(captures.map { ($0.id, hidden($0.path)) }) { $1 }
  }

  private func hidden(_ text: String) -> String {
    guard let redaction, case .text(let hidden)? = redaction.hide(in: [.text(text)], columns: ["path"]).first else {
      return text
    }
    return hidden
  }

  private var title: String {
    if let title = options.title, !title.isEmpty { return title }
    switch captures.count {
    case 0: return "Report on \(options.databaseName)"
    case 1: return "Report on \(Cell.shortened(Report.file(hidden(captures[0].path))))"
    default: return "Report on \(captures.count) captures"
    }
  }

  /// The last part of a path.
  private static func file(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  private func root(_ sections: [Section]) -> HTML {
    let policy = "default-src 'none'; style-src '\(StyleSheet.digest)'; base-uri 'none'; form-action 'none'"
    var head = HTML(empty: .meta, [.known(.charset, "utf-8")])
    head += HTML(empty: .meta, [.known(.httpEquiv, "Content-Security-Policy"), .content(policy)])
    head += HTML(empty: .meta, [.known(.name, "viewport"), .content("width=device-width, initial-scale=1")])
    head += HTML(empty: .meta, [.known(.name, "color-scheme"), .content("light dark")])
    head += HTML(empty: .meta, [.known(.name, "referrer"), .content("no-referrer")])
    head += HTML(empty: .meta, [.known(.name, "generator"), .content("pcapindex \(options.version)")])
    head += HTML(.title, [], title) + HTML(style: StyleSheet.text)
    let main = Fragment("content")
    var body = HTML(.a, [.style("skip"), .href(main)], "Skip to the content")
    body += header + contents(sections)
    body += HTML(
      .main, [.id(main), .known(.tabindex, "-1")],
      summary(sections) + sections.map(html).joined() + appendix(sections))
    body += footer
    return HTML(.html, [.known(.lang, "en")], HTML(.head, [], head) + HTML(.body, [], body))
  }

  private var header: HTML {
    let count = Quantity.count(Int64(captures.count), Noun("capture"))
    let secrets =
      options.showsSecrets
      ? HTML(.strong, [], "Secrets are shown: keep this page as you keep passwords.")
      : HTML("Secrets are hidden.")
    var line = HTML(count)
    if let first, let last {
      line += HTML(", ") + (Cell.time(first) ?? HTML(first)) + HTML(" to ") + (Cell.time(last) ?? HTML(last))
    }
    line += HTML(". All times are UTC. ") + secrets
    return HTML(.header, [], HTML(.h1, [], title) + HTML(.p, [], line))
  }

  /// `YYYY-MM-DD HH:MM:SS` of nanoseconds since 1970.
  private static func time(_ nanoseconds: Int64?, in database: Database) throws(StoreError) -> String? {
    guard let nanoseconds else { return nil }
    let seconds = nanoseconds / 1_000_000_000 - (nanoseconds % 1_000_000_000 < 0 ? 1 : 0)
    return try database.text("SELECT strftime('%Y-%m-%d %H:%M:%S', \(seconds), 'unixepoch')")
  }

  private func contents(_ sections: [Section]) -> HTML {
    let places =
      [(Fragment("summary"), "Summary")] + sections.map { ($0.plan.id, $0.plan.heading) } + [
        (Fragment("queries"), "Queries")
      ]
    let items = places.map { HTML(.li, [], HTML(.a, [.href($0.0)], $0.1)) }.joined()
    let heading = Fragment("contents")
    return HTML(
      .nav, [.labelledBy(heading)], HTML(.h2, [.id(heading)], "Contents") + HTML(.ol, [], items))
  }

  private func html(_ section: Section) -> HTML {
    let id = section.plan.id
    return HTML(
      .section, [.labelledBy(id)],
      HTML(
        .div, [.style("opening")],
        HTML(.h2, [.id(id)], section.plan.heading) + HTML(.p, [.style("lead")], section.plan.lead))
        + section.tables.map(\.html).joined())
  }

  private var footer: HTML {
    var text = "Made by pcapindex \(options.version) from \(options.databaseName)"
    if let readAt { text += ", into which the last capture was read at \(readAt) UTC" }
    return HTML(.footer, [], HTML(.p, [], text + ". A frame's number is that of Wireshark."))
  }

  // MARK: Summary

  private func summary(_ sections: [Section]) -> HTML {
    let id = Fragment("summary")
    let tables = sections.flatMap(\.tables)
    var figures: [Figure] = []
    if let captures = tables.first(where: { $0.plan.query == "capture_summary" }) {
      figures += Figure.ofCaptures(captures.answer, source: captures.plan.source)
    }
    figures += tables.compactMap { view in
      guard let name = view.plan.figure else { return nil }
      let tally = view.plan.tally.map { "\(Quantity.grouped(view.answer.tally)) \($0.label)" }
      return Figure(
        name: name, value: Quantity.grouped(view.answer.total), exact: nil,
        note: view.answer.total > 0 ? tally : nil, query: view.plan.query, source: view.plan.source)
    }
    return HTML(
      .section, [.labelledBy(id)],
      HTML(.h2, [.id(id)], "Summary") + HTML(.dl, [.style("figures")], figures.map(\.html).joined()) + remarks(tables))
  }

  /// What has to be known of the captures before any figure is believed.
  private func remarks(_ tables: [TableView]) -> HTML {
    var remarks: [HTML] = []
    for capture in captures.prefix(ReportLimits.captures) {
      let name = Report.file(hidden(capture.path))
      if capture.status != "complete" {
        let detail = capture.detail.map { ": " + Cell.shortened(hidden($0)) } ?? ""
        remarks.append(HTML("\(Cell.shortened(name)) is \(capture.status)\(detail)."))
      }
      if let filter = capture.filter {
        remarks.append(
          HTML("Of \(Cell.shortened(name)) only frames that pass this filter are in the database: ")
            + HTML(.code, [], Cell.shortened(hidden(filter))) + HTML("."))
      }
    }
    if let view = tables.first(where: { $0.plan.query == "capture_summary" }) {
      let lacks = [
        ("cut_frames", "frames were captured in part only", false),
        ("missing_bytes", "of TCP payload are not in the captures", true),
      ]
      for (column, text, isBytes) in lacks {
        let sum = view.answer.rows.reduce(Int64(0)) {
          $0.addingReportingOverflow(view.answer.integer($1, column) ?? 0).partialValue
        }
        guard sum > 0 else { continue }
        let number = isBytes ? Quantity.bytes(sum) : Quantity.grouped(sum)
        let exact = isBytes ? Quantity.grouped(sum) + " bytes" : nil
        remarks.append(Cell.link(number, exact: exact, to: view.plan.source) + HTML(" \(text)."))
      }
    }
    guard !remarks.isEmpty else { return .nothing }
    let items = remarks.map { HTML(.li, [], $0) }.joined()
    return HTML(.h3, [], "Not covered") + HTML(.ul, [.style("remarks")], items)
  }

  // MARK: Queries

  private func appendix(_ sections: [Section]) -> HTML {
    let id = Fragment("queries")
    var rows = HTML.nothing
    for section in sections {
      for view in section.tables where !view.isRepeated {
        let query = view.answer.query
        rows += HTML(
          .tr, [],
          HTML(.th, [.known(.scope, "row")], HTML(.a, [.href(view.plan.source)], HTML(.code, [], query.name)))
            + HTML(.td, [], query.question.isEmpty ? query.title : query.question)
            + HTML(.td, [], HTML(.a, [.href(section.plan.id)], section.plan.heading)))
      }
    }
    let heads = ["Query", "Question", "Section"].map { HTML(.th, [.known(.scope, "col")], $0) }.joined()
    let caption = Fragment("table", "queries")
    let table = HTML(
      .table, [],
      HTML(.caption, [.id(caption)], "Queries of this report") + HTML(.thead, [], HTML(.tr, [], heads))
        + HTML(.tbody, [], rows))
    let lead = """
      Each figure above links to the query that made it. The command gives all of its rows; its SQL can be run in the \
      sqlite3 shell as it stands.
      """
    return HTML(
      .section, [.labelledBy(id)],
      HTML(.div, [.style("opening")], HTML(.h2, [.id(id)], "Queries") + HTML(.p, [.style("lead")], lead))
        + HTML(.div, [.style("scroll"), .known(.role, "region"), .known(.tabindex, "0"), .labelledBy(caption)], table))
  }
}
