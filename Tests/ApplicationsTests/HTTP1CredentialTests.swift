import Applications
import TestSupport
import Testing

@Suite("Credentials in HTTP/1.x")
struct HTTP1CredentialTests {
  private func credentials(_ steps: [Step]) -> [EmittedRow] {
    ParserDriver.rows(HTTP1Parser.self, steps).of("credentials")
  }

  private func values(_ row: EmittedRow) -> [EmittedValue] {
    [row["mechanism"], row["username"], row["secret"], row["accepted"]]
  }

  /// A POST of a form with `body`.
  private func post(_ body: String, type: String = "application/x-www-form-urlencoded") -> Step {
    .client("POST /login HTTP/1.1\r\nContent-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
  }

  @Test(
    "Basic credentials are split at the first colon; the response's status says whether they were accepted",
    arguments: [(200, 1), (302, 1), (401, 0), (403, nil), (500, nil)] as [(Int, Int64?)])
  func basic(status: Int, accepted: Int64?) {
    let rows = credentials([
      .client("GET / HTTP/1.1\r\nauthorization: basic YWxpY2U6c2U6Y3JldA==\r\n\r\n"),
      .server("HTTP/1.1 \(status) X\r\nContent-Length: 0\r\n\r\n"),
    ])
    #expect(rows.count == 1)
    #expect(rows[0]["protocol"] == "http")
    #expect(rows[0]["kind"] == "password")
    #expect(rows[0]["frame_id"] == 1)
    #expect(rows[0]["answer_frame_id"] == 2)
    #expect(values(rows[0]) == ["Basic", "alice", "se:cret", accepted.map { .integer($0) } ?? nil])
  }

  @Test("a proxy's 407 refuses the proxy's credentials only")
  func proxy() {
    let rows = credentials([
      .client(
        "GET http://a/ HTTP/1.1\r\nProxy-Authorization: Basic cDpx\r\nAuthorization: Basic YTpi\r\n\r\n"),
      .server("HTTP/1.1 407 Proxy\r\nContent-Length: 0\r\n\r\n"),
    ])
    #expect(rows.map(values) == [["Basic", "a", "b", nil], ["Basic", "p", "q", 0]])
  }

  @Test("credentials whose response was not seen are emitted at the end")
  func unanswered() {
    let rows = credentials([.client("GET / HTTP/1.1\r\nAuthorization: Basic YTpi\r\n\r\n")])
    #expect(rows.map(values) == [["Basic", "a", "b", nil]])
  }

  @Test(
    "other schemes and broken base64 are no Basic credentials",
    arguments: ["Bearer abc", "Basic !!!!", "Basic YWI=", "Basic"])
  func notBasic(value: String) {
    #expect(credentials([.client("GET / HTTP/1.1\r\nAuthorization: \(value)\r\n\r\n")]).isEmpty)
  }

  @Test("a posted form's password is found with the user name that belongs to it, encoding undone")
  func form() {
    let body = "user_token=77&username=al%69ce+b&password=p%40ss%2Bw&Login=Login"
    let rows = credentials([post(body), .server("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n")])
    #expect(rows.map(values) == [["form", "alice b", "p@ss+w", nil]])
  }

  @Test("a form is refused by 401 and 403")
  func refusedForm() {
    let rows = credentials([post("log=a&pwd=b"), .server("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n")])
    #expect(rows.map(values) == [["form", "a", "b", 0]])
  }

  @Test(
    "names of password and user fields are recognised in the spellings of forms",
    arguments: [
      "user%5Bemail%5D=a&user%5Bpassword%5D=b", "ctl00%24Main%24UserName=a&ctl00%24Main%24Password=b",
      "j_username=a&j_password=b", "userPass=b&userName=a", "login=a&passwd=b", "email=a&pass1=b&pass2=b",
      "name=a&PIN=b", "uid=a&passwort=b", "login.user=a&login.pw=b", "xx=1&password_hint=z&user_login=a&user_pass=b",
    ])
  func names(body: String) {
    #expect(credentials([post(body)]).map(values) == [["form", "a", "b", nil]])
  }

  @Test(
    "fields that only resemble a password are none",
    arguments: [
      "user=a&forgot_password=1", "q=compass&x=passenger", "shopping=1&spin=2&token=3", "password=&user=a",
      "lostpassword=1", "pass", "",
    ])
  func notPasswords(body: String) {
    #expect(credentials([post(body)]).isEmpty)
  }

  @Test("a change of password yields each different secret once")
  func change() {
    let rows = credentials([post("old_password=1&new_password=2&confirm_password=2&email=a%40b")])
    #expect(rows.map(values) == [["form", "a@b", "1", nil], ["form", "a@b", "2", nil]])
  }

  @Test("a password in a query is found")
  func query() {
    let rows = credentials([.client("GET /login?username=admin&password=secret#x HTTP/1.1\r\n\r\n")])
    #expect(rows.map(values) == [["form", "admin", "secret", nil]])
  }

  @Test("text fields of multipart forms are searched, files are not")
  func multipart() {
    let body = """
      --xyz\r
      Content-Disposition: form-data; name="user"\r
      \r
      alice\r
      --xyz\r
      Content-Disposition: form-data; name="password"; filename="a.txt"\r
      \r
      no\r
      --xyz\r
      content-disposition: form-data; name="password"\r
      Content-Type: text/plain\r
      \r
      se\r
      cret\r
      --xyz--\r\n
      """
    let rows = credentials([post(body, type: "multipart/form-data; boundary=\"xyz\"")])
    #expect(rows.map(values) == [["form", "alice", "se\r\ncret", nil]])
  }

  @Test("a multipart boundary longer than RFC 2046 allows is none, so that no search for it can be made slow")
  func longBoundary() {
    let boundary = String(repeating: "-", count: 71)
    let body = "--\(boundary)\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\nx\r\n--\(boundary)--\r\n"
    #expect(credentials([post(body, type: "multipart/form-data; boundary=\(boundary)")]).isEmpty)
  }

  @Test("of a form that is cut off, the last field is left out")
  func cutForm() {
    let head = "POST / HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 99\r\n\r\n"
    #expect(credentials([.client(head + "user=a&password=b&x=1"), .gap(.client, 10)]).count == 1)
    #expect(credentials([.client(head + "user=a&password=b"), .gap(.client, 10)]).isEmpty)
  }
}
