import Bytes

/// Takes passwords and tokens out of request targets (RFC 9112, section 3.2).
enum HTTP1Target {
  /// The secrets in the target in `range`; most targets hold none, and then nothing is allocated.
  static func secrets(_ bytes: RawSpan, _ range: Range<Int>) -> [HTTP1Secret] {
    let mark = bytes.firstIndex(of: UInt8(ascii: "?"), from: range.lowerBound, to: range.upperBound)
    var secrets: [HTTP1Secret] = []
    if let secret = HTTP1Token.secret(inPath: bytes, range.lowerBound..<(mark ?? range.upperBound)) {
      secrets.append(secret)
    }
    guard let mark else { return secrets }
    let end = bytes.firstIndex(of: UInt8(ascii: "#"), from: mark, to: range.upperBound) ?? range.upperBound
    let query = (mark + 1)..<end
    var (mayHoldPassword, mayHoldToken) = (false, false)
    forEachName(bytes, query) { name in
      mayHoldPassword = mayHoldPassword || HTMLFormFieldName.mayBePassword(bytes, name)
      mayHoldToken = mayHoldToken || HTTP1Token.isParameter(bytes, name)
    }
    guard mayHoldPassword || mayHoldToken else { return secrets }
    let pairs = HTMLForm.pairs(bytes, query, isWhole: true)
    let fields = HTMLForm.fields(bytes, pairs)
    if mayHoldPassword { secrets += HTMLForm.secrets(of: fields) }
    if mayHoldToken { secrets += HTTP1Token.secrets(inQuery: bytes, pairs, of: HTMLForm.username(in: fields)) }
    return secrets
  }

  /// Calls `body` with the names of the first `HTTP1Limits.formFields` parameters with an `=`.
  private static func forEachName(_ bytes: RawSpan, _ query: Range<Int>, _ body: (Range<Int>) -> Void) {
    var (start, count) = (query.lowerBound, 0)
    while start < query.upperBound, count < HTTP1Limits.formFields {
      let end = bytes.firstIndex(of: UInt8(ascii: "&"), from: start, to: query.upperBound) ?? query.upperBound
      if let equals = bytes.firstIndex(of: UInt8(ascii: "="), from: start, to: end), equals > start, equals + 1 < end {
        body(start..<equals)
      }
      start = end + 1
      count += 1
    }
  }
}
