/// What is counted, in singular and plural.
struct Noun: Equatable {
  let one: String
  let many: String

  /// The plural has an `s` more where none is given.
  init(_ one: String, _ many: String? = nil) {
    self.one = one
    self.many = many ?? one + "s"
  }
}
