import Bytes
import Crypto
import Records
import TestSupport
import Testing

@testable import Applications

/// SHA-256 as the database shows it.
func sha256(_ bytes: [UInt8]) -> String {
  SHA256.hash(data: bytes).map { String(UInt16($0) + 256, radix: 16).dropFirst() }.joined()
}

func sha256(_ text: String) -> String { sha256(Array(text.utf8)) }

@Suite("Mail messages and their attachments")
struct MailMessageTests {
  /// A session that sends `message`, whose lines are stuffed with dots already.
  static func sending(_ message: String, reply: String = "250 2.0.0 queued as 1") -> [Step] {
    [
      .server("220 mail ESMTP\r\n"), .client("EHLO client.example.com\r\n"), .server("250 mail\r\n"),
      .client("MAIL FROM:<a@example.com> SIZE=9\r\n"), .server("250 ok\r\n"),
      .client("RCPT TO:<b@example.com>\r\n"), .server("250 ok\r\n"),
      .client("RCPT TO:<\"odd> one\"@example.com>\r\n"), .server("550 no\r\n"),
      .client("DATA\r\n"), .server("354 go\r\n"), .client(message + "\r\n.\r\n"), .server("\(reply)\r\n"),
      .client("QUIT\r\n"), .server("221 bye\r\n"), .close(.client), .close(.server),
    ]
  }

  static let picture: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] + (0..<200).map { UInt8($0) }

  static let mixed = """
    Received: from x by y
    received: from w
     by x
    From: =?utf-8?q?Gr=C3=BCn=2C_Frieda?= <a@example.com>
    To: b@example.com
    Subject: =?iso-8859-1?Q?Stra=DFe?= =?utf-8?B?w7xiZXI=?= and
     more
    Content-Type: multipart/mixed; boundary="outer (1)"
    X-Mailer: Example 1

    No part.
    --outer (1)
    Content-Type: multipart/alternative; boundary=inner

    --inner

    text
    ..dots
    --inner\u{20}
    Content-Type: text/html

    <p>
    --inner--
    --outer (1)
    Content-Type: image/png; name="=?utf-8?q?p=C3=A4.png?="
    Content-Transfer-Encoding: BASE64
    Content-Disposition: inline

    \(base64(Array(picture[..<57])))
    \(base64(Array(picture[57...])))
    --outer (1)
    Content-Disposition: attachment;
     filename*0*=iso-8859-1'de'gr%FC; filename*1="n; \\"x\\".csv"
    Content-Transfer-Encoding: quoted-printable

    a=3Db; =\u{20}
    c=C3=BC \t
    =zz
    last
    --outer (1)--
    --inner
    Behind.
    """.replacing("\n", with: "\r\n")

  static let mixedFiles: [[EmittedValue]] = [
    ["pä.png", "image/png", "image/png", 208, 1, .text(sha256(picture))],
    [
      "grün; \"x\".csv", nil, "text/plain", 19, 1, .text(sha256("a=b; cü\r\n=zz\r\nlast")),
    ],
  ]

  static func files(_ rows: [EmittedRow]) -> [[EmittedValue]] {
    rows.of("files").map { row in
      ["name", "media_type", "detected_type", "size", "complete", "sha256"].map { row[$0] }
    }
  }

  static func rows(_ steps: [Step], sourceLocation: SourceLocation = #_sourceLocation) -> [EmittedRow] {
    let whole = ParserDriver.rows(SMTPParser.self, steps)
    for size in [1, 2, 3, 7, 64] {
      #expect(whole == ParserDriver.rows(SMTPParser.self, steps, cutInto: size), sourceLocation: sourceLocation)
    }
    return whole
  }

  @Test("a message stands with its envelope, its fields and the server's answer, however it is cut")
  func message() throws {
    let rows = MailMessageTests.rows(MailMessageTests.sending(MailMessageTests.mixed))
    let row = try #require(rows.of("mail_messages").first)
    #expect(rows.of("mail_messages").count == 1)
    #expect(
      ["source", "helo", "mail_from", "recipients", "refused_recipients"].map { row[$0] }
        == ["smtp", "client.example.com", "a@example.com", "b@example.com", "\"odd> one\"@example.com"])
    #expect(
      ["header_from", "header_to", "header_cc", "subject", "user_agent", "received_count"].map { row[$0] } == [
        "Grün, Frieda <a@example.com>", "b@example.com", nil, "Straßeüber and more", "Example 1", 2,
      ])
    #expect(["frame_id", "message_frame_id", "last_frame_id", "reply_frame_id"].map { row[$0] } == [4, 12, 12, 13])
    #expect(
      ["reply_code", "reply_text", "complete", "attachments"].map { row[$0] } == [250, "2.0.0 queued as 1", 1, 2])
    // The two dots are one.
    #expect(row["size"] == .integer(Int64(MailMessageTests.mixed.utf8.count + 2 - 1)))
    #expect(rows.of("diagnostics").isEmpty)
  }

  @Test("attachments are what they decode to, the message's own texts none")
  func attachments() {
    let rows = MailMessageTests.rows(MailMessageTests.sending(MailMessageTests.mixed))
    #expect(MailMessageTests.files(rows) == MailMessageTests.mixedFiles)
    #expect(rows.of("files").allSatisfy { $0["source"] == "smtp" && $0["frame_id"] == 12 })
  }

  @Test("in chunks, all at once, it is the same")
  func chunks() throws {
    let message = Array("Content-Type: x/y\r\n\r\n.\r\n..a\r\n.\r\n".utf8)
    let parts = [message[..<5], message[5..<25], message[25...]]
    let all = parts.enumerated().flatMap { number, part in
      Array("BDAT \(part.count)\(number == 2 ? " last" : "")\r\n".utf8) + part
    }
    let steps: [Step] = [
      .server("220 x ESMTP\r\n"),
      .bytes(
        .client,
        Array("EHLO c\r\nMAIL FROM:<>\r\nRCPT TO:<b@c>\r\n".utf8) + all + Array("MAIL FROM:<z@c>\r\nQUIT\r\n".utf8)),
      .server("250 x\r\n250 ok\r\n250 ok\r\n250 5\r\n250 20\r\n250 queued\r\n250 ok\r\n221 bye\r\n"),
    ]
    let rows = MailMessageTests.rows(steps)
    #expect(
      rows.of("mail_messages").map { row in
        ["mail_from", "recipients", "size", "reply_text", "complete"].map { row[$0] }
      } == [["", "b@c", .integer(Int64(message.count)), "queued", 1], ["z@c", nil, nil, nil, 0]])
    #expect(MailMessageTests.files(rows) == [[nil, "x/y", "text/plain", 11, 1, .text(sha256(".\r\n..a\r\n.\r\n"))]])
    let empty = MailMessageTests.rows([
      .server("220 x ESMTP\r\n"), .client("BDAT 3\r\na\r\n"), .server("250 ok\r\n"), .client("BDAT 0 LAST\r\n"),
      .server("250 taken\r\n"),
    ])
    #expect(empty.of("mail_messages").map { [$0["size"], $0["reply_text"], $0["complete"]] } == [[3, "taken", 1]])
  }

  @Test("what a server refuses has a row, with a message or without")
  func refusals() {
    let rows = MailMessageTests.rows([
      .server("220 x ESMTP\r\n"), .client("MAIL FROM:<a@b>\r\n"), .server("530 log in\r\n"),
      .client("MAIL FROM:<c@d>\r\n"), .server("250 ok\r\n"), .client("RCPT TO:e@f\r\n"), .server("554 no\r\n"),
      .client("DATA\r\n"), .server("554 no valid recipients\r\n"), .client("RSET\r\n"), .server("250 ok\r\n"),
      .client("MAIL FROM:<g@h>\r\nRCPT TO:<i@j>\r\nDATA\r\n"), .server("250 ok\r\n250 ok\r\n354 go\r\n"),
      .client("Subject: x\r\n\r\nspam\r\n.\r\nMAIL FROM:<k@l>\r\nRCPT TO:<m@n>\r\nDATA\r\n"),
      .server("550 spam\r\n250 ok\r\n250 ok\r\n354 go\r\n"), .client("\r\nham\r\n.\r\n"), .server("250 ok\r\n"),
    ])
    #expect(
      rows.of("mail_messages").map { row in
        ["mail_from", "recipients", "refused_recipients", "size", "reply_code", "complete"].map { row[$0] }
      } == [
        ["a@b", nil, nil, nil, 530, 0], ["c@d", nil, "e@f", nil, 554, 0], ["g@h", "i@j", nil, 20, 550, 1],
        ["k@l", "m@n", nil, 7, 250, 1],
      ])
  }

  @Test("LMTP answers a message once for each recipient")
  func localDelivery() {
    let rows = MailMessageTests.rows([
      .server("220 x LMTP\r\n"), .client("LHLO c\r\n"), .server("250 x\r\n"),
      .client("MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nRCPT TO:<e@f>\r\nDATA\r\n"),
      .server("250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n"),
      .client("\r\nx\r\n.\r\nMAIL FROM:<g@h>\r\n"), .server("250 one\r\n250 two\r\n550 no\r\n"),
    ])
    #expect(rows.of("mail_messages").map { [$0["mail_from"], $0["reply_text"]] } == [["a@b", "two"], ["g@h", "no"]])
  }

  @Test("a gap ends the attachment that it is in; what follows survives")
  func gaps() throws {
    let steps = MailMessageTests.sending(MailMessageTests.mixed)
    let whole = MailMessageTests.files(MailMessageTests.rows(steps))
    guard case .bytes(_, let bytes) = steps[11] else { return }
    for lost in stride(from: 0, to: bytes.count, by: 1) {
      var thinned = Array(steps[..<11])
      if lost > 0 { thinned.append(.bytes(.client, Array(bytes[..<lost]))) }
      thinned.append(.gap(.client, 1))
      if lost + 1 < bytes.count { thinned.append(.bytes(.client, Array(bytes[(lost + 1)...]))) }
      thinned += steps[12...] + [.client("MAIL FROM:<next@b>\r\n"), .server("250 ok\r\n")]
      let rows = ParserDriver.rows(SMTPParser.self, thinned)
      let messages = rows.of("mail_messages")
      #expect(messages.first?["complete"] == 0 && messages.first?["mail_from"] == "a@example.com", "\(lost)")
      #expect(messages.last?["mail_from"] == "next@b", "\(lost)")
      for file in MailMessageTests.files(rows) where file[4] == 1 {
        #expect(whole.contains(file), "byte \(lost): \(file)")
      }
    }
  }

  @Test("nothing that is changed traps, or depends on the pieces")
  func mutations() {
    LoginDialogue.mutate(SMTPParser.self, MailMessageTests.sending(MailMessageTests.mixed), rounds: 300)
  }

  @Test("lines without end, endless boundaries, depth and numbers have their limits")
  func limits() throws {
    let long = String(repeating: "x", count: 20_000)
    let rows = MailMessageTests.rows(
      MailMessageTests.sending(
        "Subject: \(long)\r\nContent-Type: a/b\r\n\r\n\(long)\r\n.\(long)\r\n\(long)"))
    #expect(rows.of("mail_messages").first?["subject"].text?.count == 16_383)
    #expect(MailMessageTests.files(rows).map { $0[3] } == [60_006])
    #expect(MailMessageTests.files(rows).map { $0[5] } == [.text(sha256("\(long)\r\n\(long)\r\n\(long)\r\n"))])
    let held = LoginDialogue.held(
      SMTPParser.self, after: Array("DATA\r\nSubject: \(String(repeating: "y", count: 1_000_000))".utf8), from: .client)
    #expect(held < 60_000)
    var deep = ""
    for level in 0..<40 { deep += "Content-Type: multipart/mixed; boundary=b\(level)\r\n\r\n--b\(level)\r\n" }
    let nested = MailMessageTests.rows(MailMessageTests.sending(deep))
    #expect(nested.of("diagnostics").map { $0["code"] } == ["mime-depth-limit"])
    let many =
      "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
      + String(repeating: "--b\r\nContent-Type: a/b\r\n\r\nx\r\n", count: 1200)
    let found = ParserDriver.rows(SMTPParser.self, MailMessageTests.sending(many))
    #expect(found.of("files").count == 1000)
    #expect(found.of("diagnostics").map { $0["code"] } == ["mime-attachment-limit"])
    let crowd = (0..<1200).map { "RCPT TO:<u\($0)@example.com>\r\n" }
    let crowded = ParserDriver.rows(
      SMTPParser.self, [.server("220 x ESMTP\r\n")] + crowd.flatMap { [.client($0), .server("250 ok\r\n")] })
    #expect(crowded.of("diagnostics").map { $0["code"] } == ["smtp-recipient-limit"])
  }

  @Test("attachments of messages inside, of digests, and of multiparts whose end is missing")
  func nesting() {
    let rows = MailMessageTests.rows(
      MailMessageTests.sending(
        """
        Content-Type: multipart/digest; boundary=d

        --d

        Subject: first
        Content-Type: application/pdf; name=a.pdf

        %PDF-1.4
        --d
        Content-Type: message/rfc822
        Content-Disposition: attachment; filename=mail.eml

        Subject: second
        Content-Type: multipart/mixed; boundary=e

        --e
        Content-Disposition: attachment; filename="C:\\\\My Files\\\\b (1).exe"

        MZ
        --d
        Content-Type: text/plain; name=c(2).txt

        c
        """.replacing("\n", with: "\r\n")))
    #expect(
      MailMessageTests.files(rows).map { [$0[0], $0[1], $0[3], $0[4]] } == [
        ["a.pdf", "application/pdf", 8, 1], ["b (1).exe", nil, 2, 1], ["c(2).txt", "text/plain", 3, 1],
      ])
    #expect(rows.of("mail_messages").map { $0["subject"] } == [nil])
  }

  @Test("POP3: a message that is fetched, but not the beginning of one by TOP")
  func fetched() throws {
    let steps: [Step] = [
      .server("+OK ready\r\n"), .client("RETR 1\r\n"),
      .server("+OK here\r\nSubject: a\r\nContent-Type: x/y\r\n\r\n..b\r\n.\r\n"), .client("TOP 1 0\r\n"),
      .server("+OK\r\nSubject: a\r\n\r\n.\r\n"), .client("RETR 2\r\n"), .server("-ERR none\r\n"),
    ]
    let rows = ParserDriver.rows(POP3Parser.self, steps)
    #expect(rows == ParserDriver.rows(POP3Parser.self, steps, cutInto: 1))
    #expect(
      rows.of("mail_messages").map { row in
        ["source", "subject", "mail_from", "size", "frame_id", "complete"].map { row[$0] }
      } == [["pop3", "a", nil, 37, 3, 1]])
    #expect(MailMessageTests.files(rows) == [[nil, "x/y", "text/plain", 4, 1, .text(sha256(".b\r\n"))]])
    let cut = ParserDriver.rows(
      POP3Parser.self, Array(steps[..<2]) + [.server("+OK\r\nSubject: a\r\n"), .gap(.server, 9), .client("NOOP\r\n")])
    #expect(cut.of("mail_messages").map { [$0["complete"], $0["subject"]] } == [[0, "a"]])
  }
}
