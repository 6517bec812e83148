import Bytes

/// What a message of SNMP tells of who speaks (RFC 1157, RFC 1901, RFC 3412).
///
/// ```
/// Message        ::= SEQUENCE { version INTEGER (0 | 1), community OCTET STRING, data PDU }
/// SNMPv3Message  ::= SEQUENCE { msgVersion INTEGER (3), msgGlobalData SEQUENCE, msgSecurityParameters OCTET STRING,
///                    msgData CHOICE { plaintext SEQUENCE, encryptedPDU OCTET STRING } }
/// ```
struct SNMPMessage: Equatable, Sendable {
  /// Who speaks.
  enum Sender: Equatable, Sendable {
    /// Of versions 1 and 2c.
    case community([UInt8])
    /// Of version 3: the user, the authentication parameters where the message is authenticated, and whether it is
    /// encrypted.
    case user([UInt8], authentication: [UInt8]?, isEncrypted: Bool)
  }

  /// What the message is, as far as it is in the clear.
  enum Kind: Equatable, Sendable {
    case request
    case response
    case trap
    /// With the object that tells why.
    case report([UInt8])
    case encrypted
  }

  /// Bytes of a community or user name that are taken for one.
  static let nameLimit = 255

  let sender: Sender
  let kind: Kind
  /// Tells the answer to a message of version 3; 0 in the others.
  let messageID: Int64

  /// The message in `payload`; nil: it is none throughout, or malformed.
  init?(_ payload: RawSpan) {
    guard payload.u8(at: 0) == BERReader.sequence, case .header(let header) = BERHeader.look(payload),
      header.total == payload.byteCount
    else { return nil }
    do throws(Fault) {
      var outer = BERReader(payload)
      var message = try outer.enter(BERReader.sequence)
      switch try message.integer() {
      case 0, 1:
        let community = try message.content(BERReader.octetString)
        guard community.byteCount <= SNMPMessage.nameLimit else { return nil }
        sender = .community(community.copied())
        messageID = 0
        guard let kind = try SNMPMessage.kind(&message), message.isAtEnd else { return nil }
        self.kind = kind
      case 3:
        var global = try message.enter(BERReader.sequence)
        messageID = try global.integer()
        _ = try global.integer()
        let flags = try global.content(BERReader.octetString)
        // msgSecurityModel: the user-based one (RFC 3414).
        guard try global.integer() == 3, flags.byteCount == 1, let flag = flags.u8(at: 0) else { return nil }
        sender = try SNMPMessage.user(&message, flag)
        if flag & 2 == 0 {
          var scoped = try message.enter(BERReader.sequence)
          _ = try scoped.content(BERReader.octetString)
          _ = try scoped.content(BERReader.octetString)
          guard let kind = try SNMPMessage.kind(&scoped) else { return nil }
          self.kind = kind
        } else {
          _ = try message.content(BERReader.octetString)
          kind = .encrypted
        }
        guard message.isAtEnd else { return nil }
      default: return nil
      }
    } catch {
      return nil
    }
  }

  /// ```
  /// UsmSecurityParameters ::= SEQUENCE {                                   RFC 3414, section 2.4
  ///   msgAuthoritativeEngineID OCTET STRING, Boots INTEGER, Time INTEGER, msgUserName OCTET STRING,
  ///   msgAuthenticationParameters OCTET STRING, msgPrivacyParameters OCTET STRING }
  /// ```
  private static func user(_ message: inout BERReader, _ flags: UInt8) throws(Fault) -> Sender {
    var wrapped = BERReader(try message.content(BERReader.octetString))
    var parameters = try wrapped.enter(BERReader.sequence)
    _ = try parameters.content(BERReader.octetString)
    _ = try parameters.integer()
    _ = try parameters.integer()
    let name = try parameters.content(BERReader.octetString)
    let authentication = try parameters.content(BERReader.octetString)
    guard name.byteCount <= nameLimit, authentication.byteCount <= nameLimit else {
      throw Fault("SNMP", .limit, at: 0, "a user name over \(nameLimit) bytes")
    }
    return .user(
      name.copied(), authentication: flags & 1 == 0 ? nil : authentication.copied(), isEncrypted: flags & 2 != 0)
  }

  /// What the next element is, which must be a PDU whose fields have the types of one; nil: it has not.
  private static func kind(_ message: inout BERReader) throws(Fault) -> Kind? {
    guard let tag = message.nextTag, (0xa0...0xa8).contains(tag) else { return nil }
    var pdu = try message.enter(tag)
    if tag == 0xa4 {
      // Trap-PDU of version 1: enterprise, agent-addr, generic-trap, specific-trap, time-stamp, variable-bindings.
      _ = try pdu.content(BERReader.objectIdentifier)
      _ = try pdu.content(0x40)
      _ = try pdu.integer()
      _ = try pdu.integer()
      _ = try pdu.integer(0x43)
    } else {
      for _ in 0..<3 { _ = try pdu.integer() }
    }
    var bindings = try pdu.enter(BERReader.sequence)
    guard pdu.isAtEnd else { return nil }
    switch tag {
    case 0xa2: return .response
    case 0xa4, 0xa7: return .trap
    case 0xa8:
      guard var binding = try? bindings.enter(BERReader.sequence) else { return .report([]) }
      return .report(try binding.content(BERReader.objectIdentifier).copied())
    default: return .request
    }
  }

  /// Whether the agent sends it: an answer. Encrypted messages do not tell.
  var isAnswer: Bool? {
    switch kind {
    case .response, .report: true
    case .request, .trap: false
    case .encrypted: nil
    }
  }
}
