import Bytes

/// An attribute. Those that can load something or run something are not among the names, and `href` takes places of the
/// page itself only.
struct HTMLAttribute: Equatable {
  enum Name: String {
    case id, href, title, lang, charset, name, content, scope, role, tabindex, datetime, open
    case httpEquiv = "http-equiv"
    case className = "class"
    case label = "aria-label"
    case labelledBy = "aria-labelledby"
    case describedBy = "aria-describedby"
    case hidden = "aria-hidden"
    case x, y, x1, y1, x2, y2, width, height, viewBox, preserveAspectRatio
    case anchor = "text-anchor"
    case namespace = "xmlns"
  }

  let name: Name
  let value: String

  private init(_ name: Name, _ value: String) {
    self.name = name
    self.value = value
  }

  static func id(_ place: Fragment) -> HTMLAttribute { HTMLAttribute(.id, place.name) }
  /// A link to a place of the page.
  static func href(_ place: Fragment) -> HTMLAttribute { HTMLAttribute(.href, "#" + place.name) }
  static func labelledBy(_ places: Fragment...) -> HTMLAttribute {
    HTMLAttribute(.labelledBy, places.map(\.name).joined(separator: " "))
  }
  static func describedBy(_ place: Fragment) -> HTMLAttribute { HTMLAttribute(.describedBy, place.name) }
  /// Names of rules in the style sheet.
  static func style(_ names: StaticString) -> HTMLAttribute { HTMLAttribute(.className, names.description) }
  /// Any text, which is shown as the `title`.
  static func title(_ text: String) -> HTMLAttribute { HTMLAttribute(.title, HTMLAttribute.visible(text)) }
  /// Any text, which is read aloud.
  static func label(_ text: String) -> HTMLAttribute { HTMLAttribute(.label, HTMLAttribute.visible(text)) }
  /// A value that the program knows.
  static func known(_ name: Name, _ value: StaticString) -> HTMLAttribute { HTMLAttribute(name, value.description) }
  /// A length in the units of a drawing, to a hundredth.
  static func length(_ name: Name, _ value: Double) -> HTMLAttribute {
    HTMLAttribute(name, Quantity.decimal(value, places: 2))
  }
  /// A time as `YYYY-MM-DDTHH:MM:SS.fffZ`.
  static func datetime(_ text: String) -> HTMLAttribute { HTMLAttribute(.datetime, HTMLAttribute.visible(text)) }
  /// The value of a `meta` element.
  static func content(_ text: String) -> HTMLAttribute { HTMLAttribute(.content, HTMLAttribute.visible(text)) }

  private static func visible(_ text: String) -> String { VisibleText.escaping(text) }
}
