import Bytes

/// A RADIUS message (RFC 2865, section 3).
///
/// ```
/// code(1) identifier(1) length(2) authenticator(16) *( type(1) length(1) value )
/// ```
struct RADIUSMessage: Equatable, Sendable {
  /// Bytes in front of the attributes.
  static let headerSize = 20
  /// Bytes that a message may have (RFC 2865, section 3).
  static let lengthLimit = 4096

  /// How the user shows who they are.
  enum Proof: Equatable, Sendable {
    /// User-Password, hidden by the secret that client and server share.
    case password([UInt8])
    /// CHAP-Password: identifier and response.
    case chap([UInt8])
    /// MS-CHAP-Response (RFC 2548, section 2.1.3).
    case msCHAP([UInt8])
    /// MS-CHAP2-Response (RFC 2548, section 2.3.2).
    case msCHAP2([UInt8])
    /// A message of EAP.
    case eap(EAPResponse?)
  }

  /// 1 Access-Request, 2 Access-Accept, 3 Access-Reject, 4 and 5 accounting, 11 Access-Challenge, ...
  let code: UInt8
  /// Joins an answer to its request.
  let identifier: UInt8
  /// Nil: no User-Name.
  private(set) var user: [UInt8]?
  /// Nil: none given.
  private(set) var proof: Proof?
  /// Whether a NAS names itself: NAS-IP-Address, NAS-Identifier or NAS-IPv6-Address.
  private(set) var namesNAS = false
  /// Whether it has Acct-Status-Type.
  private(set) var isAccounting = false
  private(set) var authenticator: [UInt8] = []
  /// Nil: no State, which a challenge gives and the next request has again.
  private(set) var state: [UInt8]?

  /// Whether a client sends the message.
  var isRequest: Bool { code == 1 || code == 4 || code == 12 || code == 40 || code == 43 }

  /// Whether the first bytes may be one, which is asked of every UDP flow.
  static func mayBe(_ payload: RawSpan) -> Bool {
    guard let code = payload.u8(at: 0), (1...5).contains(code) || (11...13).contains(code) || (40...45).contains(code),
      let length = payload.u16(at: 2)
    else { return false }
    return Int(length) == payload.byteCount && (headerSize...lengthLimit).contains(Int(length))
  }

  /// The message that fills `payload`, attributes to the last byte; nil: it is none.
  init?(_ payload: RawSpan) {
    guard RADIUSMessage.mayBe(payload), let code = payload.u8(at: 0), let identifier = payload.u8(at: 1) else {
      return nil
    }
    self.code = code
    self.identifier = identifier
    authenticator = payload.part(from: 4, to: RADIUSMessage.headerSize).copied()
    var eap: [UInt8] = []
    var offset = RADIUSMessage.headerSize
    while offset < payload.byteCount {
      guard let type = payload.u8(at: offset), let length = payload.u8(at: offset + 1), length >= 2,
        offset + Int(length) <= payload.byteCount
      else { return nil }
      let value = payload.part(from: offset + 2, to: offset + Int(length))
      guard add(type, value, &eap) else { return nil }
      offset += Int(length)
    }
    if !eap.isEmpty { proof = .eap(EAPResponse(eap.bytes)) }
  }

  /// Takes an attribute; false where its length is not one that its type has.
  private mutating func add(_ type: UInt8, _ value: RawSpan, _ eap: inout [UInt8]) -> Bool {
    switch type {
    case 1:
      user = value.copied()
      return value.byteCount > 0
    case 2:
      proof = .password(value.copied())
      return (1...8).contains(value.byteCount / 16) && value.byteCount % 16 == 0
    case 3:
      proof = .chap(value.copied())
      return value.byteCount == 17
    case 4:
      namesNAS = true
      return value.byteCount == 4
    case 32: namesNAS = true
    case 95:
      namesNAS = true
      return value.byteCount == 16
    case 40:
      isAccounting = true
      return value.byteCount == 4
    case 24: state = value.copied()
    case 26: addVendor(value)
    case 79: eap.append(span: value)
    default: break
    }
    return true
  }

  /// Microsoft's attributes (vendor 311): each has its own type and length.
  private mutating func addVendor(_ value: RawSpan) {
    guard value.u32(at: 0) == 311, let type = value.u8(at: 4), let length = value.u8(at: 5), length == 52,
      value.byteCount >= 56
    else { return }
    let response = value.part(from: 6, to: 56).copied()
    if type == 1 { proof = .msCHAP(response) } else if type == 25 { proof = .msCHAP2(response) }
  }
}
