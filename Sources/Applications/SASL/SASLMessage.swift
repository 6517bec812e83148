import Bytes

/// Reads the clients' messages of SASL mechanisms. Each returns nil where the message is not of the mechanism's form. The
/// frame of what they return is 0: they do not know it.
enum SASLMessage {
  /// PLAIN (RFC 4616): `[authzid] NUL authcid NUL passwd`.
  static func plain(_ message: [UInt8]) -> LoginAttempt? {
    let parts = message.split(separator: 0, omittingEmptySubsequences: false)
    guard parts.count == 3, !parts[1].isEmpty else { return nil }
    return LoginAttempt(
      mechanism: "PLAIN", username: WireText.text(Array(parts[1])), secret: WireText.text(Array(parts[2])),
      kind: .password, frameID: 0)
  }

  /// CRAM-MD5 (RFC 2195) and its kin: `user SP digest`, the digest in hexadecimal; the user name may hold blanks.
  static func keyedDigest(_ message: [UInt8], mechanism: String) -> LoginAttempt? {
    guard let blank = message.lastIndex(of: 0x20), let digest = hexDigest(message[(blank + 1)...]) else { return nil }
    return LoginAttempt(
      mechanism: mechanism, username: WireText.text(Array(message[..<blank])), secret: digest, kind: .hash, frameID: 0)
  }

  /// A digest of at least 128 bits in hexadecimal, in small letters; nil for anything else.
  static func hexDigest(_ text: some Collection<UInt8>) -> String? {
    let letters = text.map { $0 &- 0x41 < 6 ? $0 | 0x20 : $0 }
    guard [32, 40, 64, 96, 128].contains(letters.count),
      letters.allSatisfy({ $0 &- 0x30 < 10 || $0 &- 0x61 < 6 })
    else { return nil }
    return WireText.text(letters)
  }

  /// DIGEST-MD5 (RFC 2831, section 2.1.2): `username="u",realm="r",...,response=32 digits`.
  static func digest(_ message: [UInt8]) -> LoginAttempt? {
    let values = SASLDirectives.values(message)
    guard let username = values["username"], let response = values["response"].flatMap({ hexDigest($0) }) else {
      return nil
    }
    return LoginAttempt(
      mechanism: "DIGEST-MD5", domain: values["realm"].map { WireText.text($0) }, username: WireText.text(username),
      secret: response, kind: .hash, frameID: 0)
  }

  /// The user name in SCRAM's first message (RFC 5802, section 7): `n,,n=user,r=nonce`, with `=2C` for a comma and `=3D`
  /// for an equals sign.
  static func scramUser(_ message: [UInt8]) -> String? {
    let parts = message.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
    guard parts.count >= 4, let flag = parts[0].first, "nyp".utf8.contains(flag),
      let name = parts.dropFirst(2).first(where: { $0.starts(with: "n=".utf8) })
    else { return nil }
    return scramName(name.dropFirst(2))
  }

  /// SCRAM's last message of `username`: `c=...,r=nonce,p=proof`.
  static func scramProof(_ message: [UInt8], of username: String, mechanism: String) -> LoginAttempt? {
    let parts = message.split(separator: UInt8(ascii: ","))
    guard parts.first?.starts(with: "c=".utf8) == true,
      let proof = parts.last, proof.starts(with: "p=".utf8), let bytes = SASLBase64.decode(proof.dropFirst(2)),
      !bytes.isEmpty
    else { return nil }
    return LoginAttempt(
      mechanism: mechanism, username: username, secret: hexadecimal(bytes), kind: .hash, frameID: 0)
  }

  private static func scramName(_ name: ArraySlice<UInt8>) -> String? {
    var result: [UInt8] = []
    var rest = name
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "=") else {
        result.append(byte)
        continue
      }
      if rest.starts(with: "2C".utf8) {
        result.append(UInt8(ascii: ","))
      } else if rest.starts(with: "3D".utf8) {
        result.append(UInt8(ascii: "="))
      } else {
        return nil
      }
      rest = rest.dropFirst(2)
    }
    return result.isEmpty ? nil : WireText.text(result)
  }

  /// XOAUTH2 (Google's `user=...^Aauth=Bearer token^A^A`) and OAUTHBEARER (RFC 7628, section 3.1, with the user in the
  /// GS2 header's `a=`).
  static func bearer(_ message: [UInt8], mechanism: String) -> LoginAttempt? {
    var (username, token): (String?, String?)
    for part in message.split(separator: 1) {
      if part.starts(with: "user=".utf8) { username = WireText.text(Array(part.dropFirst(5))) }
      if part.count > 12, String(decoding: part.prefix(12), as: UTF8.self).lowercased() == "auth=bearer " {
        token = WireText.text(Array(part.dropFirst(12)))
      }
      let header = part.split(separator: UInt8(ascii: ","))
      if header.count == 2, let name = header.last, name.starts(with: "a=".utf8) {
        username = scramName(name.dropFirst(2))
      }
    }
    guard let token else { return nil }
    return LoginAttempt(mechanism: mechanism, username: username, secret: token, kind: .token, frameID: 0)
  }
}
