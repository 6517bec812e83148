import Testing

/// Lookups of dig at BIND; the zones are in Captures/make/lookups.py.
@Suite("DNS")
struct DNSTests {
  let lookups: Case

  init() throws { lookups = try Case("dns_lookups.pcap") }

  private func records(_ frame: Int, _ section: String = "answer") throws -> [String] {
    try lookups.rows(
      """
      SELECT a.name || ' ' || ifnull(a.ttl, '-') || ' ' || a.type || ' ' || a.data
      FROM dns_answers a JOIN dns_messages m ON m.id = a.message_id
      WHERE m.frame_id = \(frame) AND a.section = '\(section)' ORDER BY a.id
      """)
  }

  /// Names whose data are always the same, by the frame of the answer.
  static let answers: [(Int, [String])] = [
    (2, ["www.example.com 300 A 93.184.215.14"]),
    (4, ["www.example.com 300 AAAA 2606:2800:21f:cb07::1"]),
    (10, ["old.example.com 300 CNAME www.example.com", "www.example.com 300 A 93.184.215.14"]),
    (
      12,
      [
        "www.example.com 300 HTTPS 1 . alpn=h2,http/1.1 ipv4hint=93.184.215.14 ipv6hint=2606:2800:21f:cb07::1"
      ]
    ),
    (14, ["alias.example.com 300 HTTPS 0 www.example.com"]),
    (
      16,
      [
        "_8443._https.api.example.com 300 SVCB 1 api.example.com alpn=h2 port=8443 ipv4hint=104.16.132.229 "
          + "key65333=extra"
      ]
    ),
    (18, ["example.com 300 MX 10 mail.example.com", "example.com 300 MX 20 mail2.example.net"]),
    (20, [#"example.com 300 TXT "v=spf1 mx -all" "second string; with \"quotes\"""#]),
    (
      22,
      [
        #"example.com 300 CAA 0 issue "ca.example.net""#,
        #"example.com 300 CAA 128 iodef "mailto:security@example.com""#,
      ]
    ),
    (24, ["example.com 300 NS ns1.example.com", "example.com 300 NS ns2.example.com"]),
    (26, ["example.com 300 SOA ns1.example.com hostmaster.example.com 2023111401 7200 3600 1209600 300"]),
    (28, ["_sip._tcp.example.com 300 SRV 5 10 5060 sip.example.com"]),
    (30, [#"sip.example.com 300 NAPTR 100 10 "s" "SIP+D2T" "" _sip._tcp.example.com"#]),
    (32, ["key.example.com 300 SSHFP 4 2 123456789abcdef67890123456789abcdef67890123456789abcdef123456789"]),
    (
      34,
      [
        "_443._tcp.www.example.com 300 TLSA 3 1 1 0d6fce3b1f5e0c8b7a9d4e2f1c0b3a5968778695a4b3c2d1e0f0102030405060"
      ]
    ),
    (36, [#"host.example.com 300 HINFO "AMD64" "Unix""#]),
    (38, ["host.example.com 300 LOC 52 22 23.000 N 4 53 32.000 E -2.00m 1.00m 10000.00m 10.00m"]),
    (
      40,
      [
        "old-tree.example.com 300 DNAME example.net", "www.old-tree.example.com 300 CNAME www.example.net",
        "www.example.net 60 A 151.101.129.69",
      ]
    ),
    (42, ["anything.wild.example.com 300 A 93.184.215.40"]),
    (44, ["14.215.184.93.in-addr.arpa 300 PTR www.example.com"]),
    (46, ["private.example.com 300 TYPE65400 \\# 4 0a000001"]),
    (48, ["café.example.com 300 A 93.184.215.30"]),
    (50, ["\u{EFFF}raw\\.dot.example.com 300 A 93.184.215.31"]),
    (112, [#"version.bind 0 TXT "test""#]),
  ]

  @Test("records are in the zone's own words", arguments: answers)
  func presentation(frame: Int, expected: [String]) throws {
    #expect(try records(frame) == expected)
  }

  @Test("the other sections have their rows too")
  func sections() throws {
    #expect(
      try records(2, "authority") == ["example.com 300 NS ns1.example.com", "example.com 300 NS ns2.example.com"])
    #expect(
      try records(2, "additional") == ["ns1.example.com 300 A 192.168.10.1", "ns2.example.com 300 A 9.9.9.9"])
    #expect(
      try records(54, "authority") == [
        "example.com 300 SOA ns1.example.com hostmaster.example.com 2023111401 7200 3600 1209600 300"
      ])
  }

  // Of updates tshark counts other sections; LocalNetworkTests looks at those of dns_types.pcap.
  @Test(
    "messages and records are as many as tshark counts", arguments: Expected.captures.filter { $0 != "dns_types.pcap" })
  func counts(capture: String) throws {
    let expected = try Expected.table("DNS (", of: capture).map { row in
      ["frame", "kind", "answer/authority/additional"].map { row[$0] ?? "" }.joined(separator: "|")
    }
    #expect(
      try Case(capture).rows(
        """
        SELECT f.number, iif(m.is_response, 'response', 'query'),
          sum(ifnull(a.section = 'answer', 0)) || '/' || sum(ifnull(a.section = 'authority', 0)) || '/'
            || sum(ifnull(a.section = 'additional', 0))
        FROM dns_messages m JOIN frames f ON f.id = m.frame_id LEFT JOIN dns_answers a ON a.message_id = m.id
        WHERE f.flow_id NOT IN (SELECT id FROM flows WHERE service IN ('llmnr', 'nbns')) -- which tshark calls other protocols
        GROUP BY m.id ORDER BY m.id
        """) == expected)
  }

  @Test("a chain of aliases is kept whole")
  func chain() throws {
    #expect(
      try records(6) == [
        "assets.example.com 300 CNAME assets.edge.example.net", "assets.edge.example.net 60 CNAME pop7.cdn.example.net",
        "pop7.cdn.example.net 60 A 151.101.1.69", "pop7.cdn.example.net 60 A 151.101.65.69",
      ])
  }

  @Test("an address has every name of the chain that led to it")
  func namesThroughChain() throws {
    #expect(
      try lookups.rows(
        "SELECT name, source, first_frame FROM host_names WHERE ip = '151.101.65.69' ORDER BY name") == [
          "assets.edge.example.net|dns|6", "assets.example.com|dns|6", "pop7.cdn.example.net|dns|6",
        ])
    #expect(
      try lookups.rows("SELECT name FROM host_names WHERE ip = '2a04:4e42::645' ORDER BY name") == [
        "assets.edge.example.net", "assets.example.com", "pop7.cdn.example.net",
      ])
    #expect(
      try lookups.rows("SELECT name, first_frame FROM host_names WHERE ip = '151.101.129.69' ORDER BY name") == [
        "www.example.net|40", "www.old-tree.example.com|40",
      ])
    #expect(try lookups.rows("SELECT name FROM host_names WHERE ip = '9.9.9.9'") == ["ns2.example.com"])
  }

  @Test("an address hint of HTTPS and SVCB is an address like that of A")
  func hints() throws {
    #expect(
      try lookups.rows(
        """
        SELECT m.frame_id, a.type, d.ip FROM dns_answers a JOIN dns_messages m ON m.id = a.message_id
        JOIN addresses d ON d.id = a.address_id WHERE a.type IN ('HTTPS', 'SVCB') ORDER BY a.id
        """) == ["12|HTTPS|93.184.215.14", "14|HTTPS|93.184.215.14", "16|SVCB|104.16.132.229"])
  }

  @Test("EDNS is an OPT record without a lifetime, with its options")
  func edns() throws {
    #expect(try records(61, "additional") == [". - OPT EDNS0 udp=1232"])
    #expect(try records(63, "additional") == [". - OPT EDNS0 udp=1232 NSID ECS=203.0.113.0/24"])
    #expect(try records(67, "additional") == [". - OPT EDNS0 udp=1232 do"])
  }

  @Test("DNSSEC's records are in presentation form")
  func dnssec() throws {
    let signature = try #require(try records(68).last)
    #expect(signature.hasPrefix("www.signed.example 300 RRSIG A 13 3 300 2026"))
    #expect(signature.contains(" signed.example "))
    #expect(
      try records(70).map { $0.split(separator: " ").dropLast().joined(separator: " ") }.prefix(2) == [
        "signed.example 300 DNSKEY 256 3 13", "signed.example 300 DNSKEY 257 3 13",
      ])
    #expect(
      try records(72, "authority").contains("signed.example 300 NSEC www.signed.example NS SOA RRSIG NSEC DNSKEY"))
  }

  @Test("codes are in their own spelling")
  func codes() throws {
    #expect(
      try lookups.rows(
        """
        SELECT frame_id, opcode, rcode, query_name, query_type FROM dns_messages
        WHERE is_response AND (rcode <> 'NOERROR' OR opcode <> 'QUERY') ORDER BY id
        """) == [
          "54|QUERY|NXDOMAIN|missing.example.com|A", "58|QUERY|SERVFAIL|www.example.org|A",
          "60|QUERY|REFUSED|www.example.org|A", "72|QUERY|NXDOMAIN|nothing.signed.example|A", "114|STATUS|NOTIMP||",
        ])
  }

  @Test("a name keeps the case it was sent in")
  func mixedCase() throws {
    #expect(
      try lookups.rows("SELECT query_name FROM dns_messages WHERE frame_id IN (61, 62)") == [
        "WwW.eXaMpLe.CoM", "WwW.eXaMpLe.CoM",
      ])
  }

  @Test("a truncated answer is asked again over TCP, where it is whole")
  func truncation() throws {
    #expect(
      try lookups.rows(
        """
        SELECT m.frame_id, f.transport, m.is_response, m.truncated, count(a.id) FROM dns_messages m
        JOIN flows f ON f.id = m.flow_id LEFT JOIN dns_answers a ON a.message_id = m.id AND a.section = 'answer'
        WHERE m.query_name = 'big.example.com' GROUP BY m.id ORDER BY m.id
        """) == ["73|udp|0|0|0", "74|udp|1|1|3", "78|tcp|0|0|0", "84|tcp|1|0|24"])
    let texts = (0..<24).map { number in
      let digits = number < 10 ? "00\(number)" : "0\(number)"
      let letters = String(repeating: Character(UnicodeScalar(UInt8(97 + number % 26))), count: 120)
      return "big.example.com 300 TXT \"\(digits) \(letters)\""
    }
    #expect(try records(84) == texts)
  }

  @Test("two lookups on one TCP connection are four messages")
  func twoOnOneConnection() throws {
    #expect(
      try lookups.rows(
        """
        SELECT frame_id, is_response, query_name, query_id = lag(id) OVER (ORDER BY id) FROM dns_messages
        WHERE flow_id = (SELECT flow_id FROM dns_messages WHERE frame_id = 92) ORDER BY id
        """) == [
          "92|0|www.example.com|", "94|1|www.example.com|1", "96|0|mail.example.com|", "97|1|mail.example.com|1",
        ])
  }

  @Test("a zone transfer has every record of the zone")
  func zoneTransfer() throws {
    #expect(
      try records(106) == [
        "example.net 60 SOA ns1.example.com hostmaster.example.com 7 7200 3600 1209600 60",
        "example.net 60 NS ns1.example.com",
        "pop7.cdn.example.net 60 A 151.101.1.69",
        "pop7.cdn.example.net 60 A 151.101.65.69",
        "pop7.cdn.example.net 60 AAAA 2a04:4e42::645",
        "pop8.cdn.example.net 60 A 151.101.193.69",
        "assets.edge.example.net 60 CNAME pop7.cdn.example.net",
        "video.edge.example.net 60 CNAME pop8.cdn.example.net",
        "mail2.example.net 60 A 151.101.1.25",
        "shop.example.net 60 A 151.101.1.69",
        "www.example.net 60 A 151.101.129.69",
        "example.net 60 SOA ns1.example.com hostmaster.example.com 7 7200 3600 1209600 60",
      ])
  }

  @Test("each response knows the query it answers, and no query has one")
  func queries() throws {
    #expect(
      try lookups.rows("SELECT frame_id FROM dns_messages WHERE is_response <> (query_id IS NOT NULL)") == [])
    #expect(
      try lookups.rows(
        """
        SELECT r.frame_id FROM dns_messages r JOIN dns_messages q ON q.id = r.query_id
        WHERE q.is_response OR q.flow_id <> r.flow_id OR q.transaction_id <> r.transaction_id
          OR q.query_name <> r.query_name OR q.frame_id >= r.frame_id
        """) == [])
  }

  @Test("gives nothing to complain about")
  func clean() throws {
    #expect(try lookups.rows("SELECT code, detail FROM diagnostics") == [])
  }
}
