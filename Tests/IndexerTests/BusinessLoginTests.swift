import Testing

/// Logins to real servers of files, messages and chats.
@Suite("Logins to files, messages and chats")
struct BusinessLoginTests {
  static let credentials = """
    SELECT frame_id, protocol, mechanism, domain, username, substr(secret, 1, 32), kind, accepted, answer_frame_id
    FROM credentials ORDER BY id
    """
  static let services = "SELECT service, service_source, count(*) FROM flows GROUP BY 1, 2"

  @Test("SMB: Samba and smbclient; the anonymous session has no row")
  func smb() throws {
    let files = try Case("smb_logins.pcap")
    #expect(
      try files.rows(Self.credentials) == [
        "9|smb|NTLMv2|SALES|frieda|74a3c73f05775bd863d7f4064018e60e|hash|0|10",
        "21|smb|NTLMv2|SALES|frieda|a3ba583878910a2a5e9fd4418f0537b1|hash|1|22",
        "51|smb|NTLMv2|SALES|frieda|618026ef8d070bbcd23794bc98b003e9|hash|1|52",
        "63|smb|NTLMv1|SALES|frieda|3edb251dcad6469f110d8a45150d618f|hash|0|64",
        "71|smb|NTLMv1|SALES|frieda|62da3b5dbacc4368f0d859a0909d94bb|hash|1|72",
        "83|smb|NTLMv2|SALES|frieda|47ac47313c0f75f09d9c819eef8b5966|hash|1|84",
        "97|smb|plaintext|SALES|frieda|guess 3|password|0|98",
        "107|smb|plaintext|SALES|frieda|guess 4|password|0|108",
      ])
    #expect(try files.rows(Self.services) == ["smb|content|9"])
    #expect(try files.rows("SELECT max(length(secret)) FROM credentials") == ["428"])
    #expect(try files.rows("SELECT code, detail FROM diagnostics") == [])
  }

  @Test("AMQP: RabbitMQ with pika, Qpid Proton and amqp-publish")
  func amqp() throws {
    let queue = try Case("amqp_logins.pcap")
    #expect(
      try queue.rows(Self.credentials) == [
        "8|amqp|PLAIN||frieda|guess PLAIN|password|0|9",
        "19|amqp|PLAIN||frieda|corr3ct horse|password|1|20",
        "36|amqp|AMQPLAIN||frieda|guess AMQPLAIN|password|0|37",
        "47|amqp|AMQPLAIN||frieda|corr3ct horse|password|1|48",
        "66|amqp|PLAIN||frieda|guess 3|password|0|68",
        "80|amqp|PLAIN||frieda|corr3ct horse|password|1|81",
        "97|amqp|PLAIN||frieda|corr3ct horse|password|1|98",
      ])
    #expect(try queue.rows(Self.services) == ["amqp|content|7"])
    #expect(try queue.rows("SELECT code, detail FROM diagnostics") == [])
  }

  @Test("XMPP: Prosody with slixmpp, a login as it was before SASL, and STARTTLS")
  func xmpp() throws {
    let chat = try Case("xmpp_logins.pcap")
    #expect(
      try chat.rows(Self.credentials) == [
        "5|xmpp|PLAIN|example.com|frieda|guess 1|password|0|6",
        "16|xmpp|PLAIN|example.com|frieda|corr3ct horse|password|1|17",
        "32|xmpp|SCRAM-SHA-1|example.com|frieda|3fa70905bd50a2c1fafa736a0ad533cf|hash|0|33",
        "45|xmpp|SCRAM-SHA-1|example.com|frieda|e355d9cd8b4ad9e35eea1eae53109697|hash|1|46",
        "59|xmpp|iq:auth|example.com|frieda|guess 3|password|0|60",
        "68|xmpp|iq:auth|example.com|frieda|corr3ct horse|password|1|69",
      ])
    #expect(try chat.rows(Self.services) == ["xmpp|content|7"])
    #expect(
      try chat.rows("SELECT count(*) FROM tls_client_hellos WHERE flow_id = (SELECT max(id) FROM flows)") == ["1"])
    #expect(try chat.rows("SELECT code, detail FROM diagnostics") == [])
  }

  @Test("PAP, CHAP and MS-CHAP in PPPoE, L2TP and PPTP, EAP-MD5 in IEEE 802.1X: a flow where there is IP around it")
  func links() throws {
    let links = try Case("link_logins.pcap")
    #expect(
      try links.rows(
        """
        SELECT frame_id, flow_id, protocol, mechanism, username, substr(secret, -16), kind, accepted, answer_frame_id
        FROM credentials ORDER BY id
        """) == [
          "3||ppp|PAP|frieda|guess 1|password|0|4",
          "5||ppp|PAP|frieda|corr3ct horse|password|1|6",
          "8||ppp|CHAP|frieda|f6290605ad39426d|hash|0|9",
          "11||ppp|CHAP|frieda|0806adb7b827d897|hash|1|12",
          "13|1|ppp|PAP|frieda|guess 3|password|0|14",
          "15|1|ppp|PAP|frieda|corr3ct horse|password|1|16",
          "18|2|ppp|MS-CHAP|User|c351ab409a3d6101|hash|0|19",
          "21|2|ppp|MS-CHAPv2|User|33114a3d85d6df00|hash|1|22",
          "26||eap|EAP-MD5|frieda|c181018c094e290c|hash|0|27",
          "31||eap|EAP-MD5|frieda|a95e551f803b4a5a|hash|1|32",
        ])
    #expect(try links.complaints() == [])
    #expect(try links.rows("SELECT code, detail FROM diagnostics") == [])
  }

  @Test("the queries have the logins of links without IP, with MAC addresses for their ends")
  func linkQueries() throws {
    let links = try Case("link_logins.pcap")
    let (dialer, concentrator, port) = ("02:00:5e:00:00:01", "02:00:5e:00:00:02", "01:80:c2:00:00:03")
    for query in ["cleartext_passwords", "cleartext_logins"] {
      #expect(
        try links.query(query).map { [$0["frame"], $0["client"], $0["server"], $0["flow"]] } == [
          ["3", dialer, concentrator, "NULL"], ["5", dialer, concentrator, "NULL"],
          ["8", dialer, concentrator, "NULL"],
          ["11", dialer, concentrator, "NULL"], ["13", "192.0.2.10", "192.0.2.20", "1"],
          ["15", "192.0.2.10", "192.0.2.20", "1"], ["18", "192.0.2.20", "192.0.2.10", "2"],
          ["21", "192.0.2.20", "192.0.2.10", "2"], ["26", dialer, port, "NULL"], ["31", dialer, port, "NULL"],
        ])
    }
    #expect(
      try links.query("accepted_logins").map { [$0["server"], $0["mechanisms"], $0["clients"]] } == [
        [concentrator, "PAP,CHAP", dialer], ["192.0.2.20", "PAP", "192.0.2.10"],
        ["192.0.2.10", "MS-CHAPv2", "192.0.2.20"], [port, "EAP-MD5", dialer],
      ])
    #expect(
      try links.query("brute_force", ["attempts": "2"]).map { [$0["client"], $0["refused"], $0["account"]] }
        == [[dialer, "2", "frieda"]])
    #expect(
      try links.query("weak_authentication").map { [$0["server"], $0["mechanism"]] }.contains([port, "EAP-MD5"]))
    #expect(
      try links.query("password_reuse").map { [$0["secret"], $0["services"]] } == [
        ["corr3ct horse", "ppp 02:00:5e:00:00:02, ppp 192.0.2.20 port 1701"]
      ])
  }
}
