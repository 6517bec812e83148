import Bytes

/// What a SIP message (RFC 3261, section 7) tells of a login: its start line and some of its header fields.
struct SIPMessage: Equatable, Sendable {
  /// Bytes of a start line within which it must end, for telling SIP.
  static let startLineLimit = 2048
  /// Credentials that are read of one message: for the server and for proxies on the way.
  static let credentialLimit = 4
  /// Bytes of `Call-ID` and `CSeq` that join a response to its request.
  static let keyLimit = 512

  /// Joins a response to its request (RFC 3261, section 17.1.3, by what stays the same on every hop).
  struct Key: Hashable, Sendable {
    var callID: [UInt8] = []
    var sequence: [UInt8] = []

    /// Bytes that it keeps.
    var heldBytes: Int { callID.count + sequence.count }
  }

  /// The status code; nil: a request.
  let status: Int?
  /// Whether it is a request that a server may ask for credentials: ACK and CANCEL are not.
  let isChallengeable: Bool
  private(set) var key = Key()
  private(set) var credentials: [SIPCredential] = []
  /// Whether the server's challenge says that only the nonce was too old (`stale=true`).
  private(set) var isStale = false
  /// Bytes of the body by `Content-Length`.
  private(set) var contentLength = 0

  /// Whether `bytes` begin with the start line of a request or a response.
  static func probe(_ bytes: RawSpan) -> (verdict: Probe, isResponse: Bool) {
    guard let first = bytes.u8(at: 0) else { return (.more, false) }
    guard first &- 0x41 < 26 else { return (.no, false) }
    if first == UInt8(ascii: "S"), isStart(bytes, of: "SIP/2.0 ") {
      guard bytes.byteCount >= 12 else { return (.more, true) }
      let digits = (8..<11).allSatisfy { (bytes.u8(at: $0) ?? 0) &- 0x30 < 10 }
      return (digits && bytes.u8(at: 11) == 0x20 ? .match : .no, true)
    }
    // METHOD SP sip:... SP SIP/2.0
    guard let blank = bytes.firstIndex(of: 0x20, to: 11) else { return (bytes.byteCount < 11 ? .more : .no, false) }
    guard blank >= 3, (0..<blank).allSatisfy({ (bytes.u8(at: $0) ?? 0) &- 0x41 < 26 }) else { return (.no, false) }
    let target = bytes.part(from: blank + 1)
    guard isStart(target, of: "sip:") || isStart(target, of: "sips:") || isStart(target, of: "tel:") else {
      return (.no, false)
    }
    guard let end = bytes.firstIndex(of: 0x0a, to: startLineLimit) else {
      return (bytes.byteCount < startLineLimit ? .more : .no, false)
    }
    let version = end - (bytes.u8(at: end - 1) == 0x0d ? 9 : 8)
    return (bytes.starts(with: " SIP/2.0", at: version) ? .match : .no, false)
  }

  /// Whether `bytes`, as far as there are any, and `text` begin alike.
  private static func isStart(_ bytes: RawSpan, of text: StaticString) -> Bool {
    if bytes.byteCount >= text.utf8CodeUnitCount { return bytes.starts(with: text) }
    return text.description.utf8.prefix(bytes.byteCount).elementsEqual(bytes.copied())
  }

  /// The message whose start line and header are in `bytes`; nil: none begins there.
  init?(_ bytes: RawSpan) {
    let (verdict, isResponse) = SIPMessage.probe(bytes)
    guard verdict == .match, var start = bytes.firstIndex(of: 0x0a) else { return nil }
    status = isResponse ? (8..<11).reduce(0) { $0 * 10 + Int((bytes.u8(at: $1) ?? 0x30) &- 0x30) } : nil
    isChallengeable = !isResponse && !bytes.starts(with: "ACK ") && !bytes.starts(with: "CANCEL ")
    while let end = SIPMessage.fieldEnd(bytes, from: start + 1) {
      let line = bytes.part(from: start + 1, to: bytes.u8(at: end - 1) == 0x0d ? end - 1 : end)
      guard line.byteCount > 0 else { return }
      if let colon = line.firstIndex(of: 0x3a) { add(line, colon) }
      start = end
    }
  }

  /// The line feed that ends the header field at `start`: a line that begins with a blank goes on with it (RFC 3261,
  /// section 7.3.1). Nil: none.
  private static func fieldEnd(_ bytes: RawSpan, from start: Int) -> Int? {
    var end = bytes.firstIndex(of: 0x0a, from: start)
    while let found = end, found > start + 1, let next = bytes.u8(at: found + 1), next == 0x20 || next == 0x09 {
      end = bytes.firstIndex(of: 0x0a, from: found + 1)
    }
    return end
  }

  private mutating func add(_ line: RawSpan, _ colon: Int) {
    // The longest name that is looked for has 19 letters.
    guard colon <= 24 else { return }
    let name = line.part(from: 0, to: colon).copied().map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 }.filter { $0 > 0x20 }
    var offset = colon + 1
    while let byte = line.u8(at: offset), byte <= 0x20 { offset += 1 }
    let value = line.part(from: offset)
    switch WireText.text(name) {
    case "call-id", "i": key.callID = value.part(from: 0, to: SIPMessage.keyLimit).copied()
    case "cseq": key.sequence = value.part(from: 0, to: SIPMessage.keyLimit).copied()
    case "authorization": add(value, isForProxy: false)
    case "proxy-authorization": add(value, isForProxy: true)
    case "www-authenticate", "proxy-authenticate":
      guard value.byteCount <= SIPCredential.sizeLimit else { return }
      let values = SASLDirectives.values(SIPMessage.unfolded(value.part(from: 7)))
      if values["stale"].map({ WireText.text($0).lowercased() }) == "true" { isStale = true }
    case "content-length", "l":
      contentLength = value.part(from: 0, to: 9).copied().prefix { $0 &- 0x30 < 10 }.reduce(0) {
        $0 * 10 + Int($1 - 0x30)
      }
    default: break
    }
  }

  private mutating func add(_ value: RawSpan, isForProxy: Bool) {
    guard credentials.count < SIPMessage.credentialLimit, value.byteCount <= SIPCredential.sizeLimit else { return }
    credentials.append(SIPCredential(isForProxy: isForProxy, text: SIPMessage.unfolded(value)))
  }

  /// A field's value on one line, without blanks at its end.
  private static func unfolded(_ value: RawSpan) -> [UInt8] {
    var text = value.copied().map { $0 < 0x20 ? 0x20 : $0 }
    while text.last == 0x20 { text.removeLast() }
    return text
  }
}
