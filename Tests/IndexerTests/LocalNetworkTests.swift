import Foundation
import Testing

/// What machines of a local network tell each other: real servers and clients, by Captures/make/lan.py.
@Suite("Local network")
struct LocalNetworkTests {
  @Test("dig and we write the records of every type alike")
  func types() throws {
    let path = Repository.capture("dns_types.axfr")
    let transcript = try String(contentsOfFile: path, encoding: .utf8)
    let expected: [String] = transcript.split(separator: "\n").filter { !$0.hasPrefix(";") }.map { line in
      plain(line.split { $0 == "\t" || $0 == " " }.map(String.init))
    }
    let lookups = try Case("dns_types.pcap")
    let rows = try lookups.rows(
      """
      SELECT a.name || ' ' || a.ttl || ' IN ' || a.type || ' ' || a.data
      FROM dns_answers a JOIN dns_messages m ON m.id = a.message_id
      WHERE m.query_type = 'AXFR' AND m.is_response AND a.section = 'answer' ORDER BY a.id
      """)
    let own = rows.map { plain($0.split(separator: " ").map(String.init)) }
    #expect(expected.count > 80 && own.count == expected.count)
    for (own, expected) in zip(own, expected) {
      // Bytes that are no text stand in ours as they are, and dig 9.18 does not know dohpath.
      if expected.hasPrefix("txt.") || expected.hasPrefix("svcb.") { continue }
      #expect(own == expected)
    }
    #expect(try lookups.rows("SELECT code FROM diagnostics").isEmpty)
  }

  /// Without what is a matter of taste: blanks in base64, quotes, capitals of hexadecimal digits, final dots, `.00` metres.
  private func plain(_ words: [String]) -> String {
    words.map { word in
      var word = word.replacingOccurrences(of: "\"", with: "").lowercased()
      if word.count > 1, word.hasSuffix(".") { word.removeLast() }
      if word.hasSuffix(".00m") { word = word.dropLast(4) + "m" }
      return word
    }.joined()
  }

  @Test("EDNS options: identifier, cookie, client subnet, padding, keepalive, and one that nobody knows")
  func options() throws {
    let lookups = try Case("dns_types.pcap")
    let options = try lookups.rows(
      """
      SELECT f.number, a.data FROM dns_answers a JOIN dns_messages m ON m.id = a.message_id JOIN frames f ON f.id = m.frame_id
      WHERE a.type = 'OPT' ORDER BY a.id
      """)
    func option(_ name: String) -> [String] { options.filter { $0.contains(" " + name) } }
    #expect(option("NSID=6c61622d6e7331").count == 1)
    #expect(option("COOKIE=").count >= 8 && option("PADDING=").count == 1)
    #expect(option("ECS=203.0.113.0/24").count == 2 && option("ECS=2001:db8::/56").count == 2)
    #expect(option("TCP-KEEPALIVE=100").count == 1 && option("EXPIRE").count >= 1)
    #expect(option("OPT65001=616263").count == 1)
  }

  @Test("an update: its zone, what must hold, what is added and deleted, and its signature")
  func update() throws {
    let lookups = try Case("dns_types.pcap")
    #expect(
      try lookups.rows(
        """
        SELECT a.section, a.name, a.type, coalesce(a.class, 'IN'), a.data, x.ip
        FROM dns_messages m JOIN dns_answers a ON a.message_id = m.id LEFT JOIN addresses x ON x.id = a.address_id
        WHERE m.opcode = 'UPDATE' AND NOT m.is_response AND a.type <> 'TSIG' ORDER BY a.id
        """) == [
          "prerequisite|new.lab.example|ANY|NONE|\\# 0|", "update|new.lab.example|A|IN|192.0.2.77|192.0.2.77",
          "prerequisite|new.lab.example|A|ANY|\\# 0|", "update|new.lab.example|A|NONE|192.0.2.77|",
          "update|old.lab.example|ANY|ANY|\\# 0|", "update|other.lab.example|TXT|IN|\"by update\"|",
        ])
    #expect(
      try lookups.rows("SELECT DISTINCT query_name, query_type, rcode FROM dns_messages WHERE opcode = 'UPDATE'") == [
        "lab.example|SOA|NOERROR"
      ])
    #expect(try lookups.value("SELECT count(*) FROM dns_answers WHERE type = 'TSIG' AND class = 'ANY'") == "4")
  }

  @Test("transfers whole and in part; messages one behind the other in one segment, each with its response")
  func streams() throws {
    let lookups = try Case("dns_types.pcap")
    #expect(
      try lookups.rows(
        "SELECT query_type, count(*) FROM dns_messages WHERE query_type IN ('AXFR', 'IXFR') GROUP BY 1") == [
          "AXFR|2", "IXFR|2",
        ])
    #expect(
      try lookups.rows(
        """
        SELECT r.query_name, r.rcode, q.transaction_id
        FROM dns_messages r JOIN dns_messages q ON q.id = r.query_id WHERE r.transaction_id BETWEEN 20 AND 22 ORDER BY r.id
        """) == ["a.types.example|NOERROR|20", "mx.types.example|NOERROR|21", "no.types.example|NXDOMAIN|22"])
  }

  @Test("NetBIOS: names of machines, and who has which")
  func netbios() throws {
    let names = try Case("netbios_names.pcap")
    #expect(try names.rows("SELECT DISTINCT service, service_source FROM flows") == ["nbns|content"])
    #expect(
      try names.rows("SELECT DISTINCT ip, name, source FROM host_names ORDER BY 1") == [
        "192.168.10.1|filer|netbios", "192.168.10.20|desk|netbios",
      ])
    #expect(
      try names.rows("SELECT DISTINCT opcode FROM dns_messages ORDER BY 1") == [
        "MULTIHOMED-REGISTRATION", "QUERY", "REGISTRATION", "RELEASE",
      ])
    #expect(
      try names.value(
        "SELECT count(*) FROM dns_answers WHERE type = 'NBSTAT' AND data LIKE 'FILER<%'") == "3")
    #expect(try names.rows("SELECT code FROM diagnostics").isEmpty)
  }

  @Test(
    "the names gathered are what the protocols' tables say",
    arguments: ["netbios_names.pcap", "dhcp_leases.pcap", "dhcp_relay.pcap", "dns_types.pcap"])
  func evidence(capture: String) throws {
    let names = try Case(capture)
    let gathered = try names.rows("SELECT address_id, name, source, first_frame_id FROM address_names ORDER BY 1, 2, 3")
    #expect(
      try gathered
        == names.rows(
          "SELECT address_id, name, source, min(frame_id) FROM name_evidence GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"))
    #expect(!gathered.isEmpty)
  }

  @Test("DHCP: who was leased what, and what it said of itself")
  func leases() throws {
    let leases = try Case("dhcp_leases.pcap")
    #expect(
      try leases.rows(
        """
        SELECT type, coalesce(your_ip, '-'), coalesce(fqdn, host_name, '-'), coalesce(vendor_class, '-'), coalesce(lease_name, '-')
        FROM dhcp_messages WHERE type IN ('REQUEST', 'ACK')
        """) == [
          "REQUEST|-|desk.lab.example|lab-client 1.0|-", "ACK|192.168.10.55|desk.lab.example|-|desk.lab.example",
          "REQUEST|-|tablet|udhcp lab|-", "ACK|192.168.10.55|tablet|-|tablet",
        ])
    #expect(
      try leases.rows(
        "SELECT DISTINCT server_ip, lease_time, routers, dns_servers, domain FROM dhcp_messages WHERE type = 'ACK' AND id < 6"
      ) == ["192.168.10.1|3600|192.168.10.1|192.168.10.1, 9.9.9.9|lab.example"])
    #expect(
      try leases.rows("SELECT type, fqdn, domains FROM dhcpv6_messages").prefix(4) == [
        "SOLICIT|desk.lab.example|", "ADVERTISE|desk|lab.example", "REQUEST|desk.lab.example|",
        "REPLY|desk.lab.example|lab.example",
      ])
    #expect(
      try leases.rows("SELECT DISTINCT name, source FROM host_names ORDER BY 1") == [
        "desk.lab.example|dhcp", "tablet|dhcp",
      ])
    #expect(try leases.rows("SELECT DISTINCT service FROM flows ORDER BY 1") == ["dhcp", "dhcpv6"])
  }

  @Test("DHCP through a relay")
  func relay() throws {
    let leases = try Case("dhcp_relay.pcap")
    #expect(try leases.rows("SELECT DISTINCT relay_ip FROM dhcp_messages") == ["192.168.10.1"])
    #expect(
      try leases.rows("SELECT type, relays, link_ip FROM dhcpv6_messages") == [
        "SOLICIT|1|fd00:10::1", "ADVERTISE|1|fd00:10::1", "REQUEST|1|fd00:10::1", "REPLY|1|fd00:10::1",
      ])
    #expect(try leases.value("SELECT count(*) FROM host_names WHERE source = 'dhcp' AND ip LIKE 'fd00:10::%'") == "1")
  }

  @Test("NTP: chrony's request and answer, and what reflectors are looked for with")
  func time() throws {
    let clock = try Case("ntp.pcap")
    #expect(
      try clock.rows("SELECT mode, version, stratum, reference, request FROM ntp_messages ORDER BY id").suffix(3) == [
        "server|4|3|127.127.1.1|", "private|2|||monlist", "control|2|||readvar",
      ])
    // Both clocks are the same machine's.
    #expect(try clock.value("SELECT max(abs(offset_ns)) < 1000000 FROM ntp_messages WHERE mode = 'server'") == "1")
    #expect(try clock.rows("SELECT service, service_source FROM flows GROUP BY 1, 2") == ["ntp|content"])
  }

  @Test("ICMP errors belong to the flow that they quote")
  func errors() throws {
    let errors = try Case("icmp_errors.pcap")
    #expect(
      try errors.rows(
        """
        SELECT i.type, i.code, q.transport, q.server_port, i.mtu
        FROM icmp_messages i JOIN flows q ON q.id = i.quoted_flow_id ORDER BY i.id
        """
      ).prefix(7) == [
        "3|3|udp|7001|", "1|4|udp|7002|", "3|4|udp|7003|1300", "2|0|udp|7004|1300", "3|0|udp|7005|", "3|0|tcp|7006|",
        "1|0|udp|7007|",
      ])
    // Each quoted packet is in the capture, sent by whom the error is sent to.
    #expect(
      try errors.rows(
        """
        SELECT i.id FROM icmp_messages i JOIN flows f ON f.id = i.flow_id JOIN frames x ON x.id = i.frame_id
        LEFT JOIN flows q ON q.id = i.quoted_flow_id
        WHERE q.transport IS NOT 'icmp' AND (f.transport = 'icmp' AND i.type IN (3, 4, 5, 11, 12) OR f.transport = 'icmpv6' AND i.type < 5)
          AND q.client_id IS NOT iif(x.from_client, f.server_id, f.client_id)
        """
      ).isEmpty)
    #expect(
      try errors.value("SELECT count(*) FROM icmp_messages WHERE type = 11 AND quoted_flow_id IS NOT NULL") == "2")
    #expect(try errors.value("SELECT count(quoted) FROM icmp_messages") == "0")
  }

  @Test("of a quoted packet that the capture lacks the ends are said")
  func strangers() throws {
    let errors = try Case("icmp_errors.pcap", filter: "icmp or icmp6")
    #expect(
      try errors.rows("SELECT quoted FROM icmp_messages WHERE quoted LIKE '%:700_' ORDER BY id").map {
        $0.replacingOccurrences(of: #":\d+ >"#, with: ": >", options: .regularExpression)
      } == [
        "udp 192.168.10.20: > 192.168.11.2:7001", "udp [fd00:10::20]: > [fd00:11::2]:7002",
        "udp 192.168.10.20: > 192.168.11.2:7003", "udp [fd00:10::20]: > [fd00:11::2]:7004",
        "udp 192.168.10.20: > 203.0.113.9:7005", "tcp 192.168.10.20: > 203.0.113.9:7006",
        "udp [fd00:10::20]: > [2001:db8::9]:7007",
      ])
    // An error about a ping is of the flow of that ping.
    #expect(try errors.value("SELECT count(*) FROM flows WHERE transport = 'udp'") == "0")
  }
}
