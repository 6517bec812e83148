import Bytes

/// A BindRequest (RFC 4511, section 4.2).
///
/// ```
/// BindRequest ::= [APPLICATION 0] SEQUENCE {
///   version        INTEGER (1 .. 127),
///   name           LDAPDN,
///   authentication CHOICE {
///     simple [0] OCTET STRING,
///     sasl   [3] SEQUENCE { mechanism LDAPString, credentials OCTET STRING OPTIONAL },
///     sicily [9], [10], [11] OCTET STRING } }         Windows' NTLM ([MS-ADTS] 5.1.1.1.3)
/// ```
struct LDAPBind: Equatable, Sendable {
  /// How the client shows who it is.
  enum Authentication: Equatable, Sendable {
    /// A name, which may be empty, and its password.
    case simple(name: [UInt8], password: [UInt8])
    /// The next message of a SASL mechanism; nil: none.
    case sasl(mechanism: [UInt8], message: [UInt8]?)
    /// A message of NTLM.
    case sicily([UInt8])
  }

  /// Tells the answer.
  let messageID: Int64
  /// How the client shows who it is.
  let authentication: Authentication

  /// The bind in a whole message; nil where it is malformed, or of a kind that is not read.
  init?(_ bytes: RawSpan) {
    do throws(Fault) {
      var outer = BERReader(bytes)
      var reader = try outer.enter(BERReader.sequence)
      messageID = try reader.integer()
      var bind = try reader.enter(LDAPMessage.bindRequest)
      _ = try bind.integer()
      let name = try bind.content(BERReader.octetString)
      switch bind.nextTag {
      case 0x80: authentication = .simple(name: name.copied(), password: try bind.content(0x80).copied())
      case 0xa3:
        var sasl = try bind.enter(0xa3)
        let mechanism = try sasl.content(BERReader.octetString).copied()
        authentication = .sasl(mechanism: mechanism, message: try sasl.optional(BERReader.octetString)?.copied())
      case let tag? where LDAPMessage.sicily.contains(tag): authentication = .sicily(try bind.content(tag).copied())
      default: return nil
      }
    } catch {
      return nil
    }
  }
}
