import Records
import Testing

@testable import Store

@Suite("Hiding secrets")
struct RedactionTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func redaction(_ secrets: [String]) throws -> Redaction {
    try makeDatabase(at: folder["a.sqlite"])
    let database = try Database(path: folder["a.sqlite"], mode: .readWrite)
    try database.execute("PRAGMA foreign_keys = OFF")
    for secret in secrets {
      let statement = try database.prepare(
        """
        INSERT INTO credentials (flow_id, frame_id, protocol, mechanism, secret, kind)
        VALUES (1, 1, 'ftp', 'USER/PASS', ?, 'password')
        """)
      statement.bind(secret as String?, at: 1)
      try statement.run()
    }
    return try Redaction(database: database)
  }

  @Test(
    "a secret is hidden wherever it stands, also as a URI has it",
    arguments: [
      ("PASS s3cr3t&more", "PASS ********"), ("s3cr3t&more", "********"),
      ("xs3cr3t&morex s3cr3t&more", "x********x ********"),
      ("/login?p=s3cr3t%26more&u=a", "/login?p=********&u=a"), ("two words", "********"),
      ("/?p=two+words", "/?p=********"),
      ("/?p=two%20words", "/?p=********"), ("s3cr3t", "s3cr3t"), ("", ""),
    ])
  func hidden(text: String, expected: String) throws {
    #expect(try redaction(["s3cr3t&more", "two words"]).hide(in: text) == expected)
  }

  @Test(
    "a short secret is hidden where no letter or digit adjoins it",
    arguments: [
      ("PASS abc", "PASS ********"), ("abc", "********"), ("abcd", "abcd"), ("xabc", "xabc"), ("=abc&", "=********&"),
      ("éabc", "éabc"), ("a", "********"), ("a cat", "******** cat"),
    ])
  func short(text: String, expected: String) throws {
    #expect(try redaction(["abc", "a"]).hide(in: text) == expected)
  }

  @Test(
    "of two secrets the longer one goes first; numbers and NULL stay, and the column secret is hidden whatever it is")
  func rows() throws {
    let redaction = try redaction(["password", "password1234"])
    #expect(redaction.hide(in: "password1234 password") == "******** ********")
    let row: [QueryValue] = [.text("password"), .integer(5), .null, .text("other"), .null]
    let columns = ["username", "port", "domain", "secret", "secret"]
    #expect(
      redaction.hide(in: row, columns: columns) == [.text("********"), .integer(5), .null, .text("********"), .null])
  }
}
