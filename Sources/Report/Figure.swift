import Store

/// A number of the summary.
struct Figure {
  var name: String
  var value: String
  /// All digits of a number that is shown rounded.
  var exact: String?
  /// What more there is to say, in a few words.
  var note: String?
  /// The canned query that gave it.
  var query: String
  var source: Fragment

  /// Sums over the captures. A column that the query does not have gives none.
  static func ofCaptures(_ answer: Answer, source: Fragment) -> [Figure] {
    guard answer.total == Int64(answer.rows.count) else { return [] }
    func sum(_ column: String) -> Int64? {
      guard answer.index(of: column) != nil else { return nil }
      return answer.rows.reduce(Int64(0)) {
        $0.addingReportingOverflow(answer.integer($1, column) ?? 0).partialValue
      }
    }
    var figures: [Figure] = []
    func add(_ name: String, _ value: String, exact: String? = nil) {
      figures.append(Figure(name: name, value: value, exact: exact, query: answer.query.name, source: source))
    }
    if let frames = sum("frames") { add("Frames", Quantity.grouped(frames)) }
    if let bytes = sum("bytes") {
      add("On the wire", Quantity.bytes(bytes), exact: Quantity.grouped(bytes) + " bytes")
    }
    if answer.rows.count == 1, let index = answer.index(of: "duration_s"),
      case .real(let seconds) = answer.rows[0][index]
    {
      add("Duration", Quantity.duration(seconds), exact: "\(seconds) s")
    }
    if let flows = sum("flows") { add("Conversations", Quantity.grouped(flows)) }
    // Of several captures the same address would count more than once.
    if answer.rows.count == 1, let addresses = sum("addresses") { add("Addresses", Quantity.grouped(addresses)) }
    return figures
  }

  var html: HTML {
    var attributes: [HTMLAttribute] = [.href(source)]
    if let exact { attributes.append(.title(exact)) }
    var value = HTML(.a, attributes, self.value)
    if let note { value += HTML(" ") + HTML(.span, [.style("note")], note) }
    value += HTML(" ") + HTML(.span, [.style("origin")], query)
    return HTML(.div, [], HTML(.dt, [], name) + HTML(.dd, [], value))
  }
}
