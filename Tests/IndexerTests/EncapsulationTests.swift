import Foundation
import Testing

/// One small conversation (a DNS query with its answer, a TCP handshake) inside each link layer, tunnel and kind of
/// fragments: `make/encapsulations.py`, whose layouts tshark or tcpdump reads the same way.
@Suite("A conversation inside")
struct EncapsulationTests {
  private static let pair = ["udp|10.1.0.1|40053|10.1.0.2|53|dns|1|1", "tcp|10.1.0.1|40080|10.1.0.2|80||2|1"]
  private static let pair6 = [
    "udp|2001:db8:1::1|40053|2001:db8:1::2|53|dns|1|1", "tcp|2001:db8:1::1|40080|2001:db8:1::2|80||2|1",
  ]

  private func open(_ name: String) throws -> Case { try Case("layers/\(name).pcap") }

  private func flows(_ capture: Case) throws -> [String] {
    try capture.rows(
      """
      SELECT f.transport, c.ip, client_port, s.ip, server_port, service, client_packets, server_packets FROM flows f
      JOIN addresses c ON c.id = f.client_id JOIN addresses s ON s.id = f.server_id
      WHERE f.transport <> 'fragment' ORDER BY f.id
      """)
  }

  private func tunnels(_ capture: Case) throws -> [String] {
    try capture.rows(
      """
      SELECT kind, identifier, s.ip, d.ip, frame_id, packets FROM tunnels t
      LEFT JOIN addresses s ON s.id = t.source_id LEFT JOIN addresses d ON d.id = t.destination_id ORDER BY t.id
      """)
  }

  private func diagnostics(_ capture: Case) throws -> [String] {
    try capture.rows("SELECT code, frame_id FROM diagnostics ORDER BY id")
  }

  static let linkLayerCases: [(String, Int)] = [
    ("null", 0), ("loop", 108), ("raw", 101), ("llc_snap", 1), ("ppp", 9), ("ppp_hdlc", 50), ("ppp_direction", 204),
    ("ppp_pppd", 166), ("cisco_hdlc", 104), ("cisco_hdlc_direction", 205), ("frame_relay", 107),
    ("frame_relay_snap", 107), ("wlan", 105), ("wlan_ad_hoc", 105), ("wlan_radiotap", 127), ("wlan_radiotap_fcs", 127),
    ("wlan_radiotap_pad", 127), ("wlan_wds", 127), ("wlan_amsdu", 127), ("wlan_prism", 119), ("wlan_avs", 163),
    ("wlan_avs_as_prism", 119), ("wlan_ppi", 192), ("pflog", 117), ("nflog", 239), ("netlink_queue", 253), ("enc", 109),
    ("ipnet", 226),
    ("juniper_ether", 178), ("juniper_ppp", 179), ("juniper_chdlc", 181), ("juniper_frame_relay", 180),
    ("juniper_atm1", 137), ("juniper_no_l2", 178), ("token_ring", 6), ("fddi", 10), ("arcnet", 7),
    ("arcnet_linux", 129),
    ("atm_rfc1483", 100), ("sunatm", 123), ("fibre_channel_ip", 122), ("firewire", 138), ("docsis", 143), ("erf", 197),
    ("mpacket", 274), ("ip_over_infiniband", 242),
    // These go through Ethernet to a header that tells nothing about a tunnel.
    ("vlan_priority", 1), ("hsr", 1), ("ah", 1),
  ]

  @Test("is found behind each link layer", arguments: linkLayerCases)
  func linkLayer(name: String, number: Int) throws {
    let capture = try open(name)
    #expect(try capture.value("SELECT link_type FROM interfaces") == "\(number)")
    #expect(try flows(capture) == EncapsulationTests.pair)
    #expect(try capture.value("SELECT group_concat(query_name) FROM dns_messages") == "www.example.com,www.example.com")
    #expect(try tunnels(capture) == [])
    #expect(try diagnostics(capture) == [])
    #expect(try capture.complaints() == [])
  }

  private static let outer = "192.0.2.1|198.51.100.2"
  private static let outer6 = "2001:db8:ff::1|2001:db8:ff::2"

  /// Capture; kind, identifier, ends, first frame and frames of each tunnel.
  static let tunnelCases: [(String, [String])] = [
    ("vlan", ["vlan|10|||1|5"]),
    ("vlan_stack", ["vlan|100|||1|5", "vlan|20|||1|5", "vlan|3|||1|5"]),
    ("pppoe", ["pppoe|17|||1|5"]),
    ("ppp_ether", ["pppoe|17|||1|5"]),
    ("juniper_pppoe_atm", ["pppoe|17|||1|5"]),
    ("mpls_link", ["mpls|16|||1|5"]),
    ("mpls", ["mpls|16|||1|3", "mpls|1000|||1|5", "mpls|17|||2|2"]),
    ("mpls_pseudowire", ["mpls|2000|||1|5"]),
    ("mpls_pseudowire_bare", ["mpls|2001|||1|5"]),
    ("mpls_udp", ["mpls|3000|\(outer)|1|5"]),
    ("pbb", ["vlan|200|||1|5", "pbb|\(0x12345)|||1|5"]),
    ("vn_tag", ["vn-tag|5|||1|5"]),
    ("e_tag", ["e-tag|\(0x1005)|||1|5"]),
    ("trill", ["trill|5|||1|5"]),
    ("ipip", ["ipip||\(outer)|1|5"]),
    ("6in4", ["6in4||\(outer)|1|5"]),
    ("4in6", ["4in6||\(outer6)|1|5"]),
    ("6in6", ["6in6||\(outer6)|1|5"]),
    ("gre", ["gre||\(outer)|1|5"]),
    ("gre_key", ["gre|77|\(outer)|1|5"]),
    ("gre_ethernet", ["gre|\(0x123400)|\(outer)|1|5"]),
    ("pptp", ["pptp|300|\(outer)|1|3", "pptp|301|198.51.100.2|192.0.2.1|2|2"]),
    ("erspan1", ["erspan||\(outer)|1|5"]),
    ("erspan2", ["erspan|101|\(outer)|1|5"]),
    ("erspan3", ["erspan|102|\(outer)|1|5"]),
    ("etherip", ["etherip||\(outer)|1|5"]),
    ("ethernet_in_ipv6", ["ethernet-in-ip||\(outer6)|1|5"]),
    ("vxlan", ["vxlan|42|\(outer)|1|5"]),
    ("vxlan_linux", ["vxlan|43|\(outer)|1|5"]),
    ("vxlan_gpe", ["vxlan-gpe|44|\(outer)|1|5"]),
    ("nsh", ["vxlan-gpe|45|\(outer)|1|5", "nsh|\(0x500)|||1|5"]),
    ("geneve", ["geneve|46|\(outer)|1|5"]),
    ("gtp", ["gtp-u|4096|\(outer)|1|3", "gtp-u|4097|198.51.100.2|192.0.2.1|2|2"]),
    ("gtp_odd_port", ["gtp-u|4096|\(outer)|1|3", "gtp-u|4097|198.51.100.2|192.0.2.1|2|2"]),
    ("teredo", ["teredo||\(outer)|1|5"]),
    ("l2tp", ["l2tp|\(7 << 16 | 9)|\(outer)|1|5"]),
    ("l2tpv3_udp", ["l2tpv3|555|\(outer)|1|5"]),
    ("l2tpv3_ip", ["l2tpv3|556|\(outer)|1|5"]),
    ("l2tpv3_cookie", ["l2tpv3|557|\(outer)|1|5"]),
    ("ayiya", ["ayiya||\(outer)|1|5"]),
    ("lisp", ["lisp|47|\(outer)|1|5"]),
    ("vlan_vxlan_gre", ["vlan|30|||1|5", "vxlan|42|\(outer)|1|5", "gre|9|172.16.0.1|172.16.0.2|1|5"]),
    ("nested_8", (0..<8).reversed().map { "ipip||172.16.\($0).1|172.16.\($0).2|1|5" }),
  ]

  @Test(
    "is found inside each tunnel, which says its kind, its ends and which flows it carries", arguments: tunnelCases)
  func tunnel(name: String, expected: [String]) throws {
    let capture = try open(name)
    let isIPv6 = ["6in4", "6in6", "teredo", "ayiya"].contains(name)
    #expect(try flows(capture) == (isIPv6 ? EncapsulationTests.pair6 : EncapsulationTests.pair))
    #expect(try tunnels(capture) == expected)
    #expect(
      try capture.rows("SELECT count(DISTINCT tunnel_id), count(DISTINCT flow_id), count(*) FROM tunnel_flows") == [
        "\(expected.count)|2|\(expected.count * 2)"
      ])
    #expect(try diagnostics(capture) == [])
    #expect(try capture.complaints() == [])
  }

  @Test("is found inside the VXLAN that Linux writes; ARP in it leaves the datagram's flow")
  func kernel() throws {
    let capture = try open("vxlan_kernel")
    #expect(
      try capture.rows(
        """
        SELECT transport, service, state, client_packets, server_packets FROM conversations
        WHERE client_ip = '10.1.0.1' ORDER BY flow_id
        """) == [
          "udp|dns||1|1", "tcp||SF|3|3",
        ])
    #expect(try tunnels(capture) == ["vxlan|42|192.0.2.1|192.0.2.2|3|8"])
    #expect(
      try capture.rows("SELECT DISTINCT transport, server_port FROM conversations WHERE client_ip LIKE '192.%'") == [
        "udp|4789"
      ])
    #expect(try diagnostics(capture) == [])
  }

  @Test("in two networks at once is one flow that is in both, as tshark has it")
  func sameInTwo() throws {
    let capture = try open("vxlan_same_in_two")
    #expect(try flows(capture).first == "udp|10.1.0.1|40053|10.1.0.2|53|dns|2|2")
    #expect(
      try capture.rows(
        "SELECT flow_id, identifier, level, packets FROM tunnel_flows w JOIN tunnels t ON t.id = tunnel_id ORDER BY w.id"
      )
        == ["1|42|1|5", "1|43|1|5", "2|42|1|5", "2|43|1|5"])
  }

  @Test("in more packets than are followed is a flow of the last of them, and a diagnostic")
  func nesting() throws {
    let capture = try open("nested_9")
    #expect(try capture.rows("SELECT DISTINCT transport, client_ip FROM conversations") == ["ipip|172.16.0.1"])
    #expect(try diagnostics(capture) == (1...5).map { "limit-tunnel|\($0)" })
  }

  @Test("that is encrypted is a flow of ESP, or of UDP where it goes through address translation")
  func esp() throws {
    let capture = try open("esp")
    #expect(
      try capture.rows("SELECT transport, client_ip, client_port, server_ip, server_port FROM conversations") == [
        "esp|192.0.2.1||198.51.100.2|", "udp|192.0.2.1|4500|198.51.100.2|4500",
      ])
    #expect(try tunnels(capture) == [] && diagnostics(capture) == [])
  }

  @Test(
    "is not in these frames: they have a name",
    arguments: [
      ("usb", ["USB"]), ("bluetooth", ["Bluetooth HCI", "Bluetooth HCI"]), ("can", ["CAN"]),
      ("ieee802154", ["IEEE 802.15.4", "IEEE 802.15.4"]), ("netlink", ["Netlink"]),
    ])
  func names(name: String, protocols: [String]) throws {
    let capture = try open(name)
    #expect(try capture.rows("SELECT protocol FROM link_frames ORDER BY frame_id") == protocols)
    #expect(try capture.value("SELECT count(*) FROM flows") == "0")
    // Said once: what these frames carry is not known.
    #expect(try diagnostics(capture) == (name == "netlink" ? [] : ["undecoded-link-type|1"]))
  }

  @Test("is not in these frames of a wireless network: they have a name and addresses")
  func wirelessNames() throws {
    let capture = try open("wlan_frames")
    #expect(
      try capture.rows("SELECT protocol, source_mac, destination_mac FROM link_frames ORDER BY frame_id") == [
        "802.11 Beacon|02:00:5e:00:00:b1|ff:ff:ff:ff:ff:ff", "802.11 Probe Request|02:00:5e:00:00:01|ff:ff:ff:ff:ff:ff",
        "802.11 Request-to-send|02:00:5e:00:00:01|02:00:5e:00:00:b1", "802.11 Clear-to-send||02:00:5e:00:00:01",
        "802.11 Acknowledgement||02:00:5e:00:00:01",
        "802.11 Null function|02:00:5e:00:00:01|02:00:5e:00:00:b1",
        "802.11 Protected Data|02:00:5e:00:00:01|02:00:5e:00:00:02",
        "802.11 Deauthentication|02:00:5e:00:00:b1|02:00:5e:00:00:01",
      ])
    #expect(try diagnostics(capture) == [])
  }

  /// Capture; frames in which packets became whole; diagnostics.
  static let fragmentCases: [(String, [Int], [String])] = [
    ("fragments_in_order", [3, 7, 9, 11, 13], []),
    ("fragments_reversed", [3, 7, 9, 11, 13], []),
    ("fragments_shuffled", [3, 7, 9, 11, 13], []),
    ("fragments_duplicated", [5, 12, 15, 18, 21], []),
    ("fragments_overlapping", [3, 7, 9, 11, 13], []),
    ("fragments_conflicting", [3, 7, 9, 11, 13], [2, 3, 5, 6, 7, 9, 11, 13].map { "ip-fragment-conflict|\($0)" }),
    ("fragments_ipv6", [3, 7, 9, 11, 13], []),
    ("fragments_ipv6_reversed", [3, 7, 9, 11, 13], []),
    (
      "fragments_ipv6_conflicting", [3, 7, 9, 11, 13], [2, 3, 5, 6, 7, 9, 11, 13].map { "ip-fragment-conflict|\($0)" }
    ),
    ("fragments_in_vxlan", [3, 7, 9, 11, 13], []),
    ("fragments_of_vxlan", [2, 5, 9, 13, 17], []),
  ]

  @Test(
    "in fragments is put together in the frame that completes it; what came first counts", arguments: fragmentCases
  )
  func fragments(name: String, whole: [Int], expected: [String]) throws {
    let capture = try open(name)
    #expect(try flows(capture) == (name.contains("ipv6") ? EncapsulationTests.pair6 : EncapsulationTests.pair))
    #expect(
      try capture.rows(
        """
        SELECT f.number FROM frames f JOIN flows w ON w.id = f.flow_id WHERE w.transport <> 'fragment' ORDER BY f.id
        """) == whole.map(String.init))
    #expect(try capture.value("SELECT data FROM dns_answers") == (name.contains("ipv6") ? "32.1.13.184" : "10.1.0.2"))
    #expect(try diagnostics(capture) == expected)
    if name.contains("vxlan") {
      // The inner packets' other fragments are a flow too, of each address pair.
      #expect(try tunnels(capture).map { $0.prefix(9) } == ["vxlan|42|"])
      #expect(
        try capture.value(
          "SELECT count(*) FROM tunnel_flows w JOIN flows f ON f.id = flow_id WHERE transport <> 'fragment'")
          == "2")
    }
    #expect(try capture.complaints() == [])
  }

  @Test("in fragments that do not all come, or not in time, stays in fragments, which is said")
  func incomplete() throws {
    let missing = try open("fragments_missing")
    #expect(try missing.rows("SELECT DISTINCT transport FROM flows") == ["fragment"])
    #expect(try diagnostics(missing) == [1, 3, 6, 7, 8].map { "incomplete-fragments|\($0)" })
    let late = try open("fragments_late")
    #expect(try late.rows("SELECT DISTINCT transport FROM flows") == ["fragment"])
    #expect(
      try late.rows("SELECT frame_id, detail FROM diagnostics ORDER BY id") == [
        "1|the other fragments of this IP packet did not come in 60 s",
        "2|the other fragments of this IP packet did not come in 60 s",
        "3|the other fragments of this IP packet are missing",
      ])
  }
}
