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
      ("/?p=two%20words", "/?p=********"), ("/?p=%73%33cr3t%26more", "/?p=********"),
      ("p=two%20word%73!", "p=********!"),
      ("100% s3cr3t&more %", "100% ******** %"), ("1+1 %zz", "1+1 %zz"), ("s3cr3t", "s3cr3t"), ("", ""),
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

  @Test("a secret in base64 is hidden as URLs have it, whatever of it they encode, and in which case")
  func base64() throws {
    let redaction = try redaction(["ab/c+d=="])
    for text in ["ab/c+d==", "ab%2Fc%2Bd%3D%3D", "ab%2fc%2bd%3d%3d", "ab/c%2Bd==", "ab/c%2bd%3D="] {
      #expect(redaction.hide(in: "/?sig=\(text)&x=1") == "/?sig=********&x=1")
    }
    #expect(redaction.hide(in: "ab/c+d=") == "ab/c+d=")
  }

  @Test("of secrets that overlap, all is hidden")
  func overlapping() throws {
    let redaction = try redaction(["abcdefgh", "efghijkl", "mnopqr"])
    #expect(redaction.hide(in: "-abcdefghijkl-") == "-********-")
    #expect(redaction.hide(in: "mnopqrmnopqr") == "****************")
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
