import Bytes

/// Takes credentials out of the fields of an HTML form: of a URL's query, and of bodies with the media types
/// `application/x-www-form-urlencoded` (WHATWG URL, section 5) and `multipart/form-data` (RFC 7578).
enum HTMLForm {
  /// The media types of forms that are searched.
  enum Encoding: Equatable, Sendable {
    /// `name=value&name=value`.
    case urlEncoded
    /// Parts between lines with the boundary.
    case multipart(boundary: [UInt8])

    /// The encoding that a `Content-Type` field in `range` names; nil for any other.
    init?(_ bytes: RawSpan, _ range: Range<Int>) {
      if HTTP1Bytes.starts(bytes, range, "application/x-www-form-urlencoded") {
        self = .urlEncoded
      } else if HTTP1Bytes.starts(bytes, range, "multipart/form-data"),
        let boundary = HTTP1Bytes.parameter("boundary", bytes, range), !boundary.isEmpty,
        boundary.count <= HTTP1Limits.boundary
      {
        self = .multipart(boundary: boundary)
      } else {
        return nil
      }
    }
  }

  /// The different secrets in a form, each with the most likely user name; none where there is no password field.
  ///
  /// - Parameter isWhole: false where `range` ends too early; its last field is then left out.
  static func secrets(_ bytes: RawSpan, _ range: Range<Int>, _ encoding: Encoding, isWhole: Bool) -> [HTTP1Secret] {
    switch encoding {
    case .urlEncoded:
      return secrets(urlEncoded: bytes, range, isWhole: isWhole)
    case .multipart(let boundary):
      return secrets(of: multipartFields(bytes.part(from: range.lowerBound, to: range.upperBound), boundary))
    }
  }

  /// The secrets in the query of a request target in `range`.
  static func secrets(inQueryOf bytes: RawSpan, _ range: Range<Int>) -> [HTTP1Secret] {
    let mark = bytes.firstIndex(of: UInt8(ascii: "?"), from: range.lowerBound, to: range.upperBound)
    guard let mark else { return [] }
    let end = bytes.firstIndex(of: UInt8(ascii: "#"), from: mark, to: range.upperBound) ?? range.upperBound
    return secrets(urlEncoded: bytes, (mark + 1)..<end, isWhole: true)
  }

  private struct Field {
    let name: HTMLFormFieldName
    let value: [UInt8]
  }

  // MARK: - name=value

  private static func secrets(urlEncoded bytes: RawSpan, _ range: Range<Int>, isWhole: Bool) -> [HTTP1Secret] {
    let pairs = pairs(bytes, range, isWhole: isWhole)
    guard pairs.contains(where: { mayBePassword(bytes, $0) }) else { return [] }
    return secrets(
      of: pairs.compactMap { pair in
        guard let equals = bytes.firstIndex(of: UInt8(ascii: "="), from: pair.lowerBound, to: pair.upperBound) else {
          return nil
        }
        let name = HTTP1Bytes.percentDecoded(bytes, pair.lowerBound..<equals, plusIsSpace: true)
        let value = HTTP1Bytes.percentDecoded(bytes, (equals + 1)..<pair.upperBound, plusIsSpace: true)
        return Field(name: HTMLFormFieldName(name), value: value)
      })
  }

  private static func pairs(_ bytes: RawSpan, _ range: Range<Int>, isWhole: Bool) -> [Range<Int>] {
    var pairs: [Range<Int>] = []
    var start = range.lowerBound
    while start < range.upperBound, pairs.count < HTTP1Limits.formFields {
      let end = bytes.firstIndex(of: UInt8(ascii: "&"), from: start, to: range.upperBound)
      if end == nil, !isWhole { break }
      // A final line end is not part of the form; some senders add one.
      var stop = end ?? range.upperBound
      while end == nil, stop > start, let last = bytes.u8(at: stop - 1), last == 0x0d || last == 0x0a { stop -= 1 }
      if stop > start { pairs.append(start..<stop) }
      start = (end ?? range.upperBound) + 1
    }
    return pairs
  }

  private static func mayBePassword(_ bytes: RawSpan, _ pair: Range<Int>) -> Bool {
    let end = bytes.firstIndex(of: UInt8(ascii: "="), from: pair.lowerBound, to: pair.upperBound)
    guard let end else { return false }
    return HTMLFormFieldName.mayBePassword(bytes, pair.lowerBound..<end)
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

  private static func secrets(of fields: [Field]) -> [HTTP1Secret] {
    var passwords: [String] = []
    var username: (rank: Int, text: String)?
    for field in fields where !field.value.isEmpty {
      if field.name.isPassword {
        let text = WireText.text(field.value)
        if passwords.count < HTTP1Limits.secretsPerForm, !passwords.contains(text) { passwords.append(text) }
      } else if let rank = field.name.usernameRank, rank < username?.rank ?? .max {
        username = (rank, WireText.text(field.value))
      }
    }
    return passwords.map { HTTP1Secret(mechanism: .form, username: username?.text, secret: $0) }
  }
}
