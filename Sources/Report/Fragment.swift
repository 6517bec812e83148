/// The name of a place in the page: lower-case letters, digits, `_` and `-` only.
struct Fragment: Hashable {
  let name: String

  /// Every other character becomes a `-`.
  init(_ parts: String...) {
    name = parts.map { part in
      String(
        part.lowercased().map { character in
          character.isASCII && (character.isLetter || character.isNumber || character == "_") ? character : "-"
        })
    }.joined(separator: "-")
  }
}
