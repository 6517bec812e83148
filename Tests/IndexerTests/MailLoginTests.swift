import Testing

/// Logins to real mail and news servers, one mechanism after the other.
@Suite("Mail and news logins")
struct MailLoginTests {
  static let credentials = """
    SELECT frame_id, protocol, mechanism, username, secret, kind, accepted, answer_frame_id FROM credentials ORDER BY id
    """
  static let services = "SELECT service, service_source, count(*) FROM flows GROUP BY 1, 2"

  @Test("SMTP: Postfix, smtplib and swaks")
  func smtp() throws {
    let mail = try Case("smtp_auth.pcap")
    #expect(
      try mail.rows(Self.credentials) == [
        "9|smtp|PLAIN|frieda|guess 1|password|0|11",
        "17|smtp|LOGIN|frieda|guess 2|password|0|19",
        "23|smtp|CRAM-MD5|frieda|b8e9ee93df5346bc05b4ce9a7a701a85|hash|0|25",
        "29|smtp|CRAM-MD5|frieda|678b8b05018b61d387389d67fe1d5067|hash|1|30",
        "52|smtp|PLAIN|frieda|corr3ct horse|password|1|53",
        "79|smtp|LOGIN|frieda|corr3ct horse|password|1|80",
      ])
    #expect(try mail.rows(Self.services) == ["smtp|content|4"])
  }

  @Test("POP3: Dovecot, poplib and curl")
  func pop3() throws {
    let mail = try Case("pop3_logins.pcap")
    #expect(
      try mail.rows(Self.credentials) == [
        "12|pop3|USER/PASS|frieda|guess 1|password|0|14",
        "15|pop3|APOP|frieda|bb9bb36a6725e85ea142e506b73f3140|hash|0|17",
        "21|pop3|USER/PASS|frieda|corr3ct horse|password|1|23",
        "39|pop3|APOP|frieda|827fe7ffff2080718453a29bb26da226|hash|1|41",
        "57|pop3|PLAIN|frieda|guess 3|password|0|59",
        "74|pop3|CRAM-MD5|frieda|4bcee4543e20ac1da109f16a4b605e78|hash|0|76",
        "91|pop3|PLAIN|frieda|corr3ct horse|password|1|93",
        "114|pop3|LOGIN|frieda|corr3ct horse|password|1|116",
      ])
    #expect(try mail.rows(Self.services) == ["pop3|content|7"])
  }

  @Test("IMAP: Dovecot, imaplib and curl")
  func imap() throws {
    let mail = try Case("imap_logins.pcap")
    #expect(
      try mail.rows(Self.credentials) == [
        "9|imap|LOGIN|frieda|gue\"ss 1|password|0|11",
        "15|imap|CRAM-MD5|frieda|1d9f95d6d7f98f565f859152efa44111|hash|0|19",
        "23|imap|CRAM-MD5|frieda|bbede795aac16b74e68472068a01d787|hash|1|27",
        "58|imap|LOGIN|frieda|corr3ct horse|password|1|60",
        "69|imap|PLAIN|frieda|guess 3|password|0|72",
        "87|imap|LOGIN|frieda|corr3ct horse|password|1|89",
      ])
    #expect(try mail.rows(Self.services) == ["imap|content|5"])
  }

  @Test("NNTP: INN and nntplib")
  func nntp() throws {
    let news = try Case("nntp_logins.pcap")
    #expect(
      try news.rows(Self.credentials) == [
        "14|nntp|USER/PASS|frieda|guess-1|password|0|15",
        "34|nntp|USER/PASS|frieda|corr3ct-horse|password|1|35",
      ])
    #expect(try news.rows(Self.services) == ["nntp|content|2"])
  }

  @Test("what follows STARTTLS and STLS is TLS", arguments: ["smtp_auth.pcap", "pop3_logins.pcap", "imap_logins.pcap"])
  func startTLS(capture: String) throws {
    let mail = try Case(capture)
    #expect(
      try mail.rows("SELECT count(*) FROM tls_client_hellos WHERE flow_id = (SELECT max(id) FROM flows)") == ["1"])
  }

  @Test(
    "gives nothing to complain about",
    arguments: ["smtp_auth.pcap", "pop3_logins.pcap", "imap_logins.pcap", "nntp_logins.pcap"])
  func clean(capture: String) throws {
    #expect(try Case(capture).rows("SELECT code, detail FROM diagnostics") == [])
  }
}
