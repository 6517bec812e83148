import Bytes

/// A client's message of EAP (RFC 3748, section 4).
///
/// ```
/// code(1), 2 for a response   identifier(1)   length(2)   type(1)   data
/// ```
struct EAPResponse: Equatable, Sendable {
  /// What a login is called that has not come to a method.
  static let unnamed = "EAP"

  /// The method: 1 Identity, 3 Nak, 4 MD5-Challenge, 25 PEAP, ...
  let type: UInt8
  /// The data of an Identity, which names the user.
  private(set) var identity: [UInt8]?
  /// The response of a method that shows it: of MD5-Challenge, of MS-CHAPv2 and of Generic Token Card.
  private(set) var proof: [UInt8]?

  /// The response in `bytes`; nil: another message, or a cut one.
  init?(_ bytes: RawSpan) {
    guard bytes.u8(at: 0) == 2, let length = bytes.u16(at: 2), let type = bytes.u8(at: 4),
      Int(length) <= bytes.byteCount
    else { return nil }
    self.type = type
    let data = bytes.part(from: 5, to: Int(length))
    switch type {
    case 1: identity = data.byteCount == 0 ? nil : data.copied()
    // Value-Size, value, name (RFC 1994, section 4.1).
    case 4 where data.u8(at: 0) == 16 && data.byteCount >= 17: proof = data.part(from: 1, to: 17).copied()
    case 6: proof = data.copied()
    // OpCode 2 is the response: identifier, length, Value-Size, value (draft-kamath-pppext-eap-mschapv2).
    case 26 where data.u8(at: 0) == 2 && data.u8(at: 4) == 49 && data.byteCount >= 54:
      proof = data.part(from: 5, to: 54).copied()
    default: break
    }
  }

  /// IANA's names of the methods that are in use; `unnamed` where the message chooses none.
  var mechanism: String {
    switch type {
    case 4: "EAP-MD5"
    case 6: "EAP-GTC"
    case 13: "EAP-TLS"
    case 17: "LEAP"
    case 18: "EAP-SIM"
    case 21: "EAP-TTLS"
    case 23: "EAP-AKA"
    case 25: "PEAP"
    case 26: "EAP-MSCHAPv2"
    case 43: "EAP-FAST"
    case 50: "EAP-AKA'"
    case 52: "EAP-PWD"
    default: EAPResponse.unnamed
    }
  }
}
