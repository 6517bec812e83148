import Store

/// A canned query as Datasette runs it.
///
/// Datasette hands every parameter over as text, and an empty text for one that is not given. So each `:name` of the SQL
/// becomes an expression that makes NULL of an empty text and a number of a decimal number in its shortest form: the
/// query then gets what `pcapindex query` binds.
struct DatasetteQuery {
  /// The SQL with its parameters replaced, without the header and the final semicolon.
  let sql: String
  /// The parameters' names without the colon, in the order in which they first stand in the SQL.
  let parameters: [String]
  /// Whether a parameter is one that Datasette does not know: `?`, `?1`, `@name` or `$name`.
  let hasOtherParameters: Bool

  init(_ query: CannedQuery) {
    var reader = Reader(Array(query.sql.utf8))
    reader.skipHeader()
    reader.readAll()
    var bytes = reader.output[...]
    while let last = bytes.last, last == UInt8(ascii: ";") || Reader.isBlank(last) { bytes.removeLast() }
    sql = String(decoding: bytes, as: UTF8.self)
    parameters = reader.parameters
    hasOtherParameters = reader.hasOtherParameters
  }

  /// What stands for a parameter.
  private static func expression(_ name: String) -> String {
    "iif(CAST(CAST(:\(name) AS NUMERIC) AS TEXT) = :\(name), CAST(:\(name) AS NUMERIC), nullif(:\(name), ''))"
  }

  /// Copies SQL token by token; comments, literals and quoted names stay as they are.
  private struct Reader {
    private let input: [UInt8]
    private var at = 0
    private(set) var output: [UInt8] = []
    private(set) var parameters: [String] = []
    private(set) var hasOtherParameters = false

    init(_ input: [UInt8]) { self.input = input }

    static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }

    private static func isOfName(_ byte: UInt8) -> Bool {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"):
        true
      default: false
      }
    }

    /// Passes over the comment lines that open the file.
    mutating func skipHeader() {
      while at < input.count {
        if Reader.isBlank(input[at]) {
          at += 1
        } else if starts(with: "--") {
          while at < input.count, input[at] != UInt8(ascii: "\n") { at += 1 }
        } else {
          return
        }
      }
    }

    mutating func readAll() {
      while at < input.count {
        switch input[at] {
        case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "`"): copy(through: input[at])
        case UInt8(ascii: "["): copy(through: UInt8(ascii: "]"))
        case UInt8(ascii: "-") where starts(with: "--"): copyLine()
        case UInt8(ascii: "/") where starts(with: "/*"): copyComment()
        case UInt8(ascii: ":") where nextIsOfName: replaceParameter()
        case UInt8(ascii: "?"):
          hasOtherParameters = true
          copyByte()
        case UInt8(ascii: "@") where nextIsOfName, UInt8(ascii: "$") where nextIsOfName:
          hasOtherParameters = true
          copyByte()
        case let byte where Reader.isOfName(byte): copyName()
        default: copyByte()
        }
      }
    }

    private var nextIsOfName: Bool { at + 1 < input.count && Reader.isOfName(input[at + 1]) }

    private func starts(with text: StaticString) -> Bool { input[at...].starts(with: text.description.utf8) }

    private mutating func copyByte() {
      output.append(input[at])
      at += 1
    }

    /// A name or number, in which `$` may stand.
    private mutating func copyName() {
      while at < input.count, Reader.isOfName(input[at]) || input[at] == UInt8(ascii: "$") { copyByte() }
    }

    /// A literal or quoted name; a doubled quote inside reads as two of them.
    private mutating func copy(through end: UInt8) {
      copyByte()
      while at < input.count, input[at] != end { copyByte() }
      if at < input.count { copyByte() }
    }

    private mutating func copyLine() {
      while at < input.count, input[at] != UInt8(ascii: "\n") { copyByte() }
    }

    private mutating func copyComment() {
      copyByte()
      copyByte()
      while at < input.count, !starts(with: "*/") { copyByte() }
    }

    private mutating func replaceParameter() {
      at += 1
      var name: [UInt8] = []
      while at < input.count, Reader.isOfName(input[at]) {
        name.append(input[at])
        at += 1
      }
      let text = String(decoding: name, as: UTF8.self)
      if !parameters.contains(text) { parameters.append(text) }
      output += Array(DatasetteQuery.expression(text).utf8)
    }
  }
}
