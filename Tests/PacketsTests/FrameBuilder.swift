import Bytes
import Packets

/// Bytes of headers, made by hand for the tests.
enum Make {
  /// The bytes that `text` spells in hexadecimal; blanks are ignored.
  static func hex(_ text: String) -> [UInt8] {
    let digits = text.utf8.filter { $0 != 32 && $0 != 10 }.map { UInt8($0 > 96 ? $0 - 87 : $0 - 48) }
    return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }

  static func half(_ value: Int) -> [UInt8] { [UInt8(value >> 8 & 255), UInt8(value & 255)] }

  static func word(_ value: Int) -> [UInt8] { half(value >> 16) + half(value) }

  static func ethernet(_ type: Int, _ payload: [UInt8]) -> [UInt8] {
    hex("02000000000b 02000000000a") + half(type) + payload
  }

  /// 10.0.0.1 to 10.0.0.2 unless told.
  static func ipv4(
    _ number: UInt8, _ payload: [UInt8], options: [UInt8] = [], fragment: Int = 0, total: Int? = nil,
    from source: String = "0a000001", to destination: String = "0a000002"
  ) -> [UInt8] {
    let header = 20 + options.count
    return [UInt8(0x40 + header / 4), 0] + half(total ?? header + payload.count) + half(0x1234) + half(fragment)
      + [64, number, 0, 0] + hex(source) + hex(destination) + options + payload
  }

  /// 2001:db8::1 to 2001:db8::2.
  static func ipv6(_ next: UInt8, _ payload: [UInt8], length: Int? = nil) -> [UInt8] {
    hex("60000000") + half(length ?? payload.count) + [next, 63]
      + hex("20010db8000000000000000000000001 20010db8000000000000000000000002") + payload
  }

  static func tcp(
    _ payload: [UInt8], from source: Int = 40000, to destination: Int = 80, flags: Int = 0x018, options: [UInt8] = []
  ) -> [UInt8] {
    half(source) + half(destination) + word(0x0102_0304) + word(0x0506_0708)
      + half((5 + options.count / 4) << 12 | flags) + half(512) + half(0) + half(0) + options + payload
  }

  static func udp(_ payload: [UInt8], from source: Int = 5353, to destination: Int = 53, length: Int? = nil) -> [UInt8]
  {
    half(source) + half(destination) + half(length ?? 8 + payload.count) + half(0) + payload
  }

  static func vlan(_ identifier: Int, _ type: Int, _ payload: [UInt8]) -> [UInt8] {
    half(0x6000 | identifier) + half(type) + payload
  }

  static func text(_ text: String) -> [UInt8] { Array(text.utf8) }
}

/// The layers of a frame of `linkType`, the wire length being that of the bytes unless told.
func decode(_ frame: [UInt8], length: Int? = nil, linkType: UInt16 = 1) -> PacketLayers {
  var layers = PacketLayers()
  PacketDecoder.decode(frame.bytes, length: length ?? frame.count, linkType: linkType, into: &layers)
  return layers
}

/// The transport payload that `layers` points to.
func payload(_ layers: PacketLayers, _ frame: [UInt8]) -> [UInt8] {
  let start = Int(layers.payloadOffset)
  return frame.bytes.part(from: start, to: start + Int(layers.capturedPayloadLength)).copied()
}

/// A frame for each header that is decoded, by name, with its link type.
enum Samples {
  static let tcp = Make.ipv4(6, Make.tcp(Make.text("GET /")))
  static let udp6 = Make.ipv6(17, Make.udp(Make.text("query")))

  static let all: [(name: String, linkType: UInt16, frame: [UInt8])] = [
    ("ethernet tcp", 1, Make.ethernet(0x0800, tcp)),
    ("ipv4 options", 1, Make.ethernet(0x0800, Make.ipv4(6, Make.tcp([1, 2]), options: Make.hex("01010100")))),
    ("ipv6 udp", 1, Make.ethernet(0x86dd, udp6)),
    ("vlan", 1, Make.ethernet(0x8100, Make.vlan(7, 0x0800, tcp))),
    ("qinq", 1, Make.ethernet(0x88a8, Make.vlan(100, 0x8100, Make.vlan(7, 0x86dd, udp6)))),
    ("802.3 snap", 1, Make.ethernet(8 + tcp.count, Make.hex("aaaa03 000000 0800") + tcp)),
    ("stp", 1, Make.ethernet(10, Make.hex("424203 00000000000000"))),
    ("arp", 1, Make.ethernet(0x0806, Make.hex("0001080006040001 02000000000a 0a000001 000000000000 0a000002"))),
    ("sll", 113, Make.hex("0000 0001 0006 02000000000a 0000 0800") + tcp),
    ("sll2", 276, Make.hex("0800 0000 00000002 0001 00 06 02000000000a 0000") + tcp),
    ("null", 0, Make.hex("02000000") + tcp),
    ("loop", 108, Make.hex("00000018") + udp6),
    ("raw", 101, udp6),
    ("ppp", 9, Make.hex("ff03 0021") + tcp),
    ("chdlc", 104, Make.hex("0f000800") + tcp),
    ("frame relay", 107, Make.hex("1841 03 cc") + tcp),
    ("nflog", 239, Make.hex("02000000 0800010008000100") + nflog(tcp)),
    ("pktap", 258, Make.hex("0c000000 01000000 01000000") + Make.ethernet(0x0800, tcp)),
    ("pppoe", 1, Make.ethernet(0x8864, Make.hex("1100 0001") + Make.half(2 + tcp.count) + Make.hex("0021") + tcp)),
    ("mpls", 1, Make.ethernet(0x8847, Make.hex("00010040 00011140") + tcp)),
    ("mpls ethernet", 1, Make.ethernet(0x8847, Make.hex("00010140 00000000") + Make.ethernet(0x0800, tcp))),
    ("pbb", 1, Make.ethernet(0x88e7, Make.hex("00000001") + Make.ethernet(0x0800, tcp))),
    ("isl", 1, Make.hex("01000c000000 02000000000c 0050 aaaa03 000000 000e 0000 0000") + Make.ethernet(0x0800, tcp)),
    ("ipip", 101, outer(4, tcp)),
    ("6in4", 101, outer(41, udp6)),
    ("4in6", 101, Make.ipv6(4, tcp)),
    ("gre", 101, outer(47, Make.hex("0000 0800") + tcp)),
    ("gre key seq", 101, outer(47, Make.hex("b000 86dd 00000000 00000001 00000002") + udp6)),
    ("gre ethernet", 101, outer(47, Make.hex("0000 6558") + Make.ethernet(0x0800, tcp))),
    (
      "pptp", 101,
      outer(47, Make.hex("3081 880b") + Make.half(tcp.count + 1) + Make.hex("0001 00000001 00000002 21") + tcp)
    ),
    ("erspan", 101, outer(47, Make.hex("1000 88be 00000001 1000000000000000") + Make.ethernet(0x0800, tcp))),
    ("erspan 3", 101, outer(47, Make.hex("1000 22eb 00000001 200000000000000000000000") + Make.ethernet(0x0800, tcp))),
    ("etherip", 101, outer(97, Make.hex("3000") + Make.ethernet(0x0800, tcp))),
    ("ethernet in ip", 101, outer(143, Make.ethernet(0x0800, tcp))),
    ("vxlan", 101, overUDP(4789, Make.hex("0800000000000100") + Make.ethernet(0x0800, tcp))),
    ("vxlan gpe", 101, overUDP(4790, Make.hex("0c00000200000100") + udp6)),
    ("geneve", 101, overUDP(6081, Make.hex("0100655800000100 00000000") + Make.ethernet(0x0800, tcp))),
    ("teredo", 101, overUDP(3544, Make.hex("0000 1234 01020304") + udp6)),
    (
      "gtp", 101,
      overUDP(2152, Make.hex("34ff") + Make.half(8 + tcp.count) + Make.hex("00000001 00000085 01100900") + tcp)
    ),
    ("l2tp", 101, overUDP(1701, Make.hex("4002") + Make.half(12 + tcp.count) + Make.hex("00010002 ff030021") + tcp)),
    ("lisp", 101, overUDP(4341, Make.hex("0800000000000000") + tcp)),
    ("nsh", 101, overUDP(4790, Make.hex("0c00000400000100 0fc20201 00000100") + tcp)),
    ("wccp", 101, outer(47, Make.hex("0000 883e 00000000") + tcp)),
    (
      "macsec", 1,
      Make.ethernet(0x88e5, Make.hex("2000 00000001 02000000000a0001 0800") + tcp + [UInt8](repeating: 1, count: 16))
    ),
    ("ipoib", 242, [UInt8](repeating: 0, count: 40) + Make.hex("08000000") + tcp),
    ("ipnet", 226, Make.hex("011a") + [UInt8](repeating: 0, count: 22) + udp6),
    ("broadcom tag", 281, Make.hex("02000000000b 02000000000a 20000003 0800") + tcp),
    ("broadcom tag before", 282, Make.hex("20000003") + Make.ethernet(0x0800, tcp)),
    ("dsa", 284, Make.hex("02000000000b 02000000000a c0000003 0800") + tcp),
    ("edsa", 285, Make.hex("02000000000b 02000000000a dada0000c0000003 0800") + tcp),
    ("wlan", 105, Make.hex("0801 0000") + wlanAddresses + snap),
    (
      "radiotap", 127,
      Make.hex("0000 0900 02000000 30 8803 0000") + wlanAddresses + Make.hex("02000000000d 0000") + snap
        + Make.hex("01020304")
    ),
    (
      "prism", 119,
      Make.hex("44000000 90000000") + [UInt8](repeating: 0, count: 136) + Make.hex("0802 0000") + wlanAddresses + snap
    ),
    ("avs", 163, Make.hex("80211001 00000010 0000000000000000 0802 0000") + wlanAddresses + snap),
    ("ppi", 192, Make.hex("0000 0800 69000000 0800 0000") + wlanAddresses + snap),
    (
      "a-msdu", 105,
      Make.hex("8800 0000") + wlanAddresses + Make.hex("8000 02000000000b 02000000000a") + Make.half(snap.count) + snap
    ),
    ("beacon", 105, Make.hex("8000 0000") + wlanAddresses + Make.hex("0000000000000000 6400 1100")),
    ("pflog", 117, Make.hex("3d02") + [UInt8](repeating: 0, count: 62) + tcp),
    ("enc", 109, Make.hex("02000000 00000000 00000000") + tcp),
    ("juniper ethernet", 178, Make.hex("4d474381 0002 0100") + Make.ethernet(0x0800, tcp)),
    ("juniper atm", 137, Make.hex("4d474301 00000001") + snap),
    ("juniper ppp", 179, Make.hex("4d474300 ff030021") + tcp),
    ("token ring", 6, Make.hex("1040 02000000000b 82000000000a 0630 0011 0012") + snap),
    ("fddi", 10, Make.hex("50 02000000000b 02000000000a") + snap),
    ("arcnet", 7, Make.hex("0102d4 00 0001") + tcp),
    ("arcnet linux", 129, Make.hex("0102 0000 d4 00 0001") + tcp),
    ("atm", 100, snap),
    ("sunatm", 123, Make.hex("02 00 0021") + snap),
    ("fibre channel", 122, Make.hex("1000 02000000000b 1000 02000000000a") + snap),
    ("firewire", 138, Make.hex("0011 02000000000b 0011 02000000000a 0800") + tcp),
    ("docsis", 143, Make.hex("00000100 0000") + Make.ethernet(0x0800, tcp)),
    ("erf", 197, Make.hex("0000000000000000 82 04 0000 0000 0000 0100000000000000 0000") + Make.ethernet(0x0800, tcp)),
    (
      "netlink queue", 253,
      Make.hex("0004 0338 0000 0000000000000000 000c") + [UInt8(20 + 4 + tcp.count), 0, 0, 0]
        + Make.hex("0003 0000 00000000 00000000 02000035") + [UInt8(4 + tcp.count), 0, 10, 0] + tcp
    ),
    ("usb", 189, [1, 2, 3]),
    ("vn-tag", 1, Make.ethernet(0x8926, Make.hex("00000005 0800") + tcp)),
    ("e-tag", 1, Make.ethernet(0x893f, Make.hex("0000 1005 0000 0800") + tcp)),
    ("multilink frame relay", 182, Make.hex("c001 1841 03 cc") + tcp),
    ("slip", 8, [UInt8](repeating: 0, count: 16) + tcp),
    ("metadata", 1, Make.ethernet(0x8909, Make.hex("0101 0001 0000 0800") + tcp)),
    ("gre metadata", 101, outer(47, Make.hex("2000 8909 00000028 0800 0101 0001 0000") + tcp)),
    ("lisp control", 101, overUDP(4342, Make.hex("80000000") + tcp)),
    ("hsr", 1, Make.ethernet(0x892f, Make.hex("0030 0001 0800") + tcp)),
    ("trill", 1, Make.ethernet(0x22f3, Make.hex("0014 0007 0005") + Make.ethernet(0x0800, tcp))),
    ("mpls ethernet bare", 1, Make.ethernet(0x8847, Make.hex("00010140") + Make.ethernet(0x0800, tcp))),
    ("vxlan linux", 101, overUDP(8472, Make.hex("0800000000000100") + Make.ethernet(0x0800, tcp))),
    ("l2tp 3", 101, outer(115, Make.hex("00000009 00000000") + Make.ethernet(0x0800, tcp))),
    ("ayiya", 101, overUDP(5072, Make.hex("4152 1129 00000000") + [UInt8](repeating: 1, count: 36) + udp6)),
    ("icmp", 101, Make.ipv4(1, Make.hex("0800 0000 0102 0304 6162"))),
    ("icmpv6", 101, Make.ipv6(58, Make.hex("8000 0000 0102 0304 6162"))),
    ("sctp", 101, Make.ipv4(132, Make.half(1000) + Make.half(2000) + Make.word(1) + Make.word(2) + [3, 0, 0, 4])),
    ("extensions", 101, Make.ipv6(0, extensions)),
    ("fragment", 101, Make.ipv6(44, Make.hex("11000001 0000abcd") + Make.udp([1, 2, 3, 4, 5, 6, 7, 8]))),
    ("ah", 101, Make.ipv4(51, Make.hex("06040000 00000001 00000001 000000000000000000000000") + Make.tcp([9]))),
  ]

  static let snap = Make.hex("aaaa03 000000 0800") + tcp
  static let wlanAddresses = Make.hex("02000000000b 02000000000a 02000000000c 1000")

  static let extensions =
    Make.hex("3c00010400000000 2b00010400000000 8702040000000000 0000000000000000 0000000000000000 06000000 00000000")
    + Make.tcp([7])

  static func outer(_ number: UInt8, _ inner: [UInt8]) -> [UInt8] {
    Make.ipv4(number, inner, from: "c0000201", to: "c0000202")
  }

  static func overUDP(_ port: Int, _ inner: [UInt8]) -> [UInt8] {
    outer(17, Make.udp(inner, from: 50000, to: port))
  }

  static func nflog(_ packet: [UInt8]) -> [UInt8] {
    let length = 4 + packet.count
    return [UInt8(length & 255), UInt8(length >> 8), 9, 0] + packet
  }
}
