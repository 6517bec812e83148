import Bytes

/// Takes keys, tokens and session cookies out of a request's header fields and target.
enum HTTP1Token {
  /// The tokens in the fields with `names` in their lists, and in `Cookie` fields.
  static func secrets(in fields: [HTTP1Field], _ bytes: RawSpan) -> [HTTP1Secret] {
    var secrets: [HTTP1Secret] = []
    for field in fields where secrets.count < HTTP1Limits.tokensPerRequest {
      if HTTP1Bytes.equals(bytes, field.name, "cookie") {
        appendCookies(bytes, field.value, to: &secrets)
      } else if let name = HTTP1TokenNames.headers.name(bytes, field.name),
        let secret = secret(bytes.part(field.value), mechanism: "\(name)")
      {
        secrets.append(secret)
      }
    }
    return secrets
  }

  /// `name=value; name=value` (RFC 6265, section 4.2.1). Values stay as sent, quotes apart.
  private static func appendCookies(_ bytes: RawSpan, _ range: Range<Int>, to secrets: inout [HTTP1Secret]) {
    var start = range.lowerBound
    while start < range.upperBound, secrets.count < HTTP1Limits.tokensPerRequest {
      let end = bytes.firstIndex(of: UInt8(ascii: ";"), from: start, to: range.upperBound) ?? range.upperBound
      let pair = start..<end
      start = end + 1
      guard let equals = bytes.firstIndex(of: UInt8(ascii: "="), from: pair.lowerBound, to: pair.upperBound) else {
        continue
      }
      let place = HTTP1Bytes.trimmed(bytes, pair.lowerBound..<equals)
      let known = HTTP1TokenNames.cookies.name(bytes, place)
      guard let name = known ?? HTTP1TokenNames.vagueCookies.name(bytes, place) else { continue }
      var value = HTTP1Bytes.trimmed(bytes, (equals + 1)..<pair.upperBound)
      let quote = UInt8(ascii: "\"")
      if value.count >= 2, bytes.u8(at: value.lowerBound) == quote, bytes.u8(at: value.upperBound - 1) == quote {
        value = (value.lowerBound + 1)..<(value.upperBound - 1)
      }
      guard value.count >= HTTP1Limits.cookieMinimum, known != nil || looksRandom(bytes.part(value)),
        let secret = secret(bytes.part(value), mechanism: "cookie \(name)", judge: .cookie)
      else { continue }
      secrets.append(secret)
    }
  }

  // MARK: - In the target

  /// Whether a parameter of a query, with its name in `range`, could be a token.
  static func isParameter(_ bytes: RawSpan, _ range: Range<Int>) -> Bool {
    HTTP1TokenNames.parameters.name(bytes, range) != nil || HTTP1TokenNames.vagueParameters.name(bytes, range) != nil
      || HTTP1TokenNames.signatures.name(bytes, range) != nil
  }

  /// The tokens among the pairs of a query, at `pairs`, with `username`.
  static func secrets(
    inQuery bytes: RawSpan, _ pairs: [(name: Range<Int>, value: Range<Int>)], of username: String?
  ) -> [HTTP1Secret] {
    var secrets: [HTTP1Secret] = []
    var signer: String?
    for pair in pairs where signer == nil && HTTP1TokenNames.signers.name(bytes, pair.name) != nil {
      // `X-Amz-Credential` is the key and its scope.
      let value = HTTP1Bytes.percentDecoded(bytes, pair.value, plusIsSpace: false)
      signer = WireText.text(Array(value.prefix { $0 != UInt8(ascii: "/") }))
    }
    for pair in pairs where secrets.count < HTTP1Limits.tokensPerRequest && isParameter(bytes, pair.name) {
      let value = HTTP1Bytes.percentDecoded(bytes, pair.value, plusIsSpace: false)
      let found: HTTP1Secret?
      if let name = HTTP1TokenNames.parameters.name(bytes, pair.name), value.contains(where: { $0 &- 0x30 >= 10 }) {
        // A number is the public name of an application.
        found = secret(value.bytes, mechanism: "URL \(name)", username: username)
      } else if let name = HTTP1TokenNames.vagueParameters.name(bytes, pair.name), looksRandom(value.bytes) {
        found = secret(value.bytes, mechanism: "URL \(name)", username: username)
      } else if let signer, let name = HTTP1TokenNames.signatures.name(bytes, pair.name) {
        found = secret(value.bytes, mechanism: "URL \(name)", username: signer)
      } else {
        found = nil
      }
      if let found { secrets.append(found) }
    }
    return secrets
  }

  /// The session in a path, as servlets write it: `/page.jsp;jsessionid=value`.
  static func secret(inPath bytes: RawSpan, _ path: Range<Int>) -> HTTP1Secret? {
    var start = path.lowerBound
    while let semicolon = bytes.firstIndex(of: UInt8(ascii: ";"), from: start, to: path.upperBound) {
      start = semicolon + 1
      guard HTTP1Bytes.starts(bytes, start..<path.upperBound, "jsessionid=") else { continue }
      start += 11
      var end = start
      while end < path.upperBound, let byte = bytes.u8(at: end), byte != UInt8(ascii: "/"), byte != UInt8(ascii: ";") {
        end += 1
      }
      return secret(bytes.part(from: start, to: end), mechanism: "URL jsessionid")
    }
    return nil
  }

  // MARK: - Values

  /// A token with `value`; nil where that is none: too short or too long, with blanks or control characters, or a word that
  /// programs put where they have no token.
  static func secret(
    _ value: RawSpan, mechanism: String, username: String? = nil, judge: HTTP1Secret.Judge = .token
  ) -> HTTP1Secret? {
    guard (HTTP1Limits.tokenMinimum...HTTP1Limits.token).contains(value.byteCount), !isPlaceholder(value) else {
      return nil
    }
    for index in 0..<value.byteCount {
      guard let byte = value.u8(at: index), byte > 0x20, byte != 0x7f else { return nil }
    }
    let text = WireText.text(value)
    return HTTP1Secret(
      LoginAttempt(mechanism: mechanism, username: username, secret: text, kind: .token, frameID: 0), judge: judge,
      identity: "\(mechanism) \(text)")
  }

  private static func isPlaceholder(_ value: RawSpan) -> Bool {
    let words: [StaticString] = ["undefined", "deleted", "anonymous", "loggedout"]
    return words.contains { HTTP1Bytes.equals(value, 0..<value.byteCount, $0) }
  }

  /// Whether a value looks like what a machine made up: letters and digits, not the same ones again and again.
  private static func looksRandom(_ value: RawSpan) -> Bool {
    guard value.byteCount >= HTTP1Limits.vagueTokenMinimum else { return false }
    var seen: UInt64 = 0
    var (letters, digits) = (0, 0)
    for index in 0..<value.byteCount {
      guard let byte = value.u8(at: index), byte > 0x20, byte < 0x7f else { return false }
      if byte &- 0x30 < 10 { digits += 1 }
      if HTTP1Bytes.lower(byte) &- 0x61 < 26 { letters += 1 }
      seen |= 1 << UInt64(byte & 0x3f)
    }
    return letters >= 2 && digits >= 2 && (letters + digits) * 4 >= value.byteCount * 3 && seen.nonzeroBitCount >= 8
  }
}
