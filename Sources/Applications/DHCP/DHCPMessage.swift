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
  /// `ciaddr`, what the client has; nil: 0.0.0.0.
  let clientAddress: IPAddress?
  /// `giaddr`, the relay on the client's network; nil: 0.0.0.0.
  let relayAddress: IPAddress?
  /// Option 53; nil: none, as in BOOTP.
  private(set) var type: UInt8?
  /// Option 50; nil: none.
  private(set) var requestedAddress: IPAddress?
  /// Option 12; nil: none.
  private(set) var hostName: [UInt8]?
  /// Option 54; nil: none.
  private(set) var serverAddress: IPAddress?
  /// Option 51, seconds; nil: none.
  private(set) var leaseTime: UInt32?
  /// Option 1; nil: none.
  private(set) var subnetMask: IPAddress?
  /// Option 3, comma separated; nil: none.
  private(set) var routers: String?
  /// Option 6, comma separated; nil: none.
  private(set) var nameServers: String?
  /// Option 15; nil: none.
  private(set) var domain: [UInt8]?
  /// Option 60; nil: none.
  private(set) var vendorClass: [UInt8]?
  /// Option 61 in hexadecimal, the kind of identifier first; nil: none.
  private(set) var clientID: String?
  /// Name in option 81 (RFC 4702); nil: none.
  private(set) var fqdn: [UInt8]?
  /// Option 55, what the client asks for, in its order; nil: none.
  private(set) var requestedOptions: String?
  /// Option 56, why a server refuses; nil: none.
  private(set) var message: [UInt8]?

  /// Most addresses of one option that are kept.
  private static let addressLimit = 16

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
    clientAddress = payload.u32(at: 12).flatMap { $0 == 0 ? nil : IPAddress(v4: $0) }
    relayAddress = payload.u32(at: 24).flatMap { $0 == 0 ? nil : IPAddress(v4: $0) }
    var at = DHCPMessage.headerLength
    for _ in 0..<DHCPMessage.optionLimit {
      guard let code = payload.u8(at: at), code != 255 else { return }
      at += 1
      if code == 0 { continue }
      guard let length = payload.u8(at: at).map({ Int($0) }) else { return }
      let value = payload.part(from: at + 1, to: at + 1 + length)
      guard value.byteCount == length else { return }
      at += 1 + length
      read(code, value)
    }
  }

  private mutating func read(_ code: UInt8, _ value: RawSpan) {
    switch code {
    case 1: subnetMask = IPAddress(v4: value, at: 0)
    case 3: routers = DHCPMessage.addresses(value)
    case 6: nameServers = DHCPMessage.addresses(value)
    case 12: hostName = value.copied()
    case 15: domain = DHCPMessage.text(value)
    case 50: requestedAddress = IPAddress(v4: value, at: 0)
    case 51: leaseTime = value.u32(at: 0)
    case 53: type = value.u8(at: 0)
    case 54: serverAddress = IPAddress(v4: value, at: 0)
    case 55: requestedOptions = value.copied().map { String($0) }.joined(separator: ",")
    case 56: message = DHCPMessage.text(value)
    case 60: vendorClass = DHCPMessage.text(value)
    case 61: clientID = hexadecimal(value.copied())
    case 81: fqdn = DHCPMessage.qualifiedName(value)
    default: break
    }
  }

  private static func addresses(_ value: RawSpan) -> String? {
    var addresses: [String] = []
    for offset in stride(from: 0, to: value.byteCount, by: 4) where addresses.count < addressLimit {
      guard let address = IPAddress(v4: value, at: offset) else { break }
      addresses.append(address.description)
    }
    return addresses.isEmpty ? nil : addresses.joined(separator: ", ")
  }

  /// Text without the NULs that some end it with.
  private static func text(_ value: RawSpan) -> [UInt8] {
    var text = value.copied()
    while text.last == 0 { text.removeLast() }
    return text
  }

  /// The name behind flags(1) and two codes(1 each): labels where the flag E (bit 2) is set, else ASCII (RFC 4702, section 2).
  private static func qualifiedName(_ value: RawSpan) -> [UInt8]? {
    guard let flags = value.u8(at: 0), value.byteCount > 3 else { return nil }
    let name = value.part(from: 3)
    return flags & 4 == 0 ? text(name) : labels(name)
  }

  /// A name of labels (RFC 1035, section 3.1) without its final dot; it may end without the root (RFC 4702, section 2.3.1).
  static func labels(_ value: RawSpan) -> [UInt8]? {
    var name: [UInt8] = []
    var at = 0
    while let size = value.u8(at: at), size > 0 {
      let label = value.part(from: at + 1, to: at + 1 + Int(size))
      guard size < 0x40, label.byteCount == Int(size), name.count < 256 else { return nil }
      if !name.isEmpty { name.append(UInt8(ascii: ".")) }
      name.append(span: label)
      at += 1 + Int(size)
    }
    return name.isEmpty ? nil : name
  }

  /// What the client calls itself: its qualified name where it has a dot, else its host name; nil: nothing.
  var clientName: [UInt8]? {
    if let fqdn, fqdn.contains(UInt8(ascii: ".")) { return fqdn }
    return hostName ?? fqdn
  }

  /// `ACK`.
  static let acknowledgment: UInt8 = 5

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
