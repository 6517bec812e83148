import Bytes

/// IP protocol numbers (IANA protocol-numbers) that lead to a header decoded here.
enum IPProtocol {
  static let icmp: UInt8 = 1
  static let ipv4: UInt8 = 4
  static let tcp: UInt8 = 6
  static let udp: UInt8 = 17
  static let dccp: UInt8 = 33
  static let ipv6: UInt8 = 41
  static let gre: UInt8 = 47
  static let icmpv6: UInt8 = 58
  static let etherIP: UInt8 = 97
  static let pim: UInt8 = 103
  static let l2tp: UInt8 = 115
  static let sctp: UInt8 = 132
  static let udpLite: UInt8 = 136
  static let mpls: UInt8 = 137
  /// Ethernet directly in IP, as segment routing over IPv6 does (RFC 8986, section 4.9).
  static let ethernet: UInt8 = 143

  /// Whether the transport begins with two 16-bit ports.
  static func hasPorts(_ number: UInt8) -> Bool {
    number == tcp || number == udp || number == sctp || number == dccp || number == udpLite
  }

  /// Chooses the next header by `walk.number`.
  @inline(__always)
  static func decode(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    switch walk.number {
    case tcp: walk.next = .tcp
    case udp: walk.next = .udp
    default: decodeRare(frame, &walk, &layers)
    }
  }

  @inline(never)
  private static func decodeRare(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    guard IPv6Extension.pass(frame, &walk, &layers) else { return }
    layers.transport = .other
    layers.setPayload(walk, at: walk.offset)
    walk.next = .done
    switch walk.number {
    case tcp: walk.next = .tcp
    case udp: walk.next = .udp
    case icmp: ICMP.decode(frame, &walk, .icmp, &layers)
    case icmpv6: ICMP.decode(frame, &walk, .icmpv6, &layers)
    case sctp: SCTP.decode(frame, &walk, &layers)
    case dccp: ports(frame, &walk, .dccp, &layers)
    case udpLite: ports(frame, &walk, .udpLite, &layers)
    case ipv4: walk.tunnel(0, to: .ipv4, layers.network == .ipv4 ? .ipip : .fourInSix, Encapsulation.none, &layers)
    case ipv6: walk.tunnel(0, to: .ipv6, layers.network == .ipv4 ? .sixInFour : .sixInSix, Encapsulation.none, &layers)
    case gre: walk.next = .gre
    case pim: PIM.decode(frame, &walk, &layers)
    case etherIP: walk.next = .etherIP
    case mpls: walk.next = .mpls
    case l2tp: L2TP.decodeOverIP(frame, &walk, &layers)
    case ethernet: walk.tunnel(0, to: .ethernet, .ethernetInIP, Encapsulation.none, &layers)
    default: break
    }
  }

  /// Reads only the ports, for a transport that is not decoded further.
  private static func ports(
    _ frame: RawSpan, _ walk: inout Walk, _ layer: PacketFault.Layer, _ layers: inout PacketLayers
  ) {
    guard walk.require(4, layer, &layers) else { return }
    layers.sourcePort = frame.half(walk.offset)
    layers.destinationPort = frame.half(walk.offset &+ 2)
  }
}
