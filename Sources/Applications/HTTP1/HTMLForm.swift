import Bytes

/// Takes credentials out of the fields of a form: of a URL's query, and of bodies with the media types
/// `application/x-www-form-urlencoded` (WHATWG URL, section 5), `multipart/form-data` (RFC 7578) and `application/json`
/// (RFC 8259).
enum HTMLForm {
  /// The media types of forms that are searched.
  enum Encoding: Equatable, Sendable {
    /// `name=value&name=value`.
    case urlEncoded
    /// Parts between lines with the boundary.
    case multipart(boundary: [UInt8])
    /// An object, which may hold others.
    case json

    /// The encoding that a `Content-Type` field in `range` names; nil for any other.
    init?(_ bytes: RawSpan, _ range: Range<Int>) {
      if HTTP1Bytes.starts(bytes, range, "application/x-www-form-urlencoded") {
        self = .urlEncoded
      } else if HTTP1Bytes.starts(bytes, range, "multipart/form-data"),
        let boundary = HTTP1Bytes.parameter("boundary", bytes, range), !boundary.isEmpty,
        boundary.count <= HTTP1Limits.boundary
      {
        self = .multipart(boundary: boundary)
      } else if Encoding.isJSON(bytes, range) {
        self = .json
      } else {
        return nil
      }
    }

    /// `application/json`, `text/json`, `application/x-json`, and all `+json` (RFC 6839, section 3.1).
    private static func isJSON(_ bytes: RawSpan, _ range: Range<Int>) -> Bool {
      let end = bytes.firstIndex(of: UInt8(ascii: ";"), from: range.lowerBound, to: range.upperBound)
      let type = HTTP1Bytes.trimmed(bytes, range.lowerBound..<(end ?? range.upperBound))
      guard type.count >= 9 else { return false }
      let ending = (type.upperBound - 5)..<type.upperBound
      return HTTP1Bytes.equals(bytes, ending, "/json") || HTTP1Bytes.equals(bytes, ending, "+json")
        || HTTP1Bytes.equals(bytes, ending, "-json")
    }
  }

  /// A field of a form.
  struct Field {
    /// Whether its name is a password's.
    let isPassword: Bool
    /// `HTMLFormFieldName.usernameRank` of its name.
    let usernameRank: Int?
    /// Its value, decoded.
    let value: [UInt8]
    /// The object that it is a member of, in JSON; else 0.
    let object: Int

    /// A field with `name`, whose encoding is undone.
    init(name: HTMLFormFieldName, value: [UInt8], object: Int = 0) {
      isPassword = name.isPassword
      usernameRank = isPassword ? nil : name.usernameRank
      self.value = value
      self.object = object
    }
  }

  /// The different secrets in a form's body, each with the most likely user name; none where there is no password field.
  ///
  /// - Parameter isWhole: false where `body` ends too early; its last field is then left out.
  static func secrets(_ body: RawSpan, _ encoding: Encoding, isWhole: Bool) -> [HTTP1Secret] {
    switch encoding {
    case .urlEncoded:
      let pairs = pairs(body, 0..<body.byteCount, isWhole: isWhole)
      guard pairs.contains(where: { HTMLFormFieldName.mayBePassword(body, $0.name) }) else { return [] }
      return secrets(of: fields(body, pairs))
    case .multipart(let boundary): return secrets(of: multipartFields(body, boundary))
    case .json:
      guard HTMLFormFieldName.mayBePassword(body, 0..<body.byteCount) else { return [] }
      return secrets(of: JSONFields.fields(body.copied(), isWhole: isWhole))
    }
  }

  // MARK: - name=value

  /// Where the names and values lie that are joined by `=`.
  static func pairs(_ bytes: RawSpan, _ range: Range<Int>, isWhole: Bool) -> [(name: Range<Int>, value: Range<Int>)] {
    var pairs: [(name: Range<Int>, value: Range<Int>)] = []
    var (start, count) = (range.lowerBound, 0)
    while start < range.upperBound, count < HTTP1Limits.formFields {
      let end = bytes.firstIndex(of: UInt8(ascii: "&"), from: start, to: range.upperBound)
      if end == nil, !isWhole { break }
      // A final line end is not part of the form; some senders add one.
      var stop = end ?? range.upperBound
      while end == nil, stop > start, let last = bytes.u8(at: stop - 1), last == 0x0d || last == 0x0a { stop -= 1 }
      if let equals = bytes.firstIndex(of: UInt8(ascii: "="), from: start, to: stop) {
        pairs.append((start..<equals, (equals + 1)..<stop))
      }
      start = (end ?? range.upperBound) + 1
      count += 1
    }
    return pairs
  }

  /// The fields at `pairs`, percent-encoding undone.
  static func fields(_ bytes: RawSpan, _ pairs: [(name: Range<Int>, value: Range<Int>)]) -> [Field] {
    pairs.map { pair in
      Field(
        name: HTMLFormFieldName(HTTP1Bytes.percentDecoded(bytes, pair.name, plusIsSpace: true)),
        value: HTTP1Bytes.percentDecoded(bytes, pair.value, plusIsSpace: true))
    }
  }

  // MARK: - multipart/form-data

  /// The fields that are no files and lie wholly in `body`.
  private static func multipartFields(_ body: RawSpan, _ boundary: [UInt8]) -> [Field] {
    let delimiter = Array("--".utf8) + boundary
    var fields: [Field] = []
    var start = firstOccurrence(of: delimiter, in: body, from: 0)
    while let part = start, fields.count < HTTP1Limits.formFields {
      let contentStart = part + delimiter.count
      guard let next = firstOccurrence(of: delimiter, in: body, from: contentStart) else { break }
      if let field = multipartField(body.part(from: contentStart, to: next)) { fields.append(field) }
      start = next
    }
    return fields
  }

  /// The field in `part`: from behind its boundary to before the next one.
  private static func multipartField(_ part: RawSpan) -> Field? {
    guard let first = part.firstIndex(of: 0x0a) else { return nil }
    var line = first + 1
    var disposition: Range<Int>?
    while let newline = part.firstIndex(of: 0x0a, from: line) {
      let end = newline > line && part.u8(at: newline - 1) == 0x0d ? newline - 1 : newline
      if end == line {
        guard let disposition, let name = HTTP1Bytes.parameter("name", part, disposition),
          HTTP1Bytes.parameter("filename", part, disposition) == nil
        else { return nil }
        var stop = part.byteCount
        if stop > newline + 1, part.u8(at: stop - 1) == 0x0a { stop -= 1 }
        if stop > newline + 1, part.u8(at: stop - 1) == 0x0d { stop -= 1 }
        return Field(name: HTMLFormFieldName(name), value: part.part(from: newline + 1, to: stop).copied())
      }
      if HTTP1Bytes.starts(part, line..<end, "content-disposition:") { disposition = line..<end }
      line = newline + 1
    }
    return nil
  }

  private static func firstOccurrence(of text: [UInt8], in bytes: RawSpan, from start: Int) -> Int? {
    guard let first = text.first else { return nil }
    var index = start
    while let candidate = bytes.firstIndex(of: first, from: index) {
      guard candidate + text.count <= bytes.byteCount else { return nil }
      var length = 1
      while length < text.count, bytes.u8(at: candidate + length) == text[length] { length += 1 }
      if length == text.count { return candidate }
      index = candidate + 1
    }
    return nil
  }

  // MARK: - Choice

  /// The different secrets in `fields`, each with the most likely user name: of the same object, else of any.
  static func secrets(of fields: [Field]) -> [HTTP1Secret] {
    var secrets: [HTTP1Secret] = []
    let passwords = fields.filter { $0.isPassword && !$0.value.isEmpty }
    guard !passwords.isEmpty else { return [] }
    let members = Dictionary(grouping: fields) { $0.object }.mapValues { username(in: $0) }
    let any = username(in: fields)
    for field in passwords {
      guard secrets.count < HTTP1Limits.secretsPerForm else { break }
      let username = (members[field.object] ?? nil) ?? any
      let secret = HTTP1Secret(
        LoginAttempt(
          mechanism: "form", username: username, secret: WireText.text(field.value), kind: .password, frameID: 0),
        judge: .form)
      if !secrets.contains(secret) { secrets.append(secret) }
    }
    return secrets
  }

  /// The value of the field that is most likely a user name; nil: of none.
  static func username(in fields: [Field]) -> String? {
    var best: (rank: Int, value: [UInt8])?
    for field in fields where !field.value.isEmpty {
      if let rank = field.usernameRank, rank < best?.rank ?? .max { best = (rank, field.value) }
    }
    return best.map { WireText.text($0.value) }
  }
}
