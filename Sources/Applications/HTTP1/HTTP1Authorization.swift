import Bytes

/// Reads `Authorization` and `Proxy-Authorization` (RFC 9110, section 11.6.2): `auth-scheme 1*SP ( token68 / auth-params )`.
enum HTTP1Authorization {
  /// The secret in a field's value; nil where it is the first message of several, or of a scheme or form that is not known.
  ///
  /// - Parameter judge: `server` or `proxy`.
  static func secret(_ bytes: RawSpan, _ range: Range<Int>, judge: HTTP1Secret.Judge) -> HTTP1Secret? {
    guard let blank = bytes.firstIndex(of: 0x20, from: range.lowerBound, to: range.upperBound) else {
      return webToken(bytes.part(range), judge: judge)
    }
    let scheme = range.lowerBound..<blank
    let value = bytes.part(HTTP1Bytes.trimmed(bytes, blank..<range.upperBound))
    guard value.byteCount > 0 else { return nil }
    func isScheme(_ text: StaticString) -> Bool { HTTP1Bytes.equals(bytes, scheme, text) }
    switch scheme.count {
    case 3 where isScheme("aws"): return amazon(value, judge: judge)
    case 4 where isScheme("ntlm"): return negotiation(value, judge: judge)
    case 4 where isScheme("hawk"): return hawk(value, judge: judge)
    case 5 where isScheme("basic"): return basic(value, judge: judge)
    case 5 where isScheme("oauth"): return oauth(value, judge: judge)
    case 6 where isScheme("bearer"): return token(value, mechanism: "Bearer", judge: judge)
    case 6 where isScheme("digest"): return digest(value, judge: judge)
    case 9 where isScheme("negotiate"): return negotiation(value, judge: judge)
    case 16 where isScheme("aws4-hmac-sha256"): return amazon4(value, judge: judge)
    default:
      return HTTP1TokenNames.schemes.name(bytes, scheme).flatMap { token(value, mechanism: "\($0)", judge: judge) }
    }
  }

  // MARK: - Passwords and tokens

  /// Basic (RFC 7617): base64 of `user-id:password`.
  private static func basic(_ value: RawSpan, judge: HTTP1Secret.Judge) -> HTTP1Secret? {
    guard let decoded = HTTP1Bytes.base64(value, 0..<value.byteCount),
      let colon = decoded.firstIndex(of: UInt8(ascii: ":"))
    else { return nil }
    return HTTP1Secret(
      LoginAttempt(
        mechanism: "Basic", username: WireText.text(Array(decoded[..<colon])),
        secret: WireText.text(Array(decoded[(colon + 1)...])), kind: .password, frameID: 0),
      judge: judge)
  }

  /// Bearer (RFC 6750) and its kin: the token itself, or `token="..."` or `auth=...`.
  private static func token(_ value: RawSpan, mechanism: String, judge: HTTP1Secret.Judge) -> HTTP1Secret? {
    let judge = judge == .server ? HTTP1Secret.Judge.token : judge
    if value.firstIndex(of: UInt8(ascii: "="), to: min(value.byteCount, 8)) != nil {
      let values = SASLDirectives.values(value.copied())
      if let token = values["token"] ?? values["auth"] {
        return HTTP1Token.secret(token.bytes, mechanism: mechanism, judge: judge)
      }
    }
    return HTTP1Token.secret(value, mechanism: mechanism, judge: judge)
  }

  /// A JSON Web Token (RFC 7519) without a scheme before it: `eyJ` is base64 of `{"`.
  private static func webToken(_ value: RawSpan, judge: HTTP1Secret.Judge) -> HTTP1Secret? {
    guard value.starts(with: "eyJ"), let dot = value.firstIndex(of: UInt8(ascii: ".")),
      value.firstIndex(of: UInt8(ascii: "."), from: dot + 1) != nil
    else { return nil }
    return token(value, mechanism: "JWT", judge: judge)
  }

  // MARK: - Challenge and response

  /// Digest (RFC 7616, section 3.4). Other algorithms than MD5 are named behind the scheme.
  private static func digest(_ value: RawSpan, judge: HTTP1Secret.Judge) -> HTTP1Secret? {
    let values = SASLDirectives.values(value.copied())
    guard let name = values["username"] ?? values["username*"].map(extended), values["nonce"] != nil,
      let response = values["response"].flatMap({ SASLMessage.hexDigest($0) })
    else { return nil }
    let algorithm = values["algorithm"].map { WireText.text($0).uppercased() } ?? ""
    let known = ["SHA-256", "SHA-512-256"].first { algorithm.hasPrefix($0) }
    return hash(
      known.map { "Digest-" + $0 } ?? "Digest", domain: values["realm"].map { WireText.text($0) },
      username: WireText.text(name), secret: response, judge: judge)
  }

  /// The text of `UTF-8''name` (RFC 8187).
  private static func extended(_ value: [UInt8]) -> [UInt8] {
    let parts = value.split(separator: UInt8(ascii: "'"), maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3 else { return value }
    let text = Array(parts[2])
    return HTTP1Bytes.percentDecoded(text.bytes, 0..<text.count, plusIsSpace: false)
  }

  /// NTLM, and Negotiate (RFC 4559) with NTLM or Kerberos in it. NTLM's first message names nobody.
  private static func negotiation(_ value: RawSpan, judge: HTTP1Secret.Judge) -> HTTP1Secret? {
    guard let message = SASLBase64.decode(value.copied()) else { return nil }
    if let attempt = NTLMAuthenticate(foundIn: message)?.attempt { return HTTP1Secret(attempt, judge: judge) }
    guard message.first == 0x60, holdsKerberosRequest(message) else { return nil }
    return hash("Negotiate", domain: nil, username: nil, secret: nil, judge: judge)
  }

  /// Whether a Kerberos AP-REQ (RFC 4121, section 4.1) stands in it: the mechanism's number, 1.2.840.113554.1.2.2, and
  /// `01 00`.
  private static func holdsKerberosRequest(_ message: [UInt8]) -> Bool {
    let start: [UInt8] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02, 0x01, 0x00]
    return message.indices.contains { message[$0] == start[0] && message[$0...].starts(with: start) }
  }

  // MARK: - Signed requests

  /// AWS Signature Version 4: `Credential=KEY/DATE/REGION/SERVICE/aws4_request, SignedHeaders=..., Signature=64 digits`.
  private static func amazon4(_ value: RawSpan, judge: HTTP1Secret.Judge) -> HTTP1Secret? {
    let values = SASLDirectives.values(value.copied())
    guard let scope = values["credential"]?.split(separator: UInt8(ascii: "/")), scope.count >= 5,
      let signature = values["signature"].flatMap({ SASLMessage.hexDigest($0) })
    else { return nil }
    let domain = WireText.text(Array(scope[scope.count - 3])) + "/" + WireText.text(Array(scope[scope.count - 2]))
    return hash(
      "AWS4-HMAC-SHA256", domain: domain, username: WireText.text(Array(scope[0])), secret: signature,
      judge: judge == .server ? .token : judge)
  }

  /// AWS Signature Version 2: `KEY:base64 of an HMAC-SHA1`.
  private static func amazon(_ value: RawSpan, judge: HTTP1Secret.Judge) -> HTTP1Secret? {
    let parts = value.copied().split(separator: UInt8(ascii: ":"))
    guard parts.count == 2, let signature = SASLBase64.decode(parts[1]), signature.count == 20 else { return nil }
    return hash(
      "AWS", domain: nil, username: WireText.text(Array(parts[0])), secret: hexadecimal(signature),
      judge: judge == .server ? .token : judge)
  }

  /// Hawk: `id="...", ts="...", nonce="...", mac="base64"`.
  private static func hawk(_ value: RawSpan, judge: HTTP1Secret.Judge) -> HTTP1Secret? {
    let values = SASLDirectives.values(value.copied())
    guard let name = values["id"], values["nonce"] != nil, let mac = values["mac"].flatMap({ SASLBase64.decode($0) }),
      mac.count >= 20
    else { return nil }
    return hash("Hawk", domain: nil, username: WireText.text(name), secret: hexadecimal(mac), judge: judge)
  }

  /// OAuth 1.0 (RFC 5849, section 3.5.1). With the method PLAINTEXT the signature is the secrets themselves.
  private static func oauth(_ value: RawSpan, judge: HTTP1Secret.Judge) -> HTTP1Secret? {
    let values = SASLDirectives.values(value.copied()).mapValues { text in
      HTTP1Bytes.percentDecoded(text.bytes, 0..<text.count, plusIsSpace: false)
    }
    guard let name = values["oauth_consumer_key"], let signature = values["oauth_signature"] else { return nil }
    let judge = judge == .server ? HTTP1Secret.Judge.token : judge
    if values["oauth_signature_method"] == Array("PLAINTEXT".utf8) {
      return HTTP1Token.secret(signature.bytes, mechanism: "OAuth", username: WireText.text(name), judge: judge)
    }
    guard let mac = SASLBase64.decode(signature), mac.count >= 20 else { return nil }
    return hash(
      "OAuth", domain: values["realm"].map { WireText.text($0) }, username: WireText.text(name),
      secret: hexadecimal(mac), judge: judge)
  }

  /// A response that each request computes anew: all of one user are one login, as long as none is refused.
  private static func hash(
    _ mechanism: String, domain: String?, username: String?, secret: String?, judge: HTTP1Secret.Judge
  ) -> HTTP1Secret {
    HTTP1Secret(
      LoginAttempt(
        mechanism: mechanism, domain: domain, username: username, secret: secret, kind: .hash, frameID: 0),
      judge: judge, identity: "\(mechanism) \(judge) \(domain ?? "") \(username ?? "")")
  }

  // MARK: - Challenges

  /// Whether a 401 or 407 with these fields only asks for the same digest with another nonce (RFC 7616, section 3.3).
  static func isStale(_ fields: [HTTP1Field], _ bytes: RawSpan) -> Bool {
    fields.contains { field in
      guard field.name.count >= 16,
        HTTP1Bytes.equals(bytes, field.name, "www-authenticate")
          || HTTP1Bytes.equals(bytes, field.name, "proxy-authenticate"),
        HTTP1Bytes.starts(bytes, field.value, "digest ")
      else { return false }
      let values = SASLDirectives.values(bytes.part(field.value).part(from: 7).copied())
      return values["stale"].map { WireText.text($0).lowercased() } == "true"
    }
  }
}
