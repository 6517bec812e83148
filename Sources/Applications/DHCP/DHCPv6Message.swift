import Bytes

//  0                   1                   2                   3    RFC 8415, section 8
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |    msg-type   |               transaction-id                  |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// | options: code (2), length (2), data                           |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//
// A relay's message (section 9): msg-type (1), hop-count (1), link-address (16), peer-address (16), options, of which one
// (9) is the message that it passes on.

/// A message of DHCPv6 (RFC 8415), taken out of the relays' messages around it.
struct DHCPv6Message {
  /// Relays around one message; RFC 8415, section 7.6 allows 8.
  static let relayLimit = 8
  /// Most options of one message that are looked at, those inside others included.
  static let optionLimit = 128
  /// Most addresses and prefixes of one message that are kept.
  private static let addressLimit = 16

  /// Kind of message (section 7.3); nil: the message inside a relay's is not there.
  private(set) var type: UInt8?
  /// 24 bits; nil: the message inside a relay's is not there.
  private(set) var transactionID: UInt32?
  /// Relays that passed it on.
  private(set) var relays = 0
  /// The relay's address on the client's link; nil: no relay.
  private(set) var linkAddress: IPAddress?
  /// Who sent the message to the relay next to it; nil: no relay.
  private(set) var peerAddress: IPAddress?
  /// Option 1 in hexadecimal; nil: none.
  private(set) var clientID: String?
  /// MAC address in option 1 or, from a relay, in option 79 (RFC 6939); nil: none.
  private(set) var clientMAC: MACAddress?
  /// Option 2 in hexadecimal; nil: none.
  private(set) var serverID: String?
  /// Option 5 in options 3 and 4.
  private(set) var addresses: [IPAddress] = []
  /// Option 26 in option 25: `2001:db8:1::/48`.
  private(set) var prefixes: [String] = []
  /// Valid lifetime of the first address, or prefix, seconds; nil: none.
  private(set) var validLifetime: UInt32?
  /// Option 13, of the message or of the first address: a number; nil: none, which means success.
  private(set) var status: UInt16?
  /// Text with the status; nil: none.
  private(set) var statusText: [UInt8]?
  /// Option 39 (RFC 4704); nil: none.
  private(set) var fqdn: [UInt8]?
  /// Option 23, comma separated; nil: none.
  private(set) var nameServers: String?
  /// Option 24, comma separated; nil: none.
  private(set) var domains: [UInt8]?
  /// Option 16: enterprise number and text, `311 MSFT 5.0`; nil: none.
  private(set) var vendorClass: [UInt8]?
  private var optionsLeft = DHCPv6Message.optionLimit

  /// Whether a datagram is a kind of message and options to its last byte.
  static func isWhole(_ payload: RawSpan) -> Bool {
    guard let type = payload.u8(at: 0), name(of: type) != nil else { return false }
    var at = isRelay(type) ? 34 : 4
    guard payload.byteCount > at else { return false }
    for _ in 0..<optionLimit {
      guard let length = payload.u16(at: at + 2) else { return false }
      at += 4 + Int(length)
      if at >= payload.byteCount { return at == payload.byteCount }
    }
    return false
  }

  /// The message in `payload`; nil: it is none. Of one that is cut off there is what came before.
  init?(_ payload: RawSpan) {
    guard let first = payload.u8(at: 0), DHCPv6Message.name(of: first) != nil else { return nil }
    var start = 0
    var end = payload.byteCount
    while let kind = payload.u8(at: start), start < end {
      guard DHCPv6Message.isRelay(kind) else {
        guard DHCPv6Message.name(of: kind) != nil, let word = payload.u32(at: start), start + 4 <= end else { return }
        type = kind
        transactionID = word & 0xff_ffff
        options(payload.part(from: start + 4, to: end), depth: 0)
        return
      }
      guard relays < DHCPv6Message.relayLimit, end - start >= 34 else { return }
      relays += 1
      linkAddress = IPAddress(v6: payload, at: start + 2)
      peerAddress = IPAddress(v6: payload, at: start + 18)
      guard let inner = relayed(payload, from: start + 34, to: end) else { return }
      (start, end) = (inner.lowerBound, inner.upperBound)
    }
  }

  /// Where the message lies that a relay passes on.
  private mutating func relayed(_ payload: RawSpan, from start: Int, to end: Int) -> Range<Int>? {
    var at = start
    var inner: Range<Int>?
    while at + 4 <= end, optionsLeft > 0, let code = payload.u16(at: at), let length = payload.u16(at: at + 2) {
      optionsLeft -= 1
      let next = min(at + 4 + Int(length), end)
      if code == 9 { inner = at + 4..<next }
      if code == 79, payload.u16(at: at + 4) == 1 {
        clientMAC = MACAddress(payload.part(from: 0, to: next), at: at + 6)
      }
      at += 4 + Int(length)
    }
    return inner
  }

  private mutating func options(_ bytes: RawSpan, depth: Int) {
    var at = 0
    while optionsLeft > 0, let code = bytes.u16(at: at), let length = bytes.u16(at: at + 2) {
      optionsLeft -= 1
      let value = bytes.part(from: at + 4, to: at + 4 + Int(length))
      guard value.byteCount == Int(length) else { return }
      at += 4 + Int(length)
      read(code, value, depth: depth)
    }
  }

  private mutating func read(_ code: UInt16, _ value: RawSpan, depth: Int) {
    switch code {
    case 1:
      clientID = hexadecimal(value.copied())
      clientMAC = DHCPv6Message.linkAddress(value) ?? clientMAC
    case 2: serverID = hexadecimal(value.copied())
    // Identity associations: their options stand behind 12 bytes, or 4 of temporary addresses.
    case 3 where depth == 0, 25 where depth == 0: options(value.part(from: 12), depth: 1)
    case 4 where depth == 0: options(value.part(from: 4), depth: 1)
    case 5:
      guard let address = IPAddress(v6: value, at: 0), let valid = value.u32(at: 20),
        addresses.count < DHCPv6Message.addressLimit
      else { return }
      addresses.append(address)
      if validLifetime == nil { validLifetime = valid }
    case 26:
      guard let length = value.u8(at: 8), let valid = value.u32(at: 4), let prefix = IPAddress(v6: value, at: 9),
        prefixes.count < DHCPv6Message.addressLimit
      else { return }
      prefixes.append("\(prefix)/\(length)")
      if validLifetime == nil { validLifetime = valid }
    case 13:
      guard status == nil || depth == 0 else { return }
      status = value.u16(at: 0)
      statusText = value.byteCount > 2 ? value.part(from: 2).copied() : nil
    case 16:
      guard let enterprise = value.u32(at: 0) else { return }
      var text = Array(String(enterprise).utf8)
      if let length = value.u16(at: 4) {
        text.append(0x20)
        text.append(span: value.part(from: 6, to: 6 + Int(length)))
      }
      vendorClass = text
    case 23:
      var servers: [String] = []
      for offset in stride(from: 0, to: value.byteCount, by: 16) where servers.count < DHCPv6Message.addressLimit {
        guard let address = IPAddress(v6: value, at: offset) else { break }
        servers.append(address.description)
      }
      nameServers = servers.isEmpty ? nil : servers.joined(separator: ", ")
    case 24: domains = DHCPv6Message.names(value)
    case 39: fqdn = value.byteCount > 1 ? DHCPMessage.labels(value.part(from: 1)) : nil
    default: break
    }
  }

  /// Names of labels one behind the other (RFC 8415, section 10), comma separated.
  private static func names(_ value: RawSpan) -> [UInt8]? {
    var names: [UInt8] = []
    var at = 0
    while at < value.byteCount, names.count < 1024 {
      guard let name = DHCPMessage.labels(value.part(from: at)) else { break }
      if !names.isEmpty { names += [0x2c, 0x20] }
      names += name
      at += name.count + 2
    }
    return names.isEmpty ? nil : names
  }

  /// The MAC address in a DUID (section 11): of its kinds 1, with a time, and 3.
  private static func linkAddress(_ identifier: RawSpan) -> MACAddress? {
    guard identifier.u16(at: 2) == 1 else { return nil }
    switch identifier.u16(at: 0) {
    case 1 where identifier.byteCount == 14: return MACAddress(identifier, at: 8)
    case 3 where identifier.byteCount == 10: return MACAddress(identifier, at: 4)
    default: return nil
    }
  }

  static func isRelay(_ type: UInt8) -> Bool { type == 12 || type == 13 }

  /// Whether clients and relays send this kind of message towards servers.
  static func isRequest(_ type: UInt8) -> Bool {
    switch type {
    case 1, 3...6, 8, 9, 11, 12, 14, 18, 20: true
    default: false
    }
  }

  /// `REPLY`.
  static let reply: UInt8 = 7

  /// The message's name (IANA dhcpv6-parameters); nil: it has none here.
  static func name(of type: UInt8) -> StaticString? {
    switch type {
    case 1: "SOLICIT"
    case 2: "ADVERTISE"
    case 3: "REQUEST"
    case 4: "CONFIRM"
    case 5: "RENEW"
    case 6: "REBIND"
    case 7: "REPLY"
    case 8: "RELEASE"
    case 9: "DECLINE"
    case 10: "RECONFIGURE"
    case 11: "INFORMATION-REQUEST"
    case 12: "RELAY-FORW"
    case 13: "RELAY-REPL"
    case 14: "LEASEQUERY"
    case 15: "LEASEQUERY-REPLY"
    case 18: "RECONFIGURE-REQUEST"
    case 19: "RECONFIGURE-REPLY"
    case 20: "DHCPV4-QUERY"
    case 21: "DHCPV4-RESPONSE"
    default: nil
    }
  }

  /// The name of a status code (IANA dhcpv6-parameters), or its number.
  static func name(status: UInt16) -> String {
    let names = [
      "Success", "UnspecFail", "NoAddrsAvail", "NoBinding", "NotOnLink", "UseMulticast", "NoPrefixAvail",
      "UnknownQueryType", "MalformedQuery", "NotConfigured", "NotAllowed",
    ]
    return Int(status) < names.count ? names[Int(status)] : String(status)
  }
}
