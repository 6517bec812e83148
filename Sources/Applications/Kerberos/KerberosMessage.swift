import Bytes

/// What a message between a client and a KDC tells of a login (RFC 4120, section 5.4 and 5.9).
///
/// ```
/// AS-REQ    ::= [APPLICATION 10] SEQUENCE { pvno [1] 5, msg-type [2] 10, padata [3] SEQUENCE OF PA-DATA OPTIONAL,
///               req-body [4] SEQUENCE { kdc-options [0], cname [1], realm [2], ..., etype [8], ... } }
/// AS-REP    ::= [APPLICATION 11] SEQUENCE { pvno [0] 5, msg-type [1] 11, padata [2] OPTIONAL, crealm [3], cname [4],
///               ticket [5], enc-part [6] EncryptedData }
/// KRB-ERROR ::= [APPLICATION 30] SEQUENCE { pvno [0] 5, msg-type [1] 30, ..., error-code [6], ... }
/// PA-DATA   ::= SEQUENCE { padata-type [1] INTEGER, padata-value [2] OCTET STRING }
/// EncryptedData ::= SEQUENCE { etype [0] INTEGER, kvno [1] OPTIONAL, cipher [2] OCTET STRING }
/// ```
enum KerberosMessage: Equatable, Sendable {
  case request(KerberosRequest)
  /// With what is encrypted by the client's key; nil: not readable.
  case reply(KerberosCipher?)
  /// With its code.
  case error(Int64)
  /// Of a ticket-granting exchange, which logs nobody in.
  case ticketRequest
  case ticketReply

  /// Bytes of one message that are kept. Windows' limit for UDP is 1,465; tickets with many groups have some 20,000.
  static let keepLimit = 65_536

  private static let tags: ClosedRange<UInt8> = 0x6a...0x6d
  private static let errorTag: UInt8 = 0x7e

  /// Whether a client sends the message with the outer `tag`; nil: no message begins so.
  static func isRequest(_ tag: UInt8) -> Bool? {
    if tag == errorTag { return false }
    return tags.contains(tag) ? tag & 1 == 0 : nil
  }

  /// Whether a message begins at the start of `bytes`, and its outer tag and length: the tag, a SEQUENCE of the same
  /// length, version 5 and the message type that belongs to the tag.
  static func look(_ bytes: RawSpan) -> (probe: Probe, total: Int) {
    guard let tag = bytes.u8(at: 0) else { return (.more, 0) }
    guard let isRequest = isRequest(tag) else { return (.no, 0) }
    guard case .header(let outer) = BERHeader.look(bytes) else {
      return (BERHeader.look(bytes) == .no ? .no : .more, 0)
    }
    guard bytes.u8(at: outer.size) ?? BERReader.sequence == BERReader.sequence else { return (.no, 0) }
    guard case .header(let inner) = BERHeader.look(bytes, at: outer.size) else {
      return (BERHeader.look(bytes, at: outer.size) == .no ? .no : .more, 0)
    }
    guard inner.total == outer.length else { return (.no, 0) }
    // The fields are numbered from 1 in requests, from 0 in the others.
    let first: UInt8 = isRequest ? 0xa1 : 0xa0
    let expected: [UInt8] = [first, 3, 2, 1, 5, first + 1, 3, 2, 1, tag & 0x1f]
    for (index, byte) in expected.enumerated() {
      guard let found = bytes.u8(at: outer.size + inner.size + index) else { return (.more, 0) }
      guard found == byte else { return (.no, 0) }
    }
    return (.match, outer.total)
  }

  /// The message in `bytes`; nil: it is none, or malformed.
  init?(_ bytes: RawSpan) {
    guard case (.match, let total) = KerberosMessage.look(bytes), total <= bytes.byteCount, let tag = bytes.u8(at: 0)
    else { return nil }
    do throws(Fault) {
      var whole = BERReader(bytes)
      var outer = try whole.enter(tag)
      var message = try outer.enter(BERReader.sequence)
      switch tag {
      case 0x6a: self = .request(try KerberosRequest(&message))
      case 0x6b: self = .reply(try KerberosMessage.encryptedPart(&message))
      case KerberosMessage.errorTag: self = .error(try KerberosMessage.errorCode(&message))
      case 0x6c: self = .ticketRequest
      default: self = .ticketReply
      }
    } catch {
      return nil
    }
  }

  private static func encryptedPart(_ message: inout BERReader) throws(Fault) -> KerberosCipher? {
    while let tag = message.nextTag {
      guard tag == 0xa6 else {
        try message.skip()
        continue
      }
      return try? KerberosCipher(try message.content(0xa6))
    }
    return nil
  }

  private static func errorCode(_ message: inout BERReader) throws(Fault) -> Int64 {
    while let tag = message.nextTag, tag != 0xa6 { try message.skip() }
    var field = try message.enter(0xa6)
    return try field.integer()
  }
}
