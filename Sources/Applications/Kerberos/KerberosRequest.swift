import Bytes

/// What an AS-REQ says (RFC 4120, section 5.4.1).
struct KerberosRequest: Equatable, Sendable {
  /// Encryption types that are read.
  static let typeLimit = 32
  /// Components of a principal's name that are read; no name has more than three.
  static let componentLimit = 16
  /// Bytes of a component or a realm.
  static let textLimit = 1024

  /// How the client shows that it knows its key.
  enum Proof: Equatable, Sendable {
    /// The time, encrypted (PA-ENC-TIMESTAMP).
    case timestamp(KerberosCipher)
    /// By a certificate (RFC 4556).
    case certificate
    /// Within another ticket's encryption (RFC 6113).
    case armoured
  }

  /// Components joined by slashes; nil: not named.
  private(set) var principal: String?
  /// The realm.
  private(set) var realm: String?
  /// Encryption types that the client offers, the preferred first.
  private(set) var encryptionTypes: [Int64] = []
  /// Nil: none is given.
  private(set) var proof: Proof?

  /// Reads the fields of the request's sequence.
  init(_ message: inout BERReader) throws(Fault) {
    while let tag = message.nextTag {
      switch tag {
      case 0xa3:
        var field = try message.enter(tag)
        try readPreauthentication(try field.content(BERReader.sequence))
      case 0xa4:
        var field = try message.enter(tag)
        try readBody(try field.content(BERReader.sequence))
      default: try message.skip()
      }
    }
  }

  private mutating func readPreauthentication(_ content: RawSpan) throws(Fault) {
    var list = BERReader(content)
    while !list.isAtEnd {
      var item = try list.enter(BERReader.sequence)
      var type = try item.enter(0xa1)
      let number = try type.integer()
      var value = try item.enter(0xa2)
      let octets = try value.content(BERReader.octetString)
      switch number {
      case 2: proof = .timestamp(try KerberosCipher(octets))
      case 16 where proof == nil: proof = .certificate
      case 136 where proof == nil: proof = .armoured
      default: break
      }
    }
  }

  private mutating func readBody(_ content: RawSpan) throws(Fault) {
    var body = BERReader(content)
    while let tag = body.nextTag {
      switch tag {
      case 0xa1:
        var field = try body.enter(tag)
        var name = try field.enter(BERReader.sequence)
        _ = try name.optional(0xa0)
        var parts = try name.enter(0xa1)
        principal = try KerberosRequest.joined(try parts.content(BERReader.sequence))
      case 0xa2:
        var field = try body.enter(tag)
        realm = try KerberosRequest.text(&field)
      case 0xa8:
        var field = try body.enter(tag)
        var types = try field.enter(BERReader.sequence)
        while !types.isAtEnd, encryptionTypes.count < KerberosRequest.typeLimit {
          encryptionTypes.append(try types.integer())
        }
      default: try body.skip()
      }
    }
  }

  private static func joined(_ content: RawSpan) throws(Fault) -> String {
    var parts = BERReader(content)
    var text: [String] = []
    while !parts.isAtEnd, text.count < componentLimit {
      text.append(try KerberosRequest.text(&parts))
    }
    return text.joined(separator: "/")
  }

  private static func text(_ reader: inout BERReader) throws(Fault) -> String {
    let text = try reader.content(BERReader.generalString)
    guard text.byteCount <= textLimit else {
      throw Fault("Kerberos", .limit, at: 0, "a name over \(textLimit) bytes")
    }
    return WireText.text(text)
  }

  /// Bytes that it keeps.
  var heldBytes: Int {
    let names = (principal?.utf8.count ?? 0) + (realm?.utf8.count ?? 0)
    guard case .timestamp(let cipher) = proof else { return names }
    return names + cipher.bytes.count
  }

  /// The attempt that the request, which arrived in `frame`, is.
  func attempt(in frame: FrameStamp) -> LoginAttempt {
    switch proof {
    case .timestamp(let cipher): attempt("AS-REQ etype \(cipher.encryptionType)", hexadecimal(cipher.bytes), frame)
    case .certificate: attempt("AS-REQ PKINIT", nil, frame)
    case .armoured: attempt("AS-REQ FAST", nil, frame)
    case nil where encryptionTypes.isEmpty: attempt("AS-REQ", nil, frame)
    case nil: attempt("AS-REQ etypes " + encryptionTypes.map(String.init).joined(separator: ","), nil, frame)
    }
  }

  /// The attempt of a request that proved nothing and got a reply with `cipher` in `frame` all the same.
  func attempt(answeredWith cipher: KerberosCipher, in frame: FrameStamp) -> LoginAttempt {
    attempt("AS-REP etype \(cipher.encryptionType)", hexadecimal(cipher.bytes), frame)
  }

  private func attempt(_ mechanism: String, _ secret: String?, _ frame: FrameStamp) -> LoginAttempt {
    LoginAttempt(
      mechanism: mechanism, domain: realm, username: principal, secret: secret, kind: .hash, frameID: frame.id)
  }
}
