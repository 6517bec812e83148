import Bytes

/// A piece of a page. It is made of text, which is escaped on its way in, and of elements with known names: so nothing
/// that came from the wire can become markup. The result is well-formed as XML too.
struct HTML: Equatable {
  /// What is written to the file.
  private(set) var markup: String

  private init(markup: String) { self.markup = markup }

  /// Nothing at all.
  static let nothing = HTML(markup: "")

  /// Text on one line, with control characters and such visible.
  init(_ text: some StringProtocol) {
    markup = HTML.escaped(VisibleText.escaping(String(text)))
  }

  /// Text whose line breaks stay, for `pre`.
  init(lines text: String) {
    markup = text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { line in HTML(line.split(separator: "\t", omittingEmptySubsequences: false).joined(separator: "  ")).markup
      }
      .joined(separator: "\n")
  }

  /// An element.
  init(_ tag: HTMLTag, _ attributes: [HTMLAttribute] = [], _ content: HTML) {
    markup = HTML.opening(tag, attributes) + ">" + content.markup + "</\(tag.rawValue)>" + (tag.isBlock ? "\n" : "")
  }

  /// An element that holds text.
  init(_ tag: HTMLTag, _ attributes: [HTMLAttribute] = [], _ text: String) {
    self.init(tag, attributes, HTML(text))
  }

  /// An element without content.
  init(empty tag: HTMLTag, _ attributes: [HTMLAttribute]) {
    markup = HTML.opening(tag, attributes) + " />" + (tag.isBlock ? "\n" : "")
  }

  /// The page's one style sheet, a text of the program's own.
  init(style sheet: StaticString) {
    markup = "<style>\(sheet)</style>\n"
  }

  /// A whole document; `beginning` holds its type.
  static func document(_ root: HTML, beginning: StaticString) -> String { "\(beginning)\n" + root.markup }

  static func + (left: HTML, right: HTML) -> HTML { HTML(markup: left.markup + right.markup) }
  static func += (left: inout HTML, right: HTML) { left.markup += right.markup }

  private static func opening(_ tag: HTMLTag, _ attributes: [HTMLAttribute]) -> String {
    var text = "<" + tag.rawValue
    for attribute in attributes { text += " \(attribute.name.rawValue)=\"\(escaped(attribute.value))\"" }
    return text
  }

  /// Text with the characters that mean something in HTML and XML as references (also in quoted attributes), and
  /// noncharacters, which neither allows, as escapes.
  private static func escaped(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result.append(contentsOf: "&amp;".unicodeScalars)
      case "<": result.append(contentsOf: "&lt;".unicodeScalars)
      case ">": result.append(contentsOf: "&gt;".unicodeScalars)
      case "\"": result.append(contentsOf: "&quot;".unicodeScalars)
      case "'": result.append(contentsOf: "&#39;".unicodeScalars)
      case _ where scalar.value & 0xfffe == 0xfffe || (0xfdd0...0xfdef).contains(scalar.value):
        result.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".unicodeScalars)
      default: result.append(scalar)
      }
    }
    return String(result)
  }
}

extension [HTML] {
  /// One behind the other.
  func joined() -> HTML { reduce(into: HTML.nothing) { $0 += $1 } }
}
