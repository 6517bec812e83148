import Applications
import Bytes
import Records
import TestSupport
import Testing

/// RDATA and what becomes of it. The owner's name `x` lies at byte 12 of the message.
@Suite("DNS record data")
struct DNSRecordDataTests {
  private static let example = DNSBuilder.name("example.com")

  private static func text(_ text: String) -> [UInt8] { [UInt8(text.utf8.count)] + Array(text.utf8) }

  static let vectors: [(Int, [UInt8], String, String)] = [
    (1, [192, 0, 2, 255], "A", "192.0.2.255"),
    (28, DNSBuilder.hex("20010db8000000000000000000000001"), "AAAA", "2001:db8::1"),
    (28, DNSBuilder.hex("00000000000000000000ffffc0000201"), "AAAA", "::ffff:192.0.2.1"),
    (2, example, "NS", "example.com"),
    (5, [0xc0, 12], "CNAME", "x"),
    (12, [0], "PTR", "."),
    (39, example, "DNAME", "example.com"),
    (15, [0, 10] + DNSBuilder.name("mx", pointer: 12), "MX", "10 mx.x"),
    (
      6,
      DNSBuilder.name("ns", pointer: 12) + DNSBuilder.name("root", pointer: 12)
        + [1, 7200, 3600, 1_209_600, 300].flatMap(DNSBuilder.u32), "SOA", "ns.x root.x 1 7200 3600 1209600 300"
    ),
    (16, text("v=spf1 -all") + text("say \"hi\" \\o/"), "TXT", #""v=spf1 -all" "say \"hi\" \\o/""#),
    (16, [0], "TXT", "\"\""),
    (16, [2, 0xff, 0x41], "TXT", "\"\u{efff}A\""),
    (33, [0, 1, 0, 2, 0x14, 0x66] + example, "SRV", "1 2 5222 example.com"),
    (
      35, [0, 100, 0, 10] + text("S") + text("SIP+D2U") + text("") + DNSBuilder.name("_sip._udp", pointer: 12),
      "NAPTR", #"100 10 "S" "SIP+D2U" "" _sip._udp.x"#
    ),
    (257, [0x80] + text("issue") + Array("ca.example; a=b".utf8), "CAA", #"128 issue "ca.example; a=b""#),
    (13, text("AMD64") + text("Linux"), "HINFO", #""AMD64" "Linux""#),
    (17, DNSBuilder.name("a") + DNSBuilder.name("b"), "RP", "a b"),
    (256, [0, 10, 0, 1] + Array("ftp://x/".utf8), "URI", #"10 1 "ftp://x/""#),
    // RFC 4034, sections 5.4 and 2.3 (the key shortened).
    (
      43, DNSBuilder.hex("ec45 05 01 2BB183AF5F22588179A53B0A98631FAD1A292118"), "DS",
      "60485 5 1 2bb183af5f22588179a53b0a98631fad1a292118"
    ),
    (48, DNSBuilder.hex("0100 03 05 01 02 03 04"), "DNSKEY", "256 3 5 AQIDBA=="),
    // RFC 4034, section 3.3, with its first bytes of signature.
    (
      46, DNSBuilder.hex("0001 05 03 00015180 3e7c9dd7 3e5510d7 0a52") + example + DNSBuilder.hex("a0955f"), "RRSIG",
      "A 5 3 86400 20030322173103 20030220173103 2642 example.com oJVf"
    ),
    // RFC 4034, section 4.3.
    (
      47,
      DNSBuilder.name("host.example.com")
        + DNSBuilder.hex("0006 400100000003 041b 000000000000 0000000000000000 0000000000000000 00000000 20"),
      "NSEC", "host.example.com A MX RRSIG NSEC TYPE1234"
    ),
    // RFC 5155, appendix A: 2t7b4g4vsa5smi47k61mv5bv1a22bojr follows.
    (
      50, DNSBuilder.hex("01 01 000c 04 aabbccdd 14 174eb2409fe28bcb4887a1836f957f0a8425e27b 0007 220100000002 90"),
      "NSEC3", "1 1 12 aabbccdd 2t7b4g4vsa5smi47k61mv5bv1a22bojr NS SOA MX RRSIG DNSKEY NSEC3PARAM"
    ),
    (51, DNSBuilder.hex("01 00 0000 00"), "NSEC3PARAM", "1 0 0 -"),
    (52, DNSBuilder.hex("03 01 01 abcdef"), "TLSA", "3 1 1 abcdef"),
    (44, DNSBuilder.hex("04 02 0102"), "SSHFP", "4 2 0102"),
    (61, [1, 2], "OPENPGPKEY", "AQI="),
    (62, DNSBuilder.hex("00000042 0003 0004 60000008"), "CSYNC", "66 3 A NS AAAA"),
    (108, [0, 0x1a, 0x2b, 0x3c, 0x4d, 0x5e], "EUI48", "00-1a-2b-3c-4d-5e"),
    (106, DNSBuilder.hex("000a 20010db800010002"), "L64", "10 2001:db8:1:2"),
    // RFC 1876, section 4: cambridge-net.kei.com.
    (
      29, DNSBuilder.hex("00 33 16 13 89 17 2d d0 70 be 15 f0 00 98 8d 20"), "LOC",
      "42 21 54.000 N 71 6 18.000 W -24.00m 30.00m 10000.00m 10.00m"
    ),
    (
      250, DNSBuilder.name("hmac-sha256") + DNSBuilder.hex("0000 5f5e1000 012c 0003 010203 1234 0010 0000"), "TSIG",
      "hmac-sha256 1600000000 300 3 AQID 4660 BADSIG 0"
    ),
    (104, DNSBuilder.hex("000a 0014 4fff ff20 ee64"), "NID", "10 14:4fff:ff20:ee64"),
    (11, DNSBuilder.hex("0a000001 06 e00006"), "WKS", "10.0.0.1 6 0 1 2 21 22"),
    (22, DNSBuilder.hex("47000580"), "NSAP", "0x47000580"),
    (30, example + DNSBuilder.hex("60000002"), "NXT", "example.com A NS NXT"),
    (31, [0x12, 0xab], "EID", "12ab"),
    (38, DNSBuilder.hex("40 1234567800010002") + example, "A6", "64 ::1234:5678:1:2 example.com"),
    (38, [0] + DNSBuilder.hex("20010db8000000000000000000000001"), "A6", "0 2001:db8::1"),
    (40, DNSBuilder.hex("01 00 02 0102"), "SINK", "1 0 2 AQI="),
    // RFC 3123, section 4, and an IPv6 prefix.
    (
      42, DNSBuilder.hex("0001 15 03 c0a820 0001 1c 84 c0a82600 0002 20 04 20010db8"), "APL",
      "1:192.168.32.0/21 !1:192.168.38.0/28 2:2001:db8::/32"
    ),
    (42, [], "APL", ""),
    // RFC 4025, section 3.1.
    (45, DNSBuilder.hex("0a 01 02 c0000226 0103"), "IPSECKEY", "10 1 2 192.0.2.38 AQM="),
    (45, DNSBuilder.hex("0a 00 02 0103"), "IPSECKEY", "10 0 2 . AQM="),
    (45, DNSBuilder.hex("0a 03 00") + example, "IPSECKEY", "10 3 0 example.com"),
    (45, DNSBuilder.hex("0a 02 02 20010db8000000000000000000000001 0103"), "IPSECKEY", "10 2 2 2001:db8::1 AQM="),
    (37, DNSBuilder.hex("0001 3039 08 0102"), "CERT", "PKIX 12345 RSASHA256 AQI="),
    (37, DNSBuilder.hex("fffe ffff 63 0102"), "CERT", "65534 65535 99 AQI="),
    (55, DNSBuilder.hex("02 02 0003 2001 010203") + example, "HIP", "2 2001 AQID example.com"),
    (57, DNSBuilder.hex("0000 ff 01 0103"), "RKEY", "0 255 1 AQM="),
    (66, DNSBuilder.hex("003b 01 14ef") + example, "DSYNC", "CDS NOTIFY 5359 example.com"),
    (
      249, DNSBuilder.name("gss-tsig") + DNSBuilder.hex("5f5e1000 5f5f6180 0003 0000 0002 abcd 0000"), "TKEY",
      "gss-tsig 1600000000 1600086400 3 NOERROR 2 q80= 0"
    ),
    (259, DNSBuilder.hex("00000001 00000002 01") + text("a/b") + [1, 2], "DOA", #"1 2 1 "a/b" AQI="#),
    (260, DNSBuilder.hex("0a 81 cb00710f"), "AMTRELAY", "10 1 1 203.0.113.15"),
    (260, DNSBuilder.hex("0a 00"), "AMTRELAY", "10 0 0 ."),
    (260, DNSBuilder.hex("80 03") + example, "AMTRELAY", "128 0 3 example.com"),
    (10, [1, 2, 3], "NULL", "\\# 3 010203"),
    (65400, [0xab], "TYPE65400", "\\# 1 ab"),
    (65400, [], "TYPE65400", "\\# 0"),
  ]

  @Test("each type has its presentation form", arguments: vectors)
  func presentation(_ type: Int, _ data: [UInt8], _ name: String, _ expected: String) {
    let rows = DNSBuilder.rows([(.server, DNSBuilder.response(type, data))])
    let row = rows.of("dns_answers").first
    #expect(row?["type"] == .text(name))
    #expect(row?["data"] == .text(expected))
    #expect(rows.of("diagnostics").isEmpty)
  }

  /// RFC 9460, appendix D, and the keys that it does not show.
  static let bindings: [(String, String)] = [
    ("0000 03666f6f 076578616d706c65 03636f6d 00", "0 foo.example.com"),
    ("0001 00", "1 ."),
    ("0010 03666f6f 076578616d706c65 03636f6d 00 0003 0002 0035", "16 foo.example.com port=53"),
    ("0001 03666f6f 076578616d706c65 03636f6d 00 029b 0005 68656c6c6f", "1 foo.example.com key667=hello"),
    (
      "0001 03666f6f 076578616d706c65 03636f6d 00 029b 0009 68656c6c6fd2716f6f",
      #"1 foo.example.com key667="hello\210qoo""#
    ),
    (
      "0001 03666f6f 076578616d706c65 03636f6d 00 0006 0020 20010db8000000000000000000000001 "
        + "20010db8000000000000000000530001", "1 foo.example.com ipv6hint=2001:db8::1,2001:db8::53:1"
    ),
    (
      "0001 076578616d706c65 03636f6d 00 0006 0010 20010db8012203440000 0000c0000221",
      "1 example.com ipv6hint=2001:db8:122:344::c000:221"
    ),
    (
      "0010 03666f6f 076578616d706c65 036f7267 00 0000 0004 00010004 0001 0009 02683205 68332d3139 0004 0004 c0000201",
      "16 foo.example.org mandatory=alpn,ipv4hint alpn=h2,h3-19 ipv4hint=192.0.2.1"
    ),
    (
      "0010 03666f6f 076578616d706c65 036f7267 00 0001 000c 08665c6f6f2c626172 026832",
      #"16 foo.example.org alpn="f\\\\oo\\,bar,h2""#
    ),
    (
      "0001 00 0001 0003 026832 0002 0000 0005 0003 010203 0007 0003 2f647b 0008 0000",
      "1 . alpn=h2 no-default-alpn ech=AQID dohpath=/d{ ohttp"
    ),
  ]

  @Test("service bindings have the form of RFC 9460", arguments: bindings)
  func serviceBindings(_ data: String, _ expected: String) {
    for (type, name) in [(64, "SVCB"), (65, "HTTPS")] {
      let rows = DNSBuilder.rows([(.server, DNSBuilder.response(type, DNSBuilder.hex(data)))])
      #expect(rows.of("dns_answers").map { $0["data"] } == [.text(expected)])
      #expect(rows.of("dns_answers").map { $0["type"] } == [.text(name)])
      #expect(rows.of("diagnostics").isEmpty)
    }
  }

  @Test("the first hint of a service binding is the record's address")
  func hintAddress() {
    let data = DNSBuilder.hex(
      "0001 00 0004 0008 c0000201 c0000202 0006 0010 20010db8000000000000000000000001")
    let rows = DNSBuilder.rows([(.server, DNSBuilder.response(65, data))])
    #expect(rows.of("addresses").map { $0["ip"] } == ["192.0.2.1"])
    #expect(rows.of("dns_answers")[0]["address_id"] == 1)
  }

  static let malformed: [(Int, String)] = [
    (1, "c00002"), (1, "c000020101"), (28, "20010db8"), (5, "c0ff"), (5, "0161"), (5, "41"), (15, "00"),
    (16, "0541"), (16, ""), (33, "000100020003"), (46, "0001"), (47, "00 0000"), (47, "00 0021"),
    (47, "00 0101 0101 0101"),
    (257, "00"), (257, "0000"), (64, "0001 00 0003 0002 0035 0003 0002 0035"), (64, "0001 00 0004 0002 0035"),
    (64, "0001 00 0004 0004 c0000201 0001 0003 026832"), (64, "0001 00 0001 0002 0268"), (64, "0001 00 0002 0001 00"),
    (64, "0001 00 0000 0001 00"), (64, "0001 00 0003 0003 000035"), (64, "0001 00 0001 0000"), (29, "01000000"),
    (11, "0a0000"), (30, "00 80"), (38, "81"), (38, "40 1234"), (42, "0003 08 01 0a"), (42, "0001 15 05 0102030405"),
    (42, "0001 21 01 0a"), (45, "0a 04 00"), (45, "0a 01 00 c000"), (37, "0001"), (55, "10 02 0003 2001"),
    (66, "003b 01"),
    (249, "00 0000"), (259, "00000001"), (260, "0a 04"), (260, "0a 02 20"),
  ]

  @Test("malformed data is a row in RFC 3597's form with a diagnostic, and has no address", arguments: malformed)
  func malformedData(_ type: Int, _ data: String) {
    let bytes = DNSBuilder.hex(data)
    let good = DNSBuilder.record([0], 1, [192, 0, 2, 9])
    let message = DNSBuilder.message(
      flags: 0x8180, questions: [DNSBuilder.question("x", type)],
      answers: [DNSBuilder.record(DNSBuilder.u16(0xc00c), type, bytes), good])
    let rows = DNSBuilder.rows([(.server, message)])
    let generic = bytes.isEmpty ? "\\# 0" : "\\# \(bytes.count) \(hexadecimal(bytes))"
    #expect(rows.of("dns_answers").map { $0["data"] } == [.text(generic), "192.0.2.9"])
    #expect(rows.of("dns_answers").map { $0["address_id"] } == [nil, 1])
    #expect(rows.of("diagnostics").map { $0["code"] } == ["malformed-dns-record"])
  }

  @Test("the Chaos net's addresses are not taken for IP addresses")
  func chaosAddress() {
    let rows = DNSBuilder.rows([(.server, DNSBuilder.response(1, [1, 2, 3, 4], recordClass: 3))])
    #expect(rows.of("dns_answers")[0]["data"] == "\\# 4 01020304")
    #expect(rows.of("addresses").isEmpty)
  }

  static let options: [(String, String)] = [
    ("0003 0000 000a 0008 0123456789abcdef", "EDNS0 udp=1232 do NSID COOKIE=0123456789abcdef"),
    ("0008 0007 0001 18 00 c00002", "EDNS0 udp=1232 do ECS=192.0.2.0/24"),
    ("0008 000b 0002 38 30 20010db8000100", "EDNS0 udp=1232 do ECS=2001:db8:1::/56/48"),
    ("000b 0002 0064 000c 0003 000000", "EDNS0 udp=1232 do TCP-KEEPALIVE=100 PADDING=3"),
    ("000f 0007 0012 626c6f636b", #"EDNS0 udp=1232 do EDE=18:"block""#),
    ("fde9 0002 abcd", "EDNS0 udp=1232 do OPT65001=abcd"),
  ]

  @Test("EDNS options are listed", arguments: options)
  func optionList(_ data: String, _ expected: String) {
    let opt = DNSBuilder.record([0], 41, ttl: 0x8000, recordClass: 1232, DNSBuilder.hex(data))
    let rows = DNSBuilder.rows([(.client, DNSBuilder.message(flags: 0x0100, additionals: [opt]))])
    #expect(rows.of("dns_answers").map { $0["data"] } == [.text(expected)])
    #expect(rows.of("dns_answers").map { $0["ttl"] } == [nil])
    #expect(rows.of("dns_messages")[0]["rcode"] == "NOERROR")
    #expect(rows.of("diagnostics").isEmpty)
  }

  @Test(
    "a cut option or a bad client subnet is malformed",
    arguments: ["0003 0005 00", "0008 0002 0001", "000f 0001 00", "0008 0004 0003 0000"])
  func malformedOptions(_ data: String) {
    let opt = DNSBuilder.record([0], 41, recordClass: 1232, DNSBuilder.hex(data))
    let rows = DNSBuilder.rows([(.client, DNSBuilder.message(flags: 0x0100, additionals: [opt]))])
    #expect(rows.of("diagnostics").map { $0["code"] } == ["malformed-dns-record"])
    #expect(rows.of("dns_answers")[0]["data"].text?.hasPrefix("\\# ") == true)
  }
}
