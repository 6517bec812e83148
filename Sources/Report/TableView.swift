import Store

/// One table of the report with the query that made it.
struct TableView {
  let plan: TablePlan
  let answer: Answer
  let options: ReportOptions
  /// Whether rows of several captures stand in it.
  let hasSeveralCaptures: Bool
  /// The captures' files by `captures.id`, for the headings of plots.
  let captureNames: [Int64: String]
  /// Whether an earlier table has shown the same query's SQL.
  let isRepeated: Bool

  var html: HTML {
    guard answer.total > 0 else {
      return HTML(.div, [.style("block")], HTML(.p, [.style("nothing")], plan.nothing ?? "") + source)
    }
    let content =
      switch plan.layout {
      case .rows: table(answer.rows, caption: HTML(caption) + HTML(" ") + extent, id: captionID)
      case .records: records
      case .timeline: timeline
      }
    return HTML(.div, [.style("block")], content + more + source)
  }

  private var caption: String { plan.caption ?? answer.query.title }

  private var captionID: Fragment { Fragment("table", plan.source.name) }

  private var command: QueryCommandLine {
    QueryCommandLine(query: plan.query, arguments: answer.arguments, options: options)
  }

  // MARK: How much there is

  /// How many rows are shown: of captures all are kept, for the summary's sums.
  private var count: Int {
    plan.layout == .records ? min(answer.rows.count, ReportLimits.captures) : answer.rows.count
  }

  private var isCut: Bool { answer.total > Int64(count) }

  /// `11 addresses`, `25 of 1 234 addresses`, `the first 25 addresses`, linked to the query.
  private var extent: HTML {
    let shown = Int64(count)
    let text =
      if plan.isTop, shown == Int64(plan.limit ?? options.rows) {
        "the first \(Quantity.count(shown, plan.noun))"
      } else if isCut {
        "\(Quantity.grouped(shown)) of \(Quantity.count(answer.total, plan.noun))"
      } else {
        Quantity.count(answer.total, plan.noun)
      }
    return HTML(.a, [.style("extent"), .href(plan.source)], text)
  }

  private var more: HTML {
    guard isCut else { return .nothing }
    let left = answer.total - Int64(count)
    return HTML(
      .p, [.style("more")],
      HTML("and \(Quantity.grouped(left)) more: ") + HTML(.code, [], command.text))
  }

  // MARK: The query

  private var source: HTML {
    let query = answer.query
    var content = HTML(
      .p, [],
      HTML(.span, [.style("label")], "Query") + HTML(" ") + HTML(.code, [], query.name) + HTML(": \(query.title). ")
        + HTML(.code, [.style("command")], command.text))
    if isRepeated {
      content += HTML(
        .p, [],
        HTML("Its SQL stands ") + HTML(.a, [.href(Fragment("sql", query.name))], "above") + HTML("."))
    } else {
      var sql = String(query.sql.prefix(ReportLimits.sqlCharacters))
      if sql.utf8.count < query.sql.utf8.count { sql += "…" }
      content += HTML(
        .details, [.id(Fragment("sql", query.name))],
        HTML(.summary, [], "SQL of \(query.name)")
          + HTML(
            .pre, [.known(.tabindex, "0"), .known(.role, "region"), .label("SQL of \(query.name)")],
            HTML(.code, [], HTML(lines: sql))))
    }
    return HTML(.div, [.style("source"), .id(plan.source)], content)
  }

  // MARK: Rows

  /// The columns that are shown, by their positions: not those that hold nothing in any row.
  private var shown: [Int] {
    answer.columns.indices.filter { index in
      let column = answer.columns[index]
      return !plan.leaving.contains(column) && (column != "capture" || (hasSeveralCaptures && plan.layout != .records))
        && (index == 0 || answer.rows.contains { index < $0.count && $0[index] != .null })
    }
  }

  private func cell(_ row: [QueryValue], _ index: Int) -> Cell {
    let column = answer.columns[index]
    let kind = plan.byteColumns.contains(column) ? .bytes : ColumnKind(column: column)
    return Cell(index < row.count ? row[index] : .null, kind: kind, source: plan.source)
  }

  private func heading(_ index: Int, isNumeric: Bool, attributes: [HTMLAttribute]) -> HTML {
    let column = answer.columns[index]
    let meaning = answer.query.columns.first { $0.name == column }?.meaning
    var all = attributes
    if isNumeric { all.append(.style("r")) }
    if let meaning { all.append(.title(meaning)) }
    return HTML(.th, all, ColumnHeading.text(column))
  }

  private func table(_ rows: [[QueryValue]], caption: HTML, id: Fragment) -> HTML {
    let columns = shown
    let cells = rows.map { row in
      columns.map { cell(row, $0) }
    }
    let isNumeric = columns.indices.map { index in cells.contains { $0[index].isNumeric } }
    let bars = BarColumn(plan.bar, answer: answer, rows: rows)
    var head = HTML.nothing
    for (index, column) in columns.enumerated() {
      head += heading(column, isNumeric: isNumeric[index], attributes: [.known(.scope, "col")])
      if index == 0, bars != nil { head += HTML(.td, [.style("bar")], HTML.nothing) }
    }
    var body = HTML.nothing
    for (number, row) in cells.enumerated() {
      var line = HTML.nothing
      for (index, cell) in row.enumerated() {
        var attributes: [HTMLAttribute] = isNumeric[index] ? [.style("r")] : []
        if index == 0 {
          attributes.insert(.known(.scope, "row"), at: 0)
          if !isNumeric[0], let level = indentation(rows[number], columns[0]) { attributes.append(level) }
        }
        line += HTML(index == 0 ? .th : .td, attributes, cell.content)
        if index == 0, let bars { line += HTML(.td, [.style("bar")], BarDrawing.html(bars.shares(of: rows[number]))) }
      }
      body += HTML(.tr, [], line)
    }
    var caption = caption
    if let bars, !bars.names.isEmpty {
      caption += HTML(" ") + TimelinePlot.legend(bars.names, parts: Array(bars.names.indices))
    }
    let table = HTML(
      .table, [],
      HTML(.caption, [.id(id)], caption) + HTML(.thead, [], HTML(.tr, [], head)) + HTML(.tbody, [], body))
    return HTML(.div, [.style("scroll"), .known(.role, "region"), .known(.tabindex, "0"), .labelledBy(id)], table)
  }

  /// The protocols' hierarchy is told by blanks before their names, two a level.
  private func indentation(_ row: [QueryValue], _ column: Int) -> HTMLAttribute? {
    guard answer.columns[column] == "protocol", column < row.count, case .text(let text) = row[column] else {
      return nil
    }
    switch text.prefix(while: { $0 == " " }).count {
    case 0, 1: return nil
    case 2, 3: return .style("d1")
    case 4, 5: return .style("d2")
    default: return .style("d3")
    }
  }

  // MARK: Records

  /// A table for each row, with a line for each column that holds something.
  private var records: HTML {
    answer.rows.prefix(count).enumerated().map { number, row in
      let id = Fragment(captionID.name, String(number + 1))
      let name = answer.text(row, "path").map(Cell.shortened) ?? "\(plan.noun.one) \(number + 1)"
      let number = answer.integer(row, "capture").map { "Capture \($0): " } ?? ""
      var body = HTML.nothing
      for index in shown where index < row.count && row[index] != .null {
        let cell = cell(row, index)
        body += HTML(
          .tr, [], heading(index, isNumeric: false, attributes: [.known(.scope, "row")]) + HTML(.td, [], cell.content))
      }
      let table = HTML(
        .table, [.style("record")], HTML(.caption, [.id(id)], number + name) + HTML(.tbody, [], body))
      return HTML(.div, [.style("scroll"), .known(.role, "region"), .known(.tabindex, "0"), .labelledBy(id)], table)
    }.joined()
  }

  // MARK: Traffic over time

  /// A plot for each capture, and all their figures folded away.
  private var timeline: HTML {
    var groups: [(capture: Int64?, rows: [[QueryValue]])] = []
    for row in answer.rows {
      let capture = answer.integer(row, "capture")
      if let last = groups.indices.last, groups[last].capture == capture {
        groups[last].rows.append(row)
      } else {
        groups.append((capture, [row]))
      }
    }
    var content = HTML.nothing
    for (number, group) in groups.prefix(ReportLimits.plots).enumerated() {
      let name = group.capture.flatMap { captureNames[$0] }.map(Cell.shortened)
      let label = "Traffic over time" + (name.map { ", \($0)" } ?? "")
      let id = Fragment("plot", String(number + 1))
      let heading = HTML(.h3, [.id(Fragment(id.name, "heading"))], name ?? caption)
      guard let plot = TimelinePlot(group.rows, of: answer, caption: label, id: id) else { continue }
      let figures = table(
        group.rows,
        caption: HTML("\(caption) ")
          + HTML(.a, [.style("extent"), .href(plan.source)], Quantity.count(Int64(group.rows.count), plan.noun)),
        id: Fragment(id.name, "table"))
      content += (groups.count > 1 ? heading : .nothing) + plot.html
      content += HTML(.details, [.style("figures")], HTML(.summary, [], "The plot's figures as a table") + figures)
    }
    if groups.count > ReportLimits.plots {
      content += HTML(
        .p, [.style("more")],
        HTML("and \(Quantity.grouped(Int64(groups.count - ReportLimits.plots))) more captures: ")
          + HTML(.code, [], command.text))
    }
    // A user's own query may not give what a plot needs.
    if content == .nothing {
      content = table(answer.rows, caption: HTML(caption) + HTML(" ") + extent, id: captionID)
    }
    return content
  }
}
