import Testing

/// Messages with attachments: Postfix and Dovecot as the servers, smtplib, poplib and a client in chunks. Sizes and hashes
/// are those that Python's email package gives.
@Suite("Mail with attachments")
struct MailMessageTests {
  static let picture = "image/png|image/png|468|603360447f010de4f74aa4847da357572f8d67e8d60618f9e1b677bc130a6795|1"
  static let attachments = [
    "|\(picture)",
    "Angebot für Übersee.pdf|application/pdf|application/pdf|1040"
      + "|41dc436899e4070c645979fd93b66fbffe992bc61f13caed3a2c709a5c328fed|1",
    "invoice.pdf.exe|application/octet-stream|application/vnd.microsoft.portable-executable|1000"
      + "|06981f239f7a4ece3b6e0982049dcbf1b91cb11845f62735797fe15882fb6577|1",
    "preise.csv|text/csv|text/plain|130|ce4835938c7d4c4242b1d93105649edaac3199ca9fd5859d2ecc90ddb3663383|1",
    "old.csv|text/csv|text/plain|10|484a1d625c5f5dc56776fde01368e094fe6046f17aa525ba7b8718e13f610ce7|1",
  ]

  private func files(_ source: String, in flow: Int) throws -> [String] {
    try Case("mail_attachments.pcap").rows(
      """
      SELECT name, media_type, detected_type, size, sha256, complete FROM files
      WHERE source = '\(source)' AND flow_id = \(flow) ORDER BY id
      """)
  }

  @Test("attachments are what the sender attached, over SMTP and over POP3")
  func attachments() throws {
    #expect(try files("smtp", in: 1) == Self.attachments)
    #expect(try files("pop3", in: 3) == Self.attachments)
    #expect(
      try files("smtp", in: 2) == [
        "blob.bin|application/octet-stream||264|a3c3dc00db7c3952a28794d196ca76cb35de41623512647653877d8e8bcb3a14|1"
      ])
  }

  @Test("each message has its envelope, its fields and the server's answer")
  func messages() throws {
    let mail = try Case("mail_attachments.pcap")
    #expect(
      try mail.rows(
        """
        SELECT frame_id, source, helo, mail_from, recipients, refused_recipients, message_frame_id, last_frame_id, size,
          attachments, reply_code, reply_frame_id, complete
        FROM mail_messages ORDER BY id
        """) == [
          "9|smtp|client.example.com|frieda@example.com|planner@example.com, sales@example.net|nobody@elsewhere.example"
            + "|19|23|6355|5|250|26|1",
          "27|smtp|client.example.com|frieda@example.com||spam@elsewhere.example|||||554|30|0",
          "45|smtp|chunks.example.com|a@example.com|planner@example.com||45|45|399|1|250|46|1",
          "47|smtp|chunks.example.com||frieda@example.com||49|49|36|0|250|50|1",
          "68|pop3|||||68|68|325|0|||1", "71|pop3|||||71|77|6355|5|||1",
        ])
    #expect(
      try mail.rows(
        """
        SELECT header_from, header_to, header_cc, subject, date, message_id, user_agent, received_count
        FROM mail_messages WHERE frame_id IN (9, 45) ORDER BY id
        """) == [
          "Frieda Grün <frieda@example.com>|planner@example.com, Verkauf Süd <sales@example.net>|audit@example.org"
            + "|Angebot für die Überseebrücke: alle Unterlagen, Pläne und das Programm zum Rechnen"
            + "|Mon, 16 Nov 2026 10:00:00 +0100|<offer-1@client.example.com>|Example Mailer 3.1|0",
          "a@example.com|||Straßeüber||||0",
        ])
    #expect(try mail.rows("SELECT code, detail FROM diagnostics") == [])
  }

  @Test("mail_messages: attachments by name, and those that are programs")
  func query() throws {
    let rows = try Case("mail_attachments.pcap").query("mail_messages")
    #expect(
      rows.map { $0["mail_from"] } == [
        "frieda@example.com", "frieda@example.com", "a@example.com", "<>", "NULL", "NULL",
      ])
    #expect(rows.map { $0["suspicious"] } == ["invoice.pdf.exe", "NULL", "NULL", "NULL", "NULL", "invoice.pdf.exe"])
    #expect(rows[2]["attachments"] == "blob.bin (264 bytes, application/octet-stream)")
    #expect(rows[0]["reply"]?.hasPrefix("250 2.0.0 Ok: queued as ") == true)
    let mine = try Case("mail_attachments.pcap").query("mail_messages", ["address": "SPAM@"])
    #expect(mine.map { $0["frame"] } == ["27"])
  }
}
