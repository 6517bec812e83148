import Foundation
import FoundationXML

/// A report as a parser sees it.
final class Page {
  /// An element with what it holds.
  final class Element {
    let name: String
    let attributes: [String: String]
    private(set) var children: [Element] = []
    /// All text in it.
    fileprivate(set) var text = ""

    init(_ name: String, _ attributes: [String: String]) {
      self.name = name
      self.attributes = attributes
    }

    fileprivate func add(_ child: Element) { children.append(child) }

    /// It and everything in it, in the order of the page.
    var all: [Element] { [self] + children.flatMap(\.all) }
    func all(_ name: String) -> [Element] { all.filter { $0.name == name } }
    func first(_ name: String) -> Element? { all.first { $0.name == name } }
    /// The text with blanks and line ends as one blank.
    var words: String { text.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
  }

  struct NotWellFormed: Error, CustomStringConvertible { let description: String }

  private final class Reader: NSObject, XMLParserDelegate {
    var open = [Element("document", [:])]
    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
      attributes: [String: String]
    ) {
      let element = Element(name, attributes)
      open.last?.add(element)
      open.append(element)
    }
    func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
      open.removeLast()
    }
    func parser(_ parser: XMLParser, foundCharacters text: String) { for element in open { element.text += text } }
  }

  let markup: String
  let root: Element

  /// Parses a page; one that is not well-formed is an error.
  init(_ data: Data) throws {
    markup = String(decoding: data, as: UTF8.self)
    let parser = XMLParser(data: data)
    let reader = Reader()
    parser.delegate = reader
    guard parser.parse() else {
      throw NotWellFormed(description: "line \(parser.lineNumber): \(parser.parserError.map { "\($0)" } ?? "no error")")
    }
    root = reader.open[0]
  }

  var all: [Element] { root.all }
  func all(_ name: String) -> [Element] { root.all(name) }
  func element(id: String) -> Element? { all.first { $0.attributes["id"] == id } }

  /// The summary: each figure's words by its name.
  var figures: [String: String] {
    let list = all("dl").first
    return Dictionary(
      (list?.children ?? []).compactMap { item in
        guard let name = item.first("dt"), let value = item.first("dd") else { return nil }
        return (name.words, value.words)
      }, uniquingKeysWith: { first, _ in first })
  }

  /// The rows of the table behind a query's place, by column; nil: there is no such table.
  func rows(_ query: String) -> [[String: String]]? {
    guard
      let table = all("table").first(where: { $0.first("caption")?.attributes["id"] == "table-query-\(query)" })
    else { return nil }
    let heads = table.first("thead")?.all.filter { $0.name == "th" || $0.name == "td" }.map(\.words) ?? []
    return table.first("tbody")?.all("tr").map { row in
      let cells = row.children.map(\.words)
      return Dictionary(zip(heads, cells).filter { !$0.0.isEmpty }, uniquingKeysWith: { first, _ in first })
    }
  }
}
