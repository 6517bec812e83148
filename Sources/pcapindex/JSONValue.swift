/// A JSON value (RFC 8259) that keeps the order of an object's members.
indirect enum JSONValue {
  case string(String)
  case bool(Bool)
  case array([JSONValue])
  case object([(name: String, value: JSONValue)])

  /// The value as text, a member or element a line.
  ///
  /// - Parameter indent: blanks before the value's further lines.
  func text(indent: Int = 0) -> String {
    let margin = String(repeating: " ", count: indent + 2)
    let end = "\n" + String(repeating: " ", count: indent)
    switch self {
    case .string(let text): return JSONText.string(text)
    case .bool(let isTrue): return isTrue ? "true" : "false"
    case .array(let elements):
      guard !elements.isEmpty else { return "[]" }
      return "[" + elements.map { $0.text(indent: indent + 2) }.joined(separator: ", ") + "]"
    case .object(let members):
      guard !members.isEmpty else { return "{}" }
      let lines = members.map { "\n\(margin)\(JSONText.string($0.name)): \($0.value.text(indent: indent + 2))" }
      return "{" + lines.joined(separator: ",") + end + "}"
    }
  }
}
