import Testing

/// What the queries say of handshakes of TLS and QUIC.
@Suite struct HandshakeTests {
  @Test("tls_alerts: who refused whom, and why")
  func alerts() throws {
    let rows = try answer("tls_alerts", "tls_handshakes.pcap")
    #expect(
      rows.map { [$0["server"], $0["server_name"], $0["sender"], $0["level"], $0["description"], $0["frame"]] } == [
        ["104.16.133.229", "modern.example.com", "server", "fatal", "protocol_version", "110"],
        ["185.199.108.153", nil, "server", "fatal", "unrecognized_name", "120"],
        ["104.16.132.229", "login.example.com", "server", "fatal", "no_application_protocol", "268"],
      ])
    #expect(rows.first?["meaning"] == "the version is too old or not known")
    #expect(rows.first?["offered_version"] == "TLSv1.2")
    let quic = try answer("tls_alerts", "quic_handshakes.pcap")
    #expect(
      quic.map { [$0["server_name"], $0["sender"], $0["description"]] } == [
        ["refused.example.com", "server", "no_application_protocol"]
      ])
    #expect(try answer("tls_alerts", "tls_handshakes.pcap", "--server", "104.16.132.229").count == 1)
  }

  @Test("tls_certificates: who showed which, and what is odd about it")
  func certificates() throws {
    let rows = try answer("tls_certificates", "tls_handshakes.pcap")
    #expect(
      rows.map {
        [$0["shown_by"], $0["server_names"], $0["position"], $0["remarks"], $0["connections"], $0["first_frame"]]
      }
        == [
          ["server", "www.example.com", "1", nil, "2", "10"], ["server", "www.example.com", "2", "root", "2", "10"],
          ["server", "legacy.example.com", "1", nil, "1", "72"],
          ["server", "legacy.example.com", "2", "root", "1", "72"],
          ["server", "portal.example.com", "1", "name not in certificate", "1", "130"],
          ["server", "portal.example.com", "2", "root", "1", "130"],
          ["server", "login.example.com", "1", nil, "1", "166"],
          ["server", "login.example.com", "2", "root", "1", "166"],
          ["client", "login.example.com", "1", nil, "1", "168"],
        ])
    #expect(rows.first?["subject"] == "CN=www.example.com,O=Example")
    #expect(rows.first?["not_after"] == "2033-01-01 00:00:00")
    let odd = try answer("tls_certificates", "tls_handshakes.pcap", "--odd", "1")
    #expect(odd.map { $0["server_names"] } == ["portal.example.com"])
    #expect(try answer("tls_certificates", "tls_handshakes.pcap", "--name", "device-0042").count == 1)
    #expect(try answer("tls_certificates", "tds_tls.pcap").map { $0["remarks"] } == ["self-signed"])
  }

  @Test("ja4_fingerprints: kinds of clients, with their names and servers")
  func fingerprints() throws {
    let rows = try answer("ja4_fingerprints", "tls_handshakes.pcap")
    let curl = try #require(rows.first)
    #expect(curl["ja4"] == "t13d3112h2_e8f1e7e78f70_b26ce05bbdd6")
    #expect(curl["ja3"] == "0149f47eabf9a20d0893e2a44e5a6323")
    #expect(
      [curl["hellos"], curl["clients"], curl["client_count"], curl["servers"]] == ["7", "192.168.10.20", "1", "4"])
    #expect(
      curl["server_names"] == "www.example.com, modern.example.com, portal.example.com, login.example.com"
        && curl["name_count"] == "4")
    let quic = try answer("ja4_fingerprints", "quic_handshakes.pcap", "--ja4", "q13")
    #expect(
      quic.map { [$0["transports"], $0["hellos"], $0["name_count"], $0["alpn"]] } == [
        ["quic", "6", "6", "h3"], ["quic", "1", "1", "other"],
      ])
    #expect(try answer("ja4_fingerprints", "quic_handshakes.pcap", "--client", "192.0.2.1").isEmpty)
  }

  @Test("missing_sni: connections to the Internet that name no server")
  func missingNames() throws {
    let rows = try answer("missing_sni", "tls_handshakes.pcap")
    #expect(
      rows.map {
        [$0["client"], $0["server"], $0["server_port"], $0["transports"], $0["server_name"], $0["first_frame"]]
      } == [
        ["192.168.10.20", "104.16.135.229", "443", "tcp", nil, "85"],
        ["192.168.10.20", "185.199.108.153", "443", "tcp", nil, "118"],
      ])
    #expect(rows.map { $0["connections"] } == ["1", "1"])
    // Another connection to the same address asked for a name.
    #expect(rows.last?["names"]?.contains("portal.example.com") == true)
    #expect(try answer("missing_sni", "quic_handshakes.pcap").isEmpty)
  }

  @Test("quic_connections: versions, Retry, Version Negotiation, a refusal")
  func quicConnections() throws {
    let rows = try answer("quic_connections", "quic_handshakes.pcap")
    #expect(
      rows.map { [$0["server_name"], $0["version"], $0["offered_versions"], $0["remarks"], $0["frame"]] } == [
        ["www.example.com", "1", nil, nil, "1"], ["modern.example.com", "2", nil, nil, "12"],
        ["login.example.com", "1", nil, "Retry", "22"],
        ["files.example.com", "2", "2", "another version", "33"],
        ["portal.example.com", "2", nil, "another version", "46"], ["large.example.com", "1", nil, nil, "56"],
        ["refused.example.com", "1", nil, "refused by the server: 376 No common ALPN protocols", "73"],
      ])
    #expect(rows.first?["cipher_suite"] == "TLS_AES_256_GCM_SHA384" && rows.first?["alpn"] == "h3")
    #expect(try answer("quic_connections", "quic_handshakes.pcap", "--name", "LARGE").map { $0["frame"] } == ["56"])
  }
}
