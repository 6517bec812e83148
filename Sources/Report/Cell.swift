import Store

/// A value as it stands in a table.
struct Cell {
  /// What is shown.
  let content: HTML
  /// Whether it is set to the right, as numbers are.
  let isNumeric: Bool

  /// `source` is the place of the query that gave the value: quantities link to it.
  init(_ value: QueryValue, kind: ColumnKind, source: Fragment) {
    switch value {
    case .null: (content, isNumeric) = (.nothing, false)
    case .integer(let number): (content, isNumeric) = (Cell.integer(number, kind, source), true)
    case .real(let number): (content, isNumeric) = (Cell.real(number, kind, source), true)
    case .text(let text): (content, isNumeric) = (Cell.text(text, kind), false)
    case .blob(let bytes):
      let digits = bytes.prefix(ReportLimits.cellCharacters).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
      (content, isNumeric) = (Cell.text(digits.joined(), .code), false)
    }
  }

  /// A number that links to the query that it comes from. It is left out of the order of the Tab key: the table's heading
  /// has the same link, and thousands of stops would help nobody.
  static func link(_ text: String, exact: String?, to source: Fragment) -> HTML {
    var attributes: [HTMLAttribute] = [.style("n"), .href(source), .known(.tabindex, "-1")]
    if let exact { attributes.append(.title(exact)) }
    return HTML(.a, attributes, text)
  }

  private static func integer(_ number: Int64, _ kind: ColumnKind, _ source: Fragment) -> HTML {
    switch kind {
    case .identifier: HTML(String(number))
    case .bytes: link(Quantity.bytes(number), exact: Quantity.grouped(number) + " bytes", to: source)
    case .seconds: link(Quantity.duration(Double(number)), exact: Quantity.grouped(number) + " s", to: source)
    case .percent: link("\(Quantity.grouped(number)) %", exact: nil, to: source)
    default: link(Quantity.grouped(number), exact: nil, to: source)
    }
  }

  private static func real(_ number: Double, _ kind: ColumnKind, _ source: Fragment) -> HTML {
    switch kind {
    case .bytes where abs(number) < 9e18:
      link(Quantity.bytes(Int64(number.rounded())), exact: "\(number) bytes", to: source)
    case .seconds: link(Quantity.duration(number), exact: "\(number) s", to: source)
    case .percent: link(Quantity.decimal(number, places: 1) + " %", exact: "\(number) %", to: source)
    default: link(Quantity.decimal(number, places: 3), exact: "\(number)", to: source)
    }
  }

  private static func text(_ text: String, _ kind: ColumnKind) -> HTML {
    if kind == .time, let time = time(text) { return time }
    let shown = shortened(text)
    let parts = shown.split(separator: ",", omittingEmptySubsequences: false)
    // Lists are broken behind their commas; what is long without any is broken anywhere.
    let content = parts.enumerated().map { index, part in
      HTML(part) + (index == parts.count - 1 ? HTML.nothing : HTML(",") + HTML(empty: .wbr, []))
    }.joined()
    let isLong = parts.contains { part in part.split(separator: " ").contains { $0.count > longWord } }
    if kind == .code { return HTML(.code, isLong ? [.style("long")] : [], content) }
    return isLong ? HTML(.span, [.style("long")], content) : content
  }

  /// Characters beyond which a word is broken where the line ends: more than an IPv6 address has.
  private static let longWord = 40

  /// A time to the millisecond, which is as much as HTML's `datetime` takes, with all of it as the title; nil where the
  /// text is none.
  static func time(_ text: String) -> HTML? {
    let bytes = Array(text.utf8)
    let pattern = Array("0000-00-00 00:00:00".utf8)
    guard bytes.count >= pattern.count, bytes.count <= 29,
      zip(bytes, pattern).allSatisfy({ $1 == UInt8(ascii: "0") ? (48...57).contains($0) : $0 == $1 }),
      bytes.dropFirst(pattern.count).allSatisfy({ $0 == UInt8(ascii: ".") || (48...57).contains($0) })
    else { return nil }
    let shown = String(text.prefix(23))
    var attributes: [HTMLAttribute] = [.datetime("\(shown.prefix(10))T\(shown.dropFirst(11))Z")]
    if shown.utf8.count < bytes.count { attributes.append(.title(text + " UTC")) }
    return HTML(.time, attributes, shown)
  }

  /// The beginning of a text that is very long, with what is missing.
  static func shortened(_ text: String) -> String {
    guard text.utf8.count > ReportLimits.cellCharacters, text.count > ReportLimits.cellCharacters else { return text }
    return text.prefix(ReportLimits.cellCharacters) + "… (\(Quantity.grouped(Int64(text.count))) characters)"
  }
}
