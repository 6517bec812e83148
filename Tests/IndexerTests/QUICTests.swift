import Testing

/// Handshakes of aioquic: versions 1 and 2, Retry, Version Negotiation, a large ClientHello, a refusal.
@Suite("QUIC")
struct QUICTests {
  let handshakes: Case

  init() throws { handshakes = try Case("quic_handshakes.pcap") }

  @Test("ClientHellos have tshark's server name, ALPN and JA3")
  func clientHellos() throws {
    let expected = try Expected.table("ClientHellos", of: "quic_handshakes.pcap").map { row in
      ["server name", "ALPN", "JA3"].map { row[$0] ?? "" }.joined(separator: "|") + "|TLSv1.3|quic"
    }
    #expect(expected.count == 7)
    #expect(
      try handshakes.rows("SELECT server_name, alpn, ja3, version, transport FROM tls_client_hellos ORDER BY id")
        == expected)
  }

  @Test("a ClientHello of two datagrams is a row of the first one")
  func largeHello() throws {
    #expect(
      try handshakes.rows(
        """
        SELECT h.frame_id, q.frame_id, q.transport_parameters LIKE '%,GREASE' FROM tls_client_hellos h
        JOIN quic_connections q USING (flow_id) WHERE h.server_name = 'large.example.com'
        """) == ["56|56|1"])
  }

  @Test("ServerHellos have tshark's version, cipher suite and JA3S")
  func serverHellos() throws {
    let expected = try Expected.table("ServerHellos", of: "quic_handshakes.pcap").map { row in
      "\(row["frame"] ?? "")|TLSv1.3|TLS_AES_256_GCM_SHA384|\(row["JA3S"] ?? "")"
    }
    #expect(expected.count == 6)
    #expect(
      try handshakes.rows("SELECT frame_id, version, cipher_suite, ja3s FROM tls_server_hellos ORDER BY id") == expected
    )
  }

  @Test("JA4 says that QUIC carries the handshake")
  func ja4() throws {
    #expect(
      try handshakes.rows("SELECT DISTINCT ja4 FROM tls_client_hellos ORDER BY id") == [
        "q13d0307h3_55b375c5d22e_1cecd519fee8", "q13d0307or_55b375c5d22e_1cecd519fee8",
      ])
  }

  @Test("connections have their versions, Retry, Version Negotiation and refusal")
  func connections() throws {
    #expect(
      try handshakes.rows(
        """
        SELECT h.server_name, q.version, q.client_version, q.offered_versions, q.retry_cid IS NOT NULL, q.token_length,
          q.close_code, q.close_reason, q.closed_by_client
        FROM quic_connections q JOIN tls_client_hellos h USING (flow_id) ORDER BY q.id
        """) == [
          "www.example.com|1|1||0||||", "modern.example.com|2|2||0||||", "login.example.com|1|1||1|61|||",
          "files.example.com|2|1|2|0||||", "portal.example.com|2|1||0||||", "large.example.com|1|1||0||||",
          "refused.example.com|1|1||0||376|No common ALPN protocols|0",
        ])
  }

  @Test("connection IDs are those that tshark shows")
  func identifiers() throws {
    #expect(
      try handshakes.rows(
        "SELECT destination_cid, client_cid, server_cid, retry_cid FROM quic_connections WHERE flow_id = 3")
        == ["3a379c415667f202|59e9a25811a0825b|9bd196aedfd2700b|e6ca680a8da77b78"])
  }

  @Test("server names are names of the servers, by QUIC")
  func names() throws {
    #expect(
      try handshakes.rows("SELECT DISTINCT ip, source FROM host_names WHERE name LIKE '%.example.com'") == [
        "93.184.215.14|quic"
      ])
    #expect(try handshakes.rows("SELECT transport FROM sni_records WHERE server_name = 'www.example.com'") == ["quic"])
  }

  @Test("flows and frames are QUIC's, on any port")
  func service() throws {
    #expect(try handshakes.rows("SELECT DISTINCT service, service_source FROM flows") == ["quic|content"])
    #expect(try handshakes.rows("SELECT DISTINCT protocol FROM packets") == ["QUIC"])
    #expect(
      try handshakes.rows("SELECT info FROM packets WHERE frame IN (1, 2)") == [
        "Client Hello (SNI=www.example.com)", "Server Hello",
      ])
  }

  @Test("gives nothing to complain about")
  func clean() throws {
    #expect(try handshakes.rows("SELECT code, detail FROM diagnostics") == [])
  }
}
