import Bytes
import Packets
import Testing

@Suite("Link layers")
struct LinkLayerTests {
  @Test("Ethernet gives both addresses and its type, and leaves its padding out of the payload")
  func ethernet() {
    let frame = Make.ethernet(0x0800, Samples.tcp) + [0, 0, 0, 0, 0, 0]
    let layers = decode(frame)
    #expect(layers.hasMAC && layers.hasDestinationMAC)
    #expect(layers.sourceMAC.description == "02:00:00:00:00:0a")
    #expect(layers.destinationMAC.description == "02:00:00:00:00:0b")
    #expect(layers.etherType == 0x0800)
    #expect(layers.vlan == 0xffff)
    #expect(layers.networkOffset == 14)
    #expect(payload(layers, frame) == Make.text("GET /"))
    #expect(layers.fault.reason == .none)
  }

  @Test("the outermost VLAN identifier of a stack is kept, and the innermost EtherType")
  func stack() {
    let layers = decode(Make.ethernet(0x88a8, Make.vlan(100, 0x8100, Make.vlan(7, 0x86dd, Samples.udp6))))
    #expect(layers.vlan == 100)
    #expect(layers.etherType == 0x86dd)
    #expect(layers.transport == .udp)
    #expect(layers.networkOffset == 22)
  }

  @Test("more VLAN tags than the limit end the frame with a fault")
  func tagLimit() {
    var frame = Samples.tcp
    var type = 0x0800
    for tag in 0..<9 {
      frame = Make.vlan(tag, type, frame)
      type = 0x8100
    }
    let layers = decode(Make.ethernet(type, frame))
    #expect(layers.fault.code == "limit-vlan")
    #expect(layers.fault.detail == "more than 8 VLAN headers in one frame")
    #expect(layers.network == .none)
    #expect(layers.vlan == 8)
  }

  @Test("an 802.3 length bounds an LLC frame, and SNAP leads on to IP")
  func snap() {
    let frame = Make.ethernet(8 + Samples.tcp.count, Make.hex("aaaa03 000000 0800") + Samples.tcp) + [0, 0, 0]
    let layers = decode(frame)
    #expect(layers.isLLC && layers.llcDSAP == 0xaa)
    #expect(layers.etherType == 0x0800)
    #expect(payload(layers, frame) == Make.text("GET /"))
    #expect(layers.linkProtocolName == nil)
  }

  @Test(
    "frames without IP have the name that Wireshark gives them",
    arguments: [
      ("STP", 10, "424203 00000000000000"), ("CDP", 8, "aaaa03 00000c 2000"), ("VTP", 8, "aaaa03 00000c 2003"),
      ("DTP", 8, "aaaa03 00000c 2004"), ("UDLD", 8, "aaaa03 00000c 0111"), ("STP", 8, "aaaa03 00000c 010b"),
      ("ISIS HELLO", 9, "fefe03 831b01000f 00"), ("ISIS LSP", 9, "fefe03 831b010012 00"), ("IPX", 4, "ffff0000"),
      ("IPX", 4, "e0e00300"), ("NetBIOS", 4, "f0f00300"), ("LLC", 4, "00010300"), ("LLDP", 0x88cc, "0207"),
      ("EAPOL", 0x888e, "0101"), ("EAP", 0x888e, "0100"), ("LLTD", 0x88d9, "0100"), ("PPPoED", 0x8863, "1109"),
      ("LOOP", 0x9000, "0000"),
      ("LACP", 0x8809, "0101"), ("OAM", 0x8809, "0300"), ("PPP LCP", 0x8864, "110000010006 c021 01010004"),
    ])
  func names(name: String, type: Int, body: String) {
    let layers = decode(Make.ethernet(type, Make.hex(body)))
    #expect(layers.linkProtocolName?.description == name)
    #expect(layers.fault.reason == .none)
  }

  @Test("an EtherType without a name is left to the caller as a number")
  func unknownEtherType() {
    let layers = decode(Make.ethernet(0x88b5, [1, 2]))
    #expect(layers.linkProtocolName == nil)
    #expect(layers.etherType == 0x88b5)
    #expect(layers.fault.reason == .none)
  }

  @Test("Linux cooked captures give the source address only")
  func cooked() {
    for name in ["sll", "sll2"] {
      let sample = Samples.all.first { $0.name == name }
      let layers = decode(sample?.frame ?? [], linkType: sample?.linkType ?? 0)
      #expect(layers.hasMAC && !layers.hasDestinationMAC)
      #expect(layers.sourceMAC.description == "02:00:00:00:00:0a")
      #expect(layers.transport == .tcp && layers.destinationPort == 80)
    }
  }

  @Test("a cooked capture of netlink is named so, not taken for Ethernet protocols")
  func netlink() {
    let layers = decode(Make.hex("0004 0338 0000 0000000000000000 0800") + Samples.tcp, linkType: 113)
    #expect(layers.linkProtocolName?.description == "Netlink")
    #expect(layers.network == .none)
  }

  @Test(
    "further link types lead to the packet behind them",
    arguments: [
      "chdlc", "frame relay", "nflog", "pktap", "ipoib", "ipnet", "broadcom tag", "broadcom tag before", "dsa", "edsa",
      "macsec", "wlan", "radiotap", "prism", "avs", "ppi", "a-msdu", "pflog", "enc", "juniper ethernet", "juniper atm",
      "juniper ppp", "token ring", "fddi", "arcnet", "arcnet linux", "atm", "sunatm", "fibre channel", "firewire",
      "docsis", "erf", "vn-tag", "e-tag", "hsr", "netlink queue", "metadata", "slip",
      "multilink frame relay",
    ])
  func further(name: String) throws {
    let sample = try #require(Samples.all.first { $0.name == name })
    let layers = decode(sample.frame, linkType: sample.linkType)
    let isTCP = layers.network == .ipv4
    #expect(layers.fault.code == "" && layers.tunnelDepth == 0)
    #expect(layers.destinationPort == (isTCP ? 80 : 53))
    #expect(payload(layers, sample.frame) == Make.text(isTCP ? "GET /" : "query"))
  }

  @Test("IS-IS over Cisco HDLC is named by its message")
  func isisOverHDLC() {
    let layers = decode(Make.hex("8f00 fefe 03 831401001101000003"), linkType: 104)
    #expect(layers.linkProtocolName?.description == "ISIS HELLO")
  }

  @Test("the address family of a loopback frame is read in both byte orders", arguments: [UInt16(0), 108])
  func family(linkType: UInt16) {
    for value in ["02000000", "00000002"] {
      #expect(decode(Make.hex(value) + Samples.tcp, linkType: linkType).network == .ipv4)
    }
    for value in ["18", "1c", "1e", "0a"] {
      #expect(decode(Make.hex(value + "000000") + Samples.udp6, linkType: linkType).network == .ipv6)
      #expect(decode(Make.hex("000000" + value) + Samples.udp6, linkType: linkType).network == .ipv6)
    }
    let other = decode(Make.hex("00000007") + Samples.tcp, linkType: linkType)
    #expect(other.fault.code == "unsupported-null")
    #expect(other.fault.detail == "BSD loopback protocol family 7 is not decoded")
  }

  @Test("raw IP tells the version itself under every number of the link type", arguments: [UInt16(12), 14, 101])
  func raw(linkType: UInt16) {
    #expect(decode(Samples.tcp, linkType: linkType).network == .ipv4)
    #expect(decode(Samples.udp6, linkType: linkType).network == .ipv6)
    #expect(decode([0x10], linkType: linkType).fault.code == "malformed-raw-ip")
    #expect(decode([], linkType: linkType).fault.code == "truncated-raw-ip")
  }

  @Test("the link types of one IP version read that version")
  func oneVersion() {
    #expect(decode(Samples.tcp, linkType: 228).transport == .tcp)
    #expect(decode(Samples.udp6, linkType: 229).transport == .udp)
    #expect(decode(Samples.tcp, linkType: 229).fault.detail == "IPv6 version 4 is not 6")
  }

  @Test("an unknown link type is a fault of its own")
  func unknownLinkType() {
    let layers = decode([1, 2, 3], linkType: 147)
    #expect(layers.fault.code == "unknown-link-type")
    #expect(layers.fault.detail == "link type 147 is not decoded")
    #expect(layers.network == .none)
  }

  @Test("a link type of the registry that is not decoded has a name and no fault")
  func namedLinkType() {
    for (number, name) in [
      (189, "USB"), (201, "Bluetooth HCI"), (227, "CAN"), (195, "IEEE 802.15.4"), (253, "Netlink"),
    ] {
      let layers = decode([1, 2, 3], linkType: UInt16(number))
      #expect(layers.linkProtocolName?.description == name && layers.fault.reason == .none)
    }
  }

  @Test("an 802.11 frame has its addresses by its direction")
  func wlanAddresses() {
    let ends = { (flags: UInt8) -> String in
      var frame = Make.hex("0800 0000") + Samples.wlanAddresses
      frame[1] = flags
      let fourth = flags == 3 ? Make.hex("02000000000d") : []
      let layers = decode(frame + fourth + Samples.snap, linkType: 105)
      #expect(layers.transport == .tcp)
      return "\(layers.sourceMAC) \(layers.destinationMAC)"
    }
    #expect(ends(0) == "02:00:00:00:00:0a 02:00:00:00:00:0b")
    #expect(ends(1) == "02:00:00:00:00:0a 02:00:00:00:00:0c")
    #expect(ends(2) == "02:00:00:00:00:0c 02:00:00:00:00:0b")
    #expect(ends(3) == "02:00:00:00:00:0d 02:00:00:00:00:0c")
  }

  @Test(
    "802.11 frames without a packet that can be read are named",
    arguments: [
      ("802.11 Beacon", "8000"), ("802.11 Authentication", "b000"), ("802.11 Protected Data", "0841"),
      ("802.11 Null function", "4801"), ("802.11 Acknowledgement", "d400"), ("802.11 Data fragment", "0805"),
      ("802.11", "0900"),
    ])
  func wlanNames(name: String, control: String) {
    let layers = decode(Make.hex(control + "0000") + Samples.wlanAddresses + Samples.snap, linkType: 105)
    #expect(layers.linkProtocolName?.description == name)
    #expect(layers.network == .none && layers.fault.reason == .none && layers.hasDestinationMAC != (name == "802.11"))
  }

  @Test("PPP is read with and without its HDLC framing and with a compressed protocol field")
  func ppp() {
    for header in ["ff030021", "0021", "21", "ff0321"] {
      #expect(decode(Make.hex(header) + Samples.tcp, linkType: 50).transport == .tcp)
    }
    #expect(decode(Make.hex("ff03c021 01010004"), linkType: 9).linkProtocolName?.description == "PPP LCP")
    #expect(decode(Make.hex("ff03c021 01010004"), linkType: 9).authenticationOffset == -1)
    for (number, name) in [("c023", "PPP PAP"), ("c223", "PPP CHAP"), ("c227", "EAP")] {
      let layers = decode(Make.hex("ff03\(number) 01010004"), linkType: 9)
      #expect(layers.linkProtocolName?.description == name && layers.authenticationOffset == 4)
    }
  }

  @Test("an ARP message is read from where the layers say it begins")
  func arp() throws {
    let frame = Make.ethernet(0x0806, Make.hex("0001080006040002 02000000000a 0a000001 02000000000b 0a000002"))
    let layers = decode(frame)
    #expect(layers.network == .arp)
    #expect(layers.arpOffset == 14 && layers.networkOffset == 14)
    let message = try ARPMessage(frame.bytes.part(from: Int(layers.arpOffset)))
    #expect(message.operationName == "reply")
    #expect(message.senderMAC?.description == "02:00:00:00:00:0a")
    #expect(message.senderIP?.description == "10.0.0.1")
    #expect(message.targetMAC?.description == "02:00:00:00:00:0b")
    #expect(message.targetIP?.description == "10.0.0.2")
  }

  @Test("an ARP message cut short is a fault, whatever its length")
  func arpTruncated() {
    let message = Make.hex("0001080006040001 02000000000a 0a000001 000000000000 0a000002")
    for count in 0..<message.count {
      let reason: Fault.Reason?
      do {
        _ = try ARPMessage(message.bytes.part(from: 0, to: count))
        reason = nil
      } catch {
        reason = error.reason
      }
      #expect(reason == .truncated)
    }
  }

  @Test("an ARP message with addresses of other lengths gives none, and the number of an unknown operation")
  func arpOther() throws {
    let message = try ARPMessage(Make.hex("0006 0800 02 04 0063 0102 0a000001 0304 0a000002").bytes)
    #expect(message.senderMAC == nil && message.targetMAC == nil)
    #expect(message.targetIP?.description == "10.0.0.2")
    #expect(message.operationName == "99")
  }
}
