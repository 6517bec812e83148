import Bytes

/// What an `Authorization` or `Proxy-Authorization` field of a request says (RFC 3261, section 20.7).
struct SIPCredential: Equatable, Sendable {
  /// Bytes of one; longer ones are not read.
  static let sizeLimit = 4096

  /// Whether a proxy judges it.
  let isForProxy: Bool
  /// `Digest username=...`.
  let text: [UInt8]

  /// The login that it is, sent in `frame`; nil: of a scheme that is not read, or malformed.
  func attempt(in frame: FrameStamp) -> LoginAttempt? {
    guard let blank = text.firstIndex(of: 0x20) else { return nil }
    let rest = Array(text[blank...].drop { $0 == 0x20 })
    switch WireText.text(Array(text[..<blank])).lowercased() {
    case "digest":
      let values = SASLDirectives.values(rest)
      // A client that knows no nonce yet sends its name and an empty response.
      guard let username = values["username"], let response = values["response"].flatMap({ SASLMessage.hexDigest($0) })
      else { return nil }
      return LoginAttempt(
        mechanism: "Digest", domain: values["realm"].map { WireText.text($0) }, username: WireText.text(username),
        secret: response, kind: .hash, frameID: frame.id)
    case "basic":
      guard let decoded = SASLBase64.decode(rest), let colon = decoded.firstIndex(of: UInt8(ascii: ":")) else {
        return nil
      }
      return LoginAttempt(
        mechanism: "Basic", username: WireText.text(Array(decoded[..<colon])),
        secret: WireText.text(Array(decoded[(colon + 1)...])), kind: .password, frameID: frame.id)
    default: return nil
    }
  }
}
