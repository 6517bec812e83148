import Bytes

/// A field that has parameters (RFC 2045, section 5.1; RFC 2183): `attachment; filename="a.pdf"`.
struct MIMEParameters {
  /// What stands before the parameters, in lower case and without comments: `text/plain`, `attachment`.
  let value: [UInt8]
  private var parameters: [String: [UInt8]] = [:]

  private static let semicolon = UInt8(ascii: ";")

  /// The field with this value.
  init(_ field: [UInt8]) {
    var parts = MIMEParameters.parts(field)
    value = parts.isEmpty ? [] : parts.removeFirst().map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 }.filter { $0 > 0x20 }
    for part in parts {
      guard let equals = part.firstIndex(of: UInt8(ascii: "=")) else { continue }
      let name = part[..<equals].filter { $0 > 0x20 }.map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 }
      let key = WireText.text(name)
      guard parameters[key] == nil, parameters.count < MailLimits.pieces else { continue }
      parameters[key] = MIMEParameters.unquoted(part[(equals + 1)...])
    }
  }

  /// A parameter's value as sent, without quotation marks; nil: there is none.
  func plain(_ name: String) -> [UInt8]? { parameters[name] }

  /// A parameter's value as UTF-8, its character set and pieces undone (RFC 2231), or words that are coded as in other
  /// fields, as many programs do; nil: there is none.
  func text(_ name: String) -> [UInt8]? {
    if let extended = parameters[name + "*"] { return MIMEParameters.extended(extended) }
    if parameters[name + "*0"] != nil || parameters[name + "*0*"] != nil { return pieces(name) }
    return parameters[name].map(MIMEEncodedWords.decode)
  }

  /// `name*0*=utf-8''a%20; name*1="b"`
  private func pieces(_ name: String) -> [UInt8] {
    var value: [UInt8] = []
    var charset: [UInt8]?
    for number in 0..<MailLimits.pieces {
      if let plain = parameters["\(name)*\(number)"] {
        value += plain
      } else if let coded = parameters["\(name)*\(number)*"] {
        var rest = coded[...]
        if number == 0, let (set, text) = MIMEParameters.split(coded) { (charset, rest) = (set, text) }
        value += MIMEParameters.percentDecoded(rest)
      } else {
        break
      }
    }
    return charset.flatMap { MailCharset.utf8(value, charset: $0) } ?? value
  }

  /// `charset'language'text`, where text may hold `%` and two digits.
  private static func extended(_ value: [UInt8]) -> [UInt8] {
    guard let (charset, text) = split(value) else { return percentDecoded(value[...]) }
    let bytes = percentDecoded(text)
    return MailCharset.utf8(bytes, charset: charset) ?? bytes
  }

  private static func split(_ value: [UInt8]) -> (charset: [UInt8], text: ArraySlice<UInt8>)? {
    let quote = UInt8(ascii: "'")
    guard let first = value.firstIndex(of: quote), let second = value[(first + 1)...].firstIndex(of: quote) else {
      return nil
    }
    return (Array(value[..<first]), value[(second + 1)...])
  }

  static func percentDecoded(_ text: ArraySlice<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    var index = text.startIndex
    while index < text.endIndex {
      if text[index] == UInt8(ascii: "%"), index + 2 < text.endIndex,
        let value = UInt8(String(decoding: text[(index + 1)...(index + 2)], as: UTF8.self), radix: 16)
      {
        result.append(value)
        index += 3
      } else {
        result.append(text[index])
        index += 1
      }
    }
    return result
  }

  /// What stands between semicolons, those within quotation marks apart, without comments. Behind the equals sign a
  /// parenthesis is no comment: too many programs leave the quotation marks off a name that has one.
  private static func parts(_ field: [UInt8]) -> [[UInt8]] {
    var parts: [[UInt8]] = [[]]
    var part: [UInt8] = []
    var (isQuoted, isValue) = (false, false)
    var depth = 0
    var isEscaped = false
    for byte in field {
      if isEscaped {
        if depth == 0 { part.append(byte) }
        isEscaped = false
        continue
      }
      isEscaped = byte == UInt8(ascii: "\\") && (isQuoted || depth > 0)
      switch byte {
      case UInt8(ascii: "(") where !isQuoted && !isValue: depth += 1
      case UInt8(ascii: ")") where depth > 0: depth -= 1
      case _ where depth > 0: break
      case semicolon where !isQuoted:
        parts[parts.count - 1] = part
        parts.append([])
        (part, isValue) = ([], false)
      default:
        if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
        if byte == UInt8(ascii: "=") { isValue = true }
        part.append(byte)
      }
    }
    parts[parts.count - 1] = part
    return parts
  }

  private static func unquoted(_ value: ArraySlice<UInt8>) -> [UInt8] {
    let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 }
    let trimmed = Array(value.drop(while: isBlank).reversed().drop(while: isBlank).reversed())
    guard trimmed.first == UInt8(ascii: "\"") else { return trimmed }
    var result: [UInt8] = []
    var isEscaped = false
    for byte in trimmed.dropFirst() {
      if isEscaped {
        // Folders of Windows come with single backslashes from some programs.
        if byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { result.append(UInt8(ascii: "\\")) }
        result.append(byte)
        isEscaped = false
      } else if byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else if byte == UInt8(ascii: "\"") {
        break
      } else {
        result.append(byte)
      }
    }
    return result
  }
}
