import Testing

/// Logins of protocols that send them in the clear, spoken by real servers and clients.
@Suite("Logins in captures of terminals, chats, stores and proxies")
struct TerminalLoginTests {
  static let logins = """
    SELECT protocol, mechanism, username, secret, kind, accepted, frame_id, answer_frame_id FROM credentials
    ORDER BY frame_id
    """

  @Test(
    "are rows with what the server said",
    arguments: [
      (
        "telnet_login.pcap",
        [
          "telnet|login|frieda|wrong|password|0|40|54", "telnet|login|frieda|t3lnet-pass|password|1|77|107",
        ]
      ),
      (
        "redis_auth.pcap",
        [
          "redis|AUTH||wrong|password|0|4|6", "redis|AUTH||def4ult-pass|password|1|16|18",
          "redis|AUTH|frieda|r3dis-pass|password|1|26|30", "redis|HELLO AUTH|frieda|guess|password|0|46|47",
          "redis|HELLO AUTH|frieda|r3dis-pass|password|1|48|49", "redis|AUTH|frieda|r3dis-pass|password|1|58|60",
        ]
      ),
      (
        "mqtt_connect.pcap",
        [
          "mqtt|CONNECT|frieda|guess|password|0|4|6", "mqtt|CONNECT|frieda|m0squitto-pass|password|1|14|16",
          "mqtt|CONNECT|frieda|guess|password|0|26|28", "mqtt|CONNECT|frieda|m0squitto-pass|password|1|36|38",
          "mqtt|CONNECT|frieda|guess|password|0|48|50", "mqtt|CONNECT|frieda|m0squitto-pass|password|1|58|60",
        ]
      ),
      (
        "irc_login.pcap",
        [
          "irc|PASS|frieda|guess|password|0|4|6", "irc|PASS|frieda|s3rver-pass|password|1|14|18",
          "irc|OPER|frieda|wrong|password|0|20|22", "irc|OPER|frieda|0per-pass|password|1|23|25",
          "irc|NickServ IDENTIFY|frieda|n1ck-pass|password||26|",
        ]
      ),
      (
        "irc_services.pcap",
        [
          "irc|PLAIN|frieda|guess|password|0|10|11", "irc|PLAIN|frieda|n1ck-pass|password|1|14|15",
          "irc|NickServ IDENTIFY|frieda|guess|password|0|32|34",
          "irc|NickServ IDENTIFY|frieda|n1ck-pass|password|1|35|37",
        ]
      ),
      (
        "socks_login.pcap",
        [
          "socks|USER/PASS|frieda|guess|password|0|8|9", "socks|USER/PASS|frieda|s0cks-pass|password|1|20|21",
          "http|Basic|till|7-inner|password|1|24|25", "socks|USERID|frieda||password|1|33|35",
        ]
      ),
      (
        "remote_shell.pcap",
        [
          "rlogin|login|frieda|wrong|password|0|12|24", "rlogin|login|frieda|t3lnet-pass|password|1|44|70",
          "rsh|rhosts|frieda||password|0|88|93", "rlogin|rhosts|frieda||password|1|102|109",
          "rsh|rhosts|frieda||password|1|126|131", "rexec|USER/PASS|frieda|guess|password||146|",
          "rexec|USER/PASS|frieda|t3lnet-pass|password|1|157|159",
        ]
      ),
    ])
  func logins(capture: String, expected: [String]) throws {
    #expect(try Case(capture).rows(Self.logins) == expected)
  }

  @Test("name the service of every flow that has bytes")
  func services() throws {
    let services = try Case(
      "telnet_login.pcap", "redis_auth.pcap", "mqtt_connect.pcap", "irc_login.pcap", "irc_services.pcap",
      "socks_login.pcap", "remote_shell.pcap"
    ).rows(
      """
      SELECT coalesce(service, '-'), count(*), group_concat(DISTINCT coalesce(service_source, '-')) FROM flows
      WHERE client_payload + server_payload > 0 AND transport = 'tcp' GROUP BY service ORDER BY service
      """)
    #expect(
      services == [
        "irc|4|content", "mqtt|6|content", "redis|5|content", "rexec|2|content", "rlogin|2|content", "rsh|2|content",
        "socks|3|content", "telnet|1|content",
      ])
  }

  @Test("follow the tunnel that a proxy opened")
  func tunnel() throws {
    #expect(
      try Case("socks_login.pcap").rows(
        "SELECT host, uri, status FROM http_requests q JOIN http_responses r ON r.id = q.response_id") == [
          "127.0.0.1:8080|/stock.txt|200", "127.0.0.1:8080|/stock.txt|200",
        ])
  }

  @Test(
    "give nothing to complain about",
    arguments: [
      "telnet_login.pcap", "redis_auth.pcap", "mqtt_connect.pcap", "irc_login.pcap", "irc_services.pcap",
      "socks_login.pcap", "remote_shell.pcap",
    ])
  func clean(capture: String) throws {
    // An rlogin server asks for the window's size by a byte that is marked as urgent (RFC 1282).
    #expect(try Case(capture).rows("SELECT code, detail FROM diagnostics WHERE code <> 'tcp-urgent-data'") == [])
  }
}
