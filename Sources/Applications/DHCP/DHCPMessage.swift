import Bytes

//  0      1      2      3                                      RFC 2131, section 2
// +------+------+------+------+
// |  op  | htype| hlen | hops |
// +------+------+------+------+
// |             xid           |
// +-------------+-------------+
// |     secs    |    flags    |
// +-------------+-------------+
// |  ciaddr, yiaddr, siaddr, giaddr (4 bytes each)
// |  chaddr (16), sname (64), file (128)
// |  99.130.83.99, options

/// A message of DHCP (RFC 2131), its options by RFC 2132.
struct DHCPMessage {
  /// Bytes in front of the options, the magic cookie included.
  static let headerLength = 240
  /// Most options that are looked at.
  static let optionLimit = 128

  /// `xid`: what the messages of an exchange share.
  let transactionID: UInt32
  /// Whether a client or relay sent it (`op` 1).
  let isRequest: Bool
  /// `chaddr`; nil: no 6 bytes.
  let clientMAC: MACAddress?
  /// `yiaddr`, what the server gives; nil: 0.0.0.0.
  let yourAddress: IPAddress?
  /// Option 53; nil: none, as in BOOTP.
  private(set) var type: UInt8?
  /// Option 50; nil: none.
  private(set) var requestedAddress: IPAddress?
  /// Option 12; nil: none.
  private(set) var hostName: [UInt8]?

  /// Whether a datagram begins as DHCP does.
  static func begins(_ payload: RawSpan) -> Bool {
    payload.u32(at: 236) == 0x6382_5363 && (payload.u8(at: 0) == 1 || payload.u8(at: 0) == 2)
  }

  /// The message that is `payload`; nil: it is none. Of one that is cut off there is what came before.
  init?(_ payload: RawSpan) {
    guard DHCPMessage.begins(payload), let xid = payload.u32(at: 4), let yours = payload.u32(at: 16) else { return nil }
    transactionID = xid
    isRequest = payload.u8(at: 0) == 1
    clientMAC = payload.u8(at: 2) == 6 ? MACAddress(payload, at: 28) : nil
    yourAddress = yours == 0 ? nil : IPAddress(v4: yours)
    var at = DHCPMessage.headerLength
    for _ in 0..<DHCPMessage.optionLimit {
      guard let code = payload.u8(at: at), code != 255 else { return }
      at += 1
      if code == 0 { continue }
      guard let length = payload.u8(at: at).map({ Int($0) }) else { return }
      let value = payload.part(from: at + 1, to: at + 1 + length)
      guard value.byteCount == length else { return }
      at += 1 + length
      switch code {
      case 12: hostName = value.copied()
      case 50: requestedAddress = IPAddress(v4: value, at: 0)
      case 53: type = value.u8(at: 0)
      default: break
      }
    }
  }

  /// The message's name in RFC 2132, section 9.6; nil: it has none here.
  static func name(of type: UInt8) -> StaticString? {
    switch type {
    case 1: "DISCOVER"
    case 2: "OFFER"
    case 3: "REQUEST"
    case 4: "DECLINE"
    case 5: "ACK"
    case 6: "NAK"
    case 7: "RELEASE"
    case 8: "INFORM"
    default: nil
    }
  }
}
