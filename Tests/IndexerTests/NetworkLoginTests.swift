import Testing

/// Logins to directories, databases and network devices, spoken by real servers and clients.
@Suite("Logins to directories, databases and devices")
struct NetworkLoginTests {
  private static func logins(_ capture: String) throws -> [String] {
    try Case(capture).rows(
      """
      SELECT protocol, mechanism, domain, username, secret, kind, accepted, frame_id, answer_frame_id
      FROM credentials ORDER BY frame_id
      """)
  }

  private static func services(_ capture: String) throws -> [String] {
    try Case(capture).rows("SELECT service, count(*) FROM flows GROUP BY service ORDER BY service")
  }

  private static func hellos(_ capture: String) throws -> [String] {
    try Case(capture).rows("SELECT frame_id, flow_id FROM tls_client_hellos ORDER BY id")
  }

  @Test("LDAP: simple binds and SASL; behind StartTLS nothing but the handshake")
  func ldap() throws {
    #expect(
      try Self.logins("ldap_bind.pcap") == [
        "ldap|simple||cn=admin,dc=example,dc=com|guess|password|0|4|6",
        "ldap|simple||cn=admin,dc=example,dc=com|adm1n-pass|password|1|17|19",
        "ldap|DIGEST-MD5|server.example.com|reader|58062c20bc63158dcf4163593828ef79|hash|0|49|50",
        "ldap|DIGEST-MD5|server.example.com|reader|e4fa6f50d4a8fedf65bc06bbbd06a19c|hash|1|62|63",
        "ldap|CRAM-MD5||reader|51a56ed73b90b583b76053633739203d|hash|1|77|78",
      ])
    #expect(try Self.services("ldap_bind.pcap") == ["ldap|7"])
    #expect(try Self.hellos("ldap_bind.pcap") == ["92|7"])
  }

  @Test("LDAP: NTLM by Windows' own kind of bind")
  func ldapNTLM() throws {
    // Behind the proof: version, time, the client's challenge, and the names LAB and DC of the server.
    let names = "00000000020006004c004100420001000400440043000000000000000000"
    #expect(
      try Self.logins("ldap_ntlm.pcap") == [
        "ldap|NTLMv2|LAB|reader|dbc8f564844140d3068312308eef8f01010100000000000080f55d94da79dd01292b5cad4c4952ac"
          + "\(names)|hash|0|10|11",
        "ldap|NTLMv2|LAB|reader|46a86815ea7a19ceb85eacc61bc96cec010100000000000080f55d94da79dd01c4d04c97d4635cdd"
          + "\(names)|hash|1|24|25",
      ])
    #expect(try Self.services("ldap_ntlm.pcap") == ["ldap|2"])
  }

  @Test("SNMP: a row for a community or user, a client and a server")
  func snmp() throws {
    #expect(
      try Self.logins("snmp_login.pcap") == [
        "snmp|community|||public|password||1|", "snmp|community|||r0nly-lab|password|1|2|3",
        "snmp|community|||rw-lab|password|1|6|7", "snmp|community|||trap-lab|password||8|",
        "snmp|USM authNoPriv||auditor|a2477ea481df1eb38e634e3d|hash|1|12|13",
        "snmp|USM authNoPriv||auditor|881eebb9679905f130db2e96|hash|0|16|17",
        "snmp|USM authPriv||operator|3dfe5777aa04d9caa4e330f2e9b3c682614a8d5ddbb4a7fb|hash|1|20|21",
        "snmp|USM noAuthNoPriv||nobody||hash|0|24|25",
      ])
    #expect(try Self.services("snmp_login.pcap") == ["|1", "snmp|9"])
  }

  @Test("PostgreSQL: in the clear, MD5 and SCRAM; a trusted user and one within TLS have no row")
  func postgresql() throws {
    #expect(
      try Self.logins("postgresql_login.pcap") == [
        "postgresql|password|shop|clara|guess|password|0|8|9",
        "postgresql|password|shop|clara|clear-lab-word|password|1|22|23",
        "postgresql|md5|shop|mandy|01e7ac0f3975c2b59dc3f6941584f01d|hash|1|37|38",
        "postgresql|SCRAM-SHA-256|shop|sam|5ee15cdf6415938a182bb67d655bf6af4620a6fb49f86a3c65f010289506eb64|hash|0|54|55",
        "postgresql|SCRAM-SHA-256|shop|sam|798d754a204c4a6e663957f9c4f90bd3a0a47b2587ccff65e81094dd6fa6aa43|hash|1|68|69",
      ])
    #expect(try Self.services("postgresql_login.pcap") == ["postgresql|7"])
    // The server asked for another one (HelloRetryRequest).
    #expect(try Self.hellos("postgresql_login.pcap") == ["96|7", "98|7"])
  }

  @Test("MariaDB: native, switched to another plugin, and within TLS")
  func mysql() throws {
    #expect(
      try Self.logins("mysql_login.pcap") == [
        "mysql|mysql_native_password|shop|nadia|08f786c97438f162e125a18493a8eb41bbc2a1cb|hash|0|6|8",
        "mysql|mysql_native_password|shop|nadia|745611e11f353e7d03291834c18b1a8510b6d50b|hash|1|17|19",
        "mysql|client_ed25519|shop|eddy|f7dafaf3a3eba01751940d8a347b60f9c9ae3d4229205cf51fe451b56e8db80f8e58ced9262508f9f45"
          + "fa980399a5596bcf9c947652c7128c64cc66dc80b6201|hash|1|34|35",
      ])
    #expect(try Self.services("mysql_login.pcap") == ["mysql|4"])
    #expect(try Self.hellos("mysql_login.pcap") == ["49|4"])
  }

  @Test("MySQL: caching_sha2_password, and a switch to the clear")
  func mysqlPlugins() throws {
    #expect(
      try Self.logins("mysql_plugins.pcap") == [
        "mysql|caching_sha2_password|shop|shari|06729cd8ff4fa32b4b23a6b0648c21687bf9172e06d2f2a2449ccecf68169a2c|hash|0"
          + "|6|8",
        "mysql|caching_sha2_password|shop|shari|476b854b032d58515250aff8940cc7863e497262809f3204f889468267baa1a6|hash|1"
          + "|17|19",
        "mysql|mysql_clear_password|shop|cleo|guess|password|0|34|35",
        "mysql|mysql_clear_password|shop|cleo|clear-lab-word|password|1|47|48",
      ])
    #expect(try Self.services("mysql_plugins.pcap") == ["mysql|4"])
  }

  @Test("VNC: the response to the challenge, and the result")
  func vnc() throws {
    #expect(
      try Self.logins("vnc_login.pcap") == [
        "vnc|VNC|||16a55779eb84afa1169b00e7f749138b|hash|0|9|11",
        "vnc|VNC|||ac93025dbe94e6e0a07bab28edfb5610|hash|1|23|24",
      ])
    #expect(try Self.services("vnc_login.pcap") == ["vnc|2"])
    // In RFB 3.8 the server offers and the client chooses.
    #expect(
      try Self.logins("vnc_viewer.pcap") == [
        "vnc|VNC|||008e033a3dcefd1d5cb575975f34d008|hash|0|11|13",
        "vnc|VNC|||9a45e0adfa3ae03b78467258cf4e2d7a|hash|1|27|28",
      ])
    #expect(try Self.services("vnc_viewer.pcap") == ["vnc|2"])
  }

  @Test("Kerberos: encrypted timestamps over UDP and TCP, a reply that nobody had to prove for, an unknown principal")
  func kerberos() throws {
    #expect(
      try Case("kerberos_login.pcap").rows(
        """
        SELECT mechanism, domain, username, substr(secret, 1, 16), length(secret), kind, accepted, frame_id,
          answer_frame_id
        FROM credentials ORDER BY frame_id
        """) == [
          "AS-REQ etype 18|LAB.EXAMPLE.COM|olga|d210db26e2280d89|112|hash|0|3|4",
          "AS-REQ etype 18|LAB.EXAMPLE.COM|olga|1c84a9d399995c5c|110|hash|1|7|8",
          "AS-REQ etype 18|LAB.EXAMPLE.COM|olga|dc432ab289d27a31|110|hash|1|22|24",
          "AS-REQ etype 23|LAB.EXAMPLE.COM|rc4user|82f365551c98094a|102|hash|1|31|32",
          "AS-REP etype 18|LAB.EXAMPLE.COM|lazy/host|302befb49bd52a6b|544|hash|1|34|34",
          "AS-REQ etypes 18,17,20,19,16,23,25,26|LAB.EXAMPLE.COM|nobody|||hash|0|35|36",
        ])
    #expect(try Self.services("kerberos_login.pcap") == ["kerberos|10"])
  }

  @Test("RADIUS: PAP, CHAP and MS-CHAP")
  func radius() throws {
    #expect(
      try Self.logins("radius_login.pcap") == [
        "radius|PAP||visitor|45e684dd92a7aa3cce3a46e061196e49|hash|0|1|2",
        "radius|PAP||visitor|c7cbffb0b52627bcc7b6712ff8b9a2c0|hash|1|3|4",
        "radius|CHAP||visitor|0ecd7f04e72ef686124ddbfd098b7b2d04|hash|1|5|6",
        "radius|MS-CHAP||visitor|0001" + String(repeating: "0", count: 48)
          + "de63d384310bc11bf319592e4d17b8a01b5c7b00fe77c6c5|hash|1|7|8",
      ])
    #expect(try Self.services("radius_login.pcap") == ["radius|4"])
  }

  @Test("RADIUS: EAP with MD5, whose identity is no attempt of its own")
  func radiusEAP() throws {
    #expect(
      try Self.logins("radius_eap.pcap") == [
        "radius|EAP-MD5||visitor|69fedb4663abc8e244c842a50fbe61c2|hash|0|3|4",
        "radius|EAP-MD5||visitor|1a8b30024349775b600de5536d85ec11|hash|1|7|8",
      ])
    #expect(try Self.services("radius_eap.pcap") == ["radius|2"])
  }

  @Test("SIP over TCP")
  func sipOverTCP() throws {
    #expect(
      try Self.logins("sip_tcp.pcap") == [
        "sip|Digest|lab.example.com|ext42|0851dd39f195effd8fed3ee664d4ec9e|hash|0|8|9",
        "sip|Digest|lab.example.com|ext42|b2eae0d0002c39e0954d27bb10238735|hash|1|20|21",
      ])
    #expect(try Self.services("sip_tcp.pcap") == ["sip|2"])
  }

  @Test("TDS: the handshake of TLS inside of its packets, and a login that nobody sees")
  func tdsWithinTLS() throws {
    #expect(try Self.logins("tds_tls.pcap") == [])
    #expect(try Self.hellos("tds_tls.pcap") == ["8|1"])
    #expect(try Case("tds_tls.pcap").rows("SELECT frame_id FROM tls_server_hellos") == ["9"])
    #expect(try Case("tds_tls.pcap").rows("SELECT subject FROM tls_certificates") == ["CN=server.example.com"])
    #expect(try Self.services("tds_tls.pcap") == ["tds|1"])
  }

  @Test("SIP: a digest, refused and accepted")
  func sip() throws {
    #expect(
      try Self.logins("sip_register.pcap") == [
        "sip|Digest|lab.example.com|ext42|8fdeb8139e2f57f81c365317d2c540b2|hash|0|3|4",
        "sip|Digest|lab.example.com|ext42|de680b30c7ac42d8a743c42338da5757|hash|1|7|8",
      ])
    #expect(try Self.services("sip_register.pcap") == ["sip|2"])
  }

  @Test("TDS: the password as it was typed")
  func tds() throws {
    #expect(
      try Self.logins("tds_login.pcap") == [
        "tds|LOGIN7|shop|sa|guess|password|0|8|9", "tds|LOGIN7|shop|sa|sql-lab-word|password|1|20|21",
      ])
    #expect(try Self.services("tds_login.pcap") == ["tds|2"])
  }

  @Test(
    "gives nothing to complain about",
    arguments: [
      "ldap_bind.pcap", "snmp_login.pcap", "postgresql_login.pcap", "mysql_login.pcap", "vnc_login.pcap",
      "kerberos_login.pcap", "radius_login.pcap", "sip_register.pcap", "tds_login.pcap", "ldap_ntlm.pcap",
      "radius_eap.pcap", "sip_tcp.pcap", "tds_tls.pcap", "mysql_plugins.pcap", "vnc_viewer.pcap",
    ])
  func clean(capture: String) throws {
    #expect(try Case(capture).rows("SELECT code, detail FROM diagnostics") == [])
  }
}
