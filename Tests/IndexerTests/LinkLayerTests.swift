import Testing

/// What lies under IP: tags, cooked captures, ARP, ICMP, fragments.
@Suite("The layers under the transport")
struct LinkLayerTests {
  @Test("tags of 802.1Q and 802.1ad are looked through", arguments: ["vlan_8021q.pcap", "vlan_qinq.pcap"])
  func tags(capture: String) throws {
    let tagged = try Case(capture)
    #expect(
      try tagged.rows("SELECT client_ip, server_ip, server_port, service, server_names FROM conversations") == [
        "192.168.10.20|192.168.10.1|53|dns|ns1.example.com", "192.168.10.20|93.184.215.14|80|http|www.example.com",
      ])
    let index = try #require(try Expected.sha256("index.html"))
    #expect(try tagged.rows("SELECT name, sha256 FROM files") == ["index.html|\(index)"])
    #expect(
      try tagged.rows("SELECT frame_id, operation, sender_ip, target_ip FROM arp_messages") == [
        "1|request|192.168.10.20|192.168.10.1", "2|reply|192.168.10.1|192.168.10.20",
      ])
    #expect(try tagged.rows("SELECT code FROM diagnostics") == [])
  }

  @Test(
    "Linux cooked captures have the sender's address only, and both IP versions",
    arguments: [("sll.pcap", 113), ("sll2.pcap", 276)])
  func cooked(capture: String, linkType: Int) throws {
    let cooked = try Case(capture)
    #expect(try cooked.rows("SELECT link_type, snaplen FROM interfaces") == ["\(linkType)|262144"])
    #expect(
      try cooked.rows("SELECT source_mac, destination_mac, protocol FROM link_frames") == [
        "02:00:5e:00:01:01||ARP", "02:00:5e:00:01:02||ARP",
      ])
    #expect(
      try cooked.rows("SELECT transport, client_ip, server_ip, server_port, service FROM conversations") == [
        "udp|192.168.10.20|192.168.10.1|53|dns", "tcp|192.168.10.20|93.184.215.14|80|http",
        "icmpv6|fd00:10::20|ff02::1:ff00:1||", "icmpv6|fd00:10::1|fd00:10::20||",
        "tcp|fd00:10::20|2606:2800:21f:cb07::1|80|http", "udp|127.0.0.1|127.0.0.1|53|dns", "icmp|127.0.0.1|127.0.0.1||",
      ])
    let files = try ["images/logo.png", "images/dot.gif"].map { try Expected.sha256($0) ?? "" }
    #expect(try cooked.rows("SELECT sha256 FROM files ORDER BY id") == files)
  }

  @Test("ARP messages say who asks for whom, announcements and probes too")
  func arp() throws {
    #expect(
      try Case("arp_icmp.pcap").rows(
        "SELECT frame_id, operation, sender_mac, sender_ip, target_mac, target_ip FROM arp_messages ORDER BY id") == [
          "1|request|02:00:5e:00:01:01|192.168.10.20|ff:ff:ff:ff:ff:ff|192.168.10.20",
          "2|reply|02:00:5e:00:01:01|192.168.10.20|02:00:5e:00:01:01|192.168.10.20",
          "3|request|02:00:5e:00:01:01|0.0.0.0|ff:ff:ff:ff:ff:ff|192.168.10.99",
          "4|request|02:00:5e:00:01:01|192.168.10.20|00:00:00:00:00:00|192.168.10.1",
          "5|reply|02:00:5e:00:01:02|192.168.10.1|02:00:5e:00:01:01|192.168.10.20",
          "12|request|02:00:5e:00:01:01|192.168.10.20|00:00:00:00:00:00|192.168.10.99",
          "17|request|02:00:5e:00:01:01|192.168.10.20|00:00:00:00:00:00|192.168.10.99",
          "40|request|02:00:5e:00:01:01|192.168.10.20|00:00:00:00:00:00|192.168.10.99",
        ])
  }

  @Test("the ARP table has each address with its hardware address")
  func arpTable() throws {
    let rows = try Case("arp_icmp.pcap").query("arp_table")
    #expect(rows.contains { $0.values.contains("192.168.10.1") && $0.values.contains("02:00:5e:00:01:02") })
    #expect(rows.contains { $0.values.contains("192.168.10.20") && $0.values.contains("02:00:5e:00:01:01") })
  }

  @Test("ICMP messages have their type and code, echoes their numbers")
  func icmp() throws {
    #expect(
      try Case("arp_icmp.pcap").rows(
        """
        SELECT i.frame_id, f.transport, i.type, i.code, i.identifier, i.sequence FROM icmp_messages i
        JOIN flows f ON f.id = i.flow_id ORDER BY i.id
        """) == [
          "6|icmp|8|0|25600|1", "7|icmp|0|0|25600|1", "8|icmp|8|0|25600|2", "9|icmp|0|0|25600|2",
          "10|icmp|8|0|25621|1", "11|icmp|0|0|25621|1", "13|icmp|8|0|25702|1", "14|icmp|3|1||",
          "15|icmp|8|0|25703|1", "16|icmp|3|13||", "18|icmp|8|0|25704|1", "19|icmp|3|4||", "20|icmp|8|0|25705|1",
          "21|icmp|11|0||", "23|icmp|11|0||", "25|icmp|3|3||", "26|icmpv6|135|0||", "27|icmpv6|136|0||",
          "28|icmpv6|128|0|25707|1", "29|icmpv6|129|0|25707|1", "30|icmpv6|128|0|25707|2", "31|icmpv6|129|0|25707|2",
          "32|icmpv6|128|0|25708|1", "33|icmpv6|2|0||", "34|icmpv6|128|0|25709|1", "35|icmpv6|3|0||", "37|icmp|3|3||",
          "39|icmpv6|1|4||",
        ])
  }

  @Test("Neighbor Discovery has what is asked for and who answers")
  func neighborDiscovery() throws {
    #expect(
      try Case("arp_icmp.pcap").rows(
        """
        SELECT frame_id, ttl, target, link_address, neighbor_flags FROM icmp_messages
        WHERE target IS NOT NULL OR frame_id = 6 ORDER BY id
        """) == [
          "6|64|||", "26|255|fd00:10::1|02:00:5e:00:01:01|", "27|255|fd00:10::1|02:00:5e:00:01:02|7",
        ])
  }

  @Test("the packet list shows frames of each kind in Wireshark's words")
  func packetList() throws {
    let list = try Case("arp_icmp.pcap")
    #expect(
      try list.rows(
        """
        SELECT frame, source, destination, protocol, info FROM packets
        WHERE frame IN (3, 4, 5, 6, 14, 19, 21, 25, 26) ORDER BY frame
        """) == [
          "3|02:00:5e:00:01:01|ff:ff:ff:ff:ff:ff|ARP|Who has 192.168.10.99? Tell 0.0.0.0",
          "4|02:00:5e:00:01:01|ff:ff:ff:ff:ff:ff|ARP|Who has 192.168.10.1? Tell 192.168.10.20",
          "5|02:00:5e:00:01:02|02:00:5e:00:01:01|ARP|192.168.10.1 is at 02:00:5e:00:01:02",
          "6|192.168.10.20|192.168.10.1|ICMP|Echo (ping) request  id=0x6400, seq=1/256, ttl=64 (reply in 7)",
          "14|192.168.10.1|192.168.10.20|ICMP|Destination unreachable (Host unreachable)",
          "19|192.168.10.1|192.168.10.20|ICMP|Destination unreachable (Fragmentation needed)",
          "21|192.168.10.1|192.168.10.20|ICMP|Time-to-live exceeded (Time to live exceeded in transit)",
          "25|93.184.215.14|192.168.10.20|ICMP|Destination unreachable (Port unreachable)",
          "26|fd00:10::20|ff02::1:ff00:1|ICMPv6|Neighbor Solicitation for fd00:10::1 from 02:00:5e:00:01:01",
        ])
  }

  @Test("a DNS answer in three fragments is parsed where the last of them arrives, in both IP versions")
  func fragmentedDNS() throws {
    let fragments = try Case("fragments.pcap")
    #expect(
      try fragments.rows(
        """
        SELECT m.frame_id, m.is_response, m.query_name, f.server_payload, count(a.id) FROM dns_messages m
        JOIN flows f ON f.id = m.flow_id LEFT JOIN dns_answers a ON a.message_id = m.id AND a.section = 'answer'
        GROUP BY m.id ORDER BY m.id
        """) == [
          "29|0|big.example.com|3400|0", "32|1|big.example.com|3400|24", "33|0|big.example.com|3400|0",
          "36|1|big.example.com|3400|24",
        ])
    #expect(
      try fragments.value("SELECT data FROM dns_answers WHERE section = 'answer' ORDER BY id LIMIT 1 OFFSET 23")
        == "\"023 \(String(repeating: "x", count: 120))\"")
  }

  @Test("an echo of 4008 bytes in fragments is one message")
  func fragmentedICMP() throws {
    #expect(
      try Case("fragments.pcap").rows(
        """
        SELECT i.frame_id, i.type, i.identifier, i.sequence, f.payload_length FROM icmp_messages i
        JOIN frames f ON f.id = i.frame_id WHERE i.type IN (0, 8, 128, 129) ORDER BY i.id
        """) == [
          "5|8|26244|1|4000", "8|0|26244|1|4000", "11|8|26244|2|4000", "14|0|26244|2|4000", "19|128|26245|1|4000",
          "22|129|26245|1|4000", "25|128|26245|2|4000", "28|129|26245|2|4000",
        ])
  }

  @Test("each frame with a fragment has its place in the packet")
  func fragmentRows() throws {
    #expect(
      try Case("fragments.pcap").rows(
        """
        SELECT frame_id, fragment_offset, more_fragments, ip_protocol FROM ip_fragments
        WHERE identification = (SELECT identification FROM ip_fragments WHERE frame_id = 17) ORDER BY frame_id
        """) == ["17|0|1|58", "18|1448|1|58", "19|2896|0|58"])
  }

  @Test("the other fragments are flows of their own, with the packets that they are")
  func fragmentFlows() throws {
    #expect(
      try Case("fragments.pcap").rows(
        """
        SELECT c.ip, s.ip, f.client_packets, f.server_packets, f.client_payload, f.service FROM flows f
        JOIN addresses c ON c.id = f.client_id JOIN addresses s ON s.id = f.server_id
        WHERE f.transport = 'fragment' ORDER BY f.id
        """) == [
          "192.168.10.20|9.9.9.9|4|4|0|", "fd00:10::20|2620:fe::9|4|4|0|", "192.168.10.1|192.168.10.20|2|0|0|",
          "2620:fe::9|fd00:10::20|2|0|0|",
        ])
  }

  @Test("an interface has the name and the description that the capture gives")
  func interfaces() throws {
    #expect(
      try Case("browse.pcapng").rows("SELECT number, name, description, link_type, snaplen FROM interfaces") == [
        "0|eth0|access network of the phone|1|262144"
      ])
    #expect(
      try Case("vlan_8021q.pcap").rows("SELECT number, name, description, link_type, snaplen FROM interfaces") == [
        "0|||1|262144"
      ])
  }
}
