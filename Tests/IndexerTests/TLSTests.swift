import Testing

/// Handshakes of curl and s_client with nginx and s_server.
@Suite("TLS")
struct TLSTests {
  let handshakes: Case

  init() throws { handshakes = try Case("tls_handshakes.pcap") }

  private static func version(_ code: String) -> String? {
    ["0x0301": "TLSv1.0", "0x0302": "TLSv1.1", "0x0303": "TLSv1.2", "0x0304": "TLSv1.3"][code]
  }

  private static let suites = [
    "0xc02f": "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "0xc02c": "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    "0x009d": "TLS_RSA_WITH_AES_256_GCM_SHA384", "0x1302": "TLS_AES_256_GCM_SHA384",
  ]

  @Test(
    "ClientHellos have tshark's server name, ALPN, version and JA3",
    arguments: ["tls_handshakes.pcap", "browse.pcapng"])
  func clientHellos(capture: String) throws {
    let expected = try Expected.table("ClientHellos", of: capture).map { row in
      let alpn = row["ALPN"] ?? ""
      let versions = row["supported versions"] ?? ""
      return [
        row["first"] ?? "", row["server name"] ?? "",
        // The table has the first names of a long list.
        alpn.contains("…") ? "protocol-000,protocol-001" : alpn.replacing("; ", with: ","),
        Self.version(String(versions.prefix(6))) ?? "TLSv1.2", row["JA3"] ?? "",
      ].joined(separator: "|")
    }
    #expect(!expected.isEmpty)
    #expect(
      try Case(capture).rows(
        """
        SELECT frame_id, server_name, iif(alpn LIKE 'protocol-%', substr(alpn, 1, 25), alpn), version, ja3
        FROM tls_client_hellos ORDER BY id
        """) == expected)
  }

  @Test(
    "ServerHellos have tshark's version, cipher suite, ALPN and JA3S",
    arguments: ["tls_handshakes.pcap", "browse.pcapng"])
  func serverHellos(capture: String) throws {
    let expected = try Expected.table("ServerHellos", of: capture).map { row in
      let chosen = row["chosen version"] ?? ""
      return [
        row["frame"] ?? "", Self.version(chosen.isEmpty ? row["legacy version"] ?? "" : chosen) ?? "",
        Self.suites[row["cipher suite"] ?? ""] ?? "", row["ALPN"] ?? "", row["JA3S"] ?? "",
      ].joined(separator: "|")
    }
    #expect(!expected.isEmpty)
    #expect(
      try Case(capture).rows("SELECT frame_id, version, cipher_suite, alpn, ja3s FROM tls_server_hellos ORDER BY id")
        == expected)
  }

  @Test("cipher suites are offered by their IANA names, in order")
  func cipherSuites() throws {
    #expect(
      try handshakes.value("SELECT cipher_suites FROM tls_client_hellos WHERE frame_id = 218")
        == "TLS_AES_256_GCM_SHA384,TLS_CHACHA20_POLY1305_SHA256,TLS_AES_128_GCM_SHA256,"
        + "TLS_EMPTY_RENEGOTIATION_INFO_SCSV")
    let suites = try #require(try handshakes.value("SELECT cipher_suites FROM tls_client_hellos WHERE frame_id = 8"))
      .split(separator: ",")
    #expect(suites.count == 31)
    #expect(
      suites.prefix(6) == [
        "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256",
        "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
        "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384",
      ])
    #expect(suites.last == "TLS_EMPTY_RENEGOTIATION_INFO_SCSV")
  }

  @Test("JA4 tells transport, version, SNI, counts and ALPN")
  func ja4() throws {
    #expect(
      try handshakes.rows(
        "SELECT frame_id, substr(ja4, 1, 10) FROM tls_client_hellos WHERE frame_id IN (8, 52, 70, 85, 164) ORDER BY id")
        == ["8|t13d3112h2", "52|t13d3112h1", "70|t12d2807h1", "85|t13i3111h2", "164|t12d280600"])
  }

  @Test("a ClientHello in three segments is one row, of its first frame, with all 261 ALPN names")
  func helloInSegments() throws {
    let numbers = (0..<260).map { "protocol-" + String("00\($0)".suffix(3)) }
    #expect(
      try handshakes.rows("SELECT server_name, alpn FROM tls_client_hellos WHERE frame_id = 247") == [
        "login.example.com|" + numbers.joined(separator: ",") + ",http/1.1"
      ])
  }

  @Test("a ClientHello in several records is one row")
  func helloInRecords() throws {
    #expect(
      try handshakes.rows("SELECT server_name, version FROM tls_client_hellos WHERE frame_id = 266") == [
        "login.example.com|TLSv1.3"
      ])
    #expect(
      try handshakes.value(
        """
        SELECT a.ja3 = b.ja3 AND a.cipher_suites = b.cipher_suites FROM tls_client_hellos a, tls_client_hellos b
        WHERE a.frame_id = 247 AND b.frame_id = 266
        """) == "1")
  }

  @Test("a HelloRetryRequest is a ServerHello, and the second ClientHello a row of its own")
  func helloRetryRequest() throws {
    #expect(
      try handshakes.rows(
        """
        SELECT kind, frame_id, version FROM (
          SELECT 'client' AS kind, frame_id, version, flow_id FROM tls_client_hellos
          UNION ALL SELECT 'server', frame_id, version, flow_id FROM tls_server_hellos)
        JOIN flows f ON f.id = flow_id WHERE f.server_port = 8443 AND f.first_frame_id = 298 ORDER BY frame_id
        """) == ["client|301|TLSv1.3", "server|305|TLSv1.3", "client|307|TLSv1.3", "server|310|TLSv1.3"])
  }

  @Test("sessions that go on are told from new ones, by ticket and by pre-shared key")
  func resumption() throws {
    #expect(
      try handshakes.rows(
        """
        SELECT s.frame_id, s.version, c.resumption FROM tls_server_hellos s JOIN tls_client_hellos c USING (flow_id)
        WHERE s.resumed ORDER BY s.id
        """) == ["206|TLSv1.2|ticket", "235|TLSv1.3|psk"])
    #expect(
      try handshakes.rows("SELECT frame_id, resumed FROM tls_server_hellos WHERE is_retry_request") == ["305|"])
  }

  @Test("a server name beside an encrypted ClientHello is flagged as perhaps the cover's")
  func outerName() throws {
    #expect(
      try Case("fronting.pcap").rows("SELECT frame, server_name FROM sni_records WHERE is_outer")
        == ["154|public.example.net"])
  }

  @Test("a server that refuses sends no ServerHello")
  func refused() throws {
    #expect(
      try handshakes.rows(
        """
        SELECT c.frame_id FROM tls_client_hellos c
        WHERE NOT EXISTS (SELECT 1 FROM tls_server_hellos s WHERE s.flow_id = c.flow_id) ORDER BY c.id
        """) == ["108", "118", "266"])
  }

  @Test("a ClientHello without a server name has none")
  func noServerName() throws {
    #expect(
      try handshakes.rows(
        """
        SELECT h.frame_id, a.ip FROM tls_client_hellos h JOIN flows f ON f.id = h.flow_id
        JOIN addresses a ON a.id = f.server_id WHERE h.server_name IS NULL ORDER BY h.id
        """) == ["85|104.16.135.229", "118|185.199.108.153"])
    #expect(try handshakes.rows("SELECT name FROM host_names WHERE ip = '104.16.135.229'") == [])
  }

  @Test("is known by its content on another port")
  func anotherPort() throws {
    #expect(
      try handshakes.rows(
        "SELECT DISTINCT server_port, service, service_source FROM flows WHERE transport = 'tcp' ORDER BY server_port")
        == ["443|tls|content", "8443|tls|content"])
  }

  @Test("certificates of TLS 1.2 are those that tshark shows", arguments: ["tls_handshakes.pcap", "browse.pcapng"])
  func certificates(capture: String) throws {
    let expected = try Expected.table("Certificates in the clear", of: capture).map { row in
      let names = (row["names"] ?? "").components(of: ", ").filter { $0.hasPrefix("DNS:") }.map { $0.dropFirst(4) }
      return [
        row["frame"] ?? "", "\((Int(row["position"] ?? "") ?? -2) + 1)", row["subject"] ?? "", row["issuer"] ?? "",
        "2023-01-01 00:00:00", "2033-01-01 00:00:00", names.joined(separator: ","), row["SHA-256"] ?? "",
      ].joined(separator: "|")
    }
    #expect(!expected.isEmpty)
    #expect(
      try Case(capture).rows(
        """
        SELECT frame_id, position, subject, issuer, datetime(not_before / 1000000000, 'unixepoch'),
          datetime(not_after / 1000000000, 'unixepoch'), dns_names, sha256
        FROM tls_certificates ORDER BY id
        """) == expected)
  }

  @Test("a certificate's names are names of the server that showed it, not of the client")
  func certificateNames() throws {
    #expect(
      try handshakes.rows(
        "SELECT name, first_frame FROM host_names WHERE ip = '185.199.108.153' AND source = 'certificate' ORDER BY name"
      )
        == ["files.example.com|130", "login.example.com|130", "modern.example.com|130"])
    #expect(try handshakes.rows("SELECT name FROM host_names WHERE ip = '192.168.10.20'") == [])
  }

  @Test("server names that DNS does not confirm are found by a query")
  func disagreements() throws {
    #expect(
      try handshakes.query("sni_dns_mismatch").map { [$0["server_name"], $0["server"], $0["first_frame"]] } == [
        ["www.example.com", "104.16.133.229", "143"], ["portal.example.com", "185.199.108.153", "128"],
      ])
  }

  @Test("server names are listed with their addresses")
  func serverNames() throws {
    #expect(
      try handshakes.rows(
        "SELECT server_name, server_ip, server_port, frame FROM sni_records WHERE server_name = 'login.example.com'")
        == [52, 164, 218, 233, 247, 266, 278].map {
          "login.example.com|104.16.132.229|\($0 == 164 ? 8443 : 443)|\($0)"
        })
  }

  @Test("gives nothing to complain about")
  func clean() throws {
    #expect(try handshakes.rows("SELECT code, detail FROM diagnostics") == [])
  }
}

extension String {
  fileprivate func components(of separator: String) -> [Substring] { split(separator: separator) }
}
