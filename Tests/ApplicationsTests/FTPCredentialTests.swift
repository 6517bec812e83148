import Applications
import TestSupport
import Testing

@Suite("FTP logins")
struct FTPCredentialTests {
  private static func credentials(_ steps: [Step]) -> [[EmittedValue]] {
    ParserDriver.rows(FTPParser.self, steps, port: 21).of("credentials").map { row in
      ["username", "secret", "accepted", "frame_id"].map { row[$0] }
    }
  }

  @Test("a login is noted with what the server said to its password")
  func login() {
    let rows = ParserDriver.rows(FTPParser.self, FTPParserTests.session, port: 21)
    #expect(
      rows.of("credentials").map(\.values) == [
        [
          "flow_id": 1, "frame_id": 4, "protocol": "ftp", "mechanism": "USER/PASS", "domain": nil,
          "username": "salesxfer", "secret": "p@ssw0rd", "kind": "password", "accepted": 1, "answer_frame_id": 5,
        ]
      ])
  }

  @Test(
    "each reply to a password says whether it was accepted",
    arguments: [
      ("230 in", 1), ("232 in", 1), ("530 no", 0), ("430 no", 0), ("501 no", 0), ("332 ACCT", nil), ("421 bye", nil),
    ]
      as [(String, EmittedValue)])
  func acceptance(_ reply: String, _ accepted: EmittedValue) {
    let found = FTPCredentialTests.credentials([
      .server("220 x\r\n"), .client("USER a\r\n"), .server("331 p\r\n"), .client("PASS b\r\n"), .server("\(reply)\r\n"),
    ])
    #expect(found == [["a", "b", accepted, 4]])
  }

  @Test("a password without a reply, an empty one, one without a user, and two attempts")
  func oddLogins() {
    #expect(FTPCredentialTests.credentials([.client("USER a\r\n"), .client("PASS b\r\n")]) == [["a", "b", nil, 2]])
    #expect(FTPCredentialTests.credentials([.client("USER a\r\nPASS\r\n")]) == [["a", "", nil, 1]])
    #expect(FTPCredentialTests.credentials([.client("PASS b\r\n"), .server("503 x\r\n")]) == [[nil, "b", 0, 1]])
    #expect(
      FTPCredentialTests.credentials([
        .server("220 x\r\n"), .client("USER a\r\nPASS b\r\nUSER c\r\nPASS d\r\n"),
        .server("331 p\r\n530 no\r\n331 p\r\n230 ok\r\n"),
      ]) == [["a", "b", 0, 2], ["c", "d", 1, 2]])
  }

  @Test("a user who needs no password has none")
  func withoutPassword() {
    let found = FTPCredentialTests.credentials([.server("220 x\r\n"), .client("USER a\r\n"), .server("230 in\r\n")])
    #expect(found == [["a", nil, 1, 2]])
  }
}
