import Bytes
import TestSupport
import Testing

@testable import Applications

@Suite("Tokens in HTTP/1.x")
struct HTTP1TokenTests {
  private func credentials(_ steps: [Step]) -> [EmittedRow] {
    let whole = ParserDriver.rows(HTTP1Parser.self, steps)
    for size in [1, 5] { #expect(ParserDriver.rows(HTTP1Parser.self, steps, cutInto: size) == whole) }
    return whole.of("credentials")
  }

  private func values(_ row: EmittedRow) -> [EmittedValue] {
    [row["mechanism"], row["username"], row["secret"], row["accepted"]]
  }

  /// A request with header fields, and its response.
  private func request(_ fields: String..., target: String = "/", status: Int = 200) -> [Step] {
    let lines = fields.map { $0 + "\r\n" }.joined()
    return [
      .client("GET \(target) HTTP/1.1\r\nHost: a\r\n\(lines)\r\n"),
      .server("HTTP/1.1 \(status) X\r\nContent-Length: 0\r\n\r\n"),
    ]
  }

  @Test(
    "a bearer token is accepted by success and refused by 401 and 403",
    arguments: [(200, 1), (304, 1), (101, 1), (401, 0), (403, 0), (404, nil), (500, nil)] as [(Int, Int64?)])
  func bearer(status: Int, accepted: Int64?) {
    let rows = credentials(request("Authorization: Bearer abc.def-123", status: status))
    #expect(rows.map(values) == [["Bearer", nil, "abc.def-123", accepted.map { .integer($0) } ?? nil]])
    #expect(rows.map { [$0["kind"], $0["frame_id"], $0["answer_frame_id"]] } == [["token", 1, 2]])
  }

  @Test("a proxy's token is judged by the proxy")
  func proxy() {
    let rows = credentials(request("Proxy-Authorization: Bearer abcdef", "Authorization: Bearer ghijkl", status: 407))
    #expect(rows.map(values) == [["Bearer", nil, "ghijkl", nil], ["Bearer", nil, "abcdef", 0]])
  }

  @Test(
    "other schemes that carry a token are known",
    arguments: [
      ("Token 0123456789abcdef", "Token", "0123456789abcdef"),
      ("Token token=\"0123456789\", email=\"a\"", "Token", "0123456789"),
      ("GoogleLogin auth=DQAAAGgA7Zg8CTN", "GoogleLogin", "DQAAAGgA7Zg8CTN"), ("apikey abcdef12", "ApiKey", "abcdef12"),
      ("eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.x", "JWT", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.x"),
    ])
  func schemes(value: String, mechanism: String, token: String) {
    let rows = credentials(request("Authorization: \(value)"))
    #expect(rows.map { [$0["mechanism"].text, $0["secret"].text] } == [[mechanism, token]])
  }

  @Test(
    "what is no token gives no row",
    arguments: [
      "Authorization: Bearer", "Authorization: Bearer null", "Authorization: Bearer undefined",
      "Authorization: Bearer two words", "Authorization: Bearer abc", "Authorization: eyJhbGciOiJub25lIn0",
      "Authorization: 0123456789abcdef", "X-API-Key:", "X-API-Key: short", "X-CSRF-Token: 0123456789abcdef",
      "X-Requested-With: XMLHttpRequest", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Idempotency-Key: 0123456789",
    ])
  func none(field: String) {
    #expect(credentials(request(field)).isEmpty)
  }

  @Test("every field name in the list passes the quick look, and is found in any case")
  func headers() {
    for name in HTTP1TokenNames.headers.all {
      let text = "\(name)"
      let bytes = Array(text.lowercased().utf8)
      let passes = HTTP1TokenNames.mayBeHeader(bytes.bytes, 0..<bytes.count)
      #expect(passes, "\(text)")
      #expect(
        credentials(request(text.uppercased() + ": 0123456789abcdef")).map(values) == [
          [.text(text), nil, "0123456789abcdef", 1]
        ])
    }
  }

  @Test(
    "keys and tokens in a URL are known by their names, vague names by the value too",
    arguments: [
      ("/a?access_token=abc%2Fdef&x=1", ["URL access_token abc/def"]),
      ("/a?x=1&API_KEY=abcdef12#f", ["URL api_key abcdef12"]),
      ("/a;jsessionid=0A1B2C3D4E?x", ["URL jsessionid 0A1B2C3D4E"]),
      ("/a;x=1;jsessionid=0A1B2C3D4E/b", ["URL jsessionid 0A1B2C3D4E"]),
      ("/maps?key=AIzaSyD4x0_9kQ2mZ7", ["URL key AIzaSyD4x0_9kQ2mZ7"]), ("/a?key=down", []),
      ("/a?key=aaaaaaaaaaaaaaaaaaaaaaa1", []),
      ("/a?key=summer-holidays-in-italy", []), ("/a?api_key=117633148253098", []), ("/a?access_token=", []),
      ("/a?token=1", []), ("/a?apikeys=abcdef12", []), ("/a?q=access_token", []), ("/a?monkey=AIzaSyD4x0_9kQ2mZ7", []),
      (
        "/o?X-Amz-Credential=AKIAX%2F20260101%2Feu%2Fs3%2Faws4_request&X-Amz-Signature=0123abcd",
        [
          "URL X-Amz-Signature 0123abcd"
        ]
      ), ("/o?Signature=0123abcd", []), ("/o?AWSAccessKeyId=AKIAX&Signature=0123abcd", ["URL Signature 0123abcd"]),
    ] as [(String, [String])])
  func inURL(target: String, found: [String]) {
    let rows = credentials(request(target: target))
    #expect(rows.map { "\($0["mechanism"].text ?? "") \($0["secret"].text ?? "")" } == found)
  }

  @Test("who signed a URL, and whose key it is, is told where the URL does")
  func inURLNames() {
    let signed = credentials(request(target: "/o?AWSAccessKeyId=AKIAX&Signature=0123abcd"))
    #expect(signed.map { $0["username"] } == ["AKIAX"])
    let named = credentials(request(target: "/o?user=frieda&api_key=0123abcd"))
    #expect(named.map { $0["username"] } == ["frieda"])
  }

  @Test(
    "session cookies are known by their names, vague names by the value too",
    arguments: [
      ("theme=dark; PHPSESSID=3b9ed8e3e76a14ce; x=1", ["cookie PHPSESSID 3b9ed8e3e76a14ce"]),
      ("JSESSIONID=\"0A1B2C3D4E\"", ["cookie JSESSIONID 0A1B2C3D4E"]),
      (
        "ASPSESSIONIDQQABCDEF=ABCDEFGHIJ;.aspxauth=0123ABCDEF",
        [
          "cookie ASPSESSIONID* ABCDEFGHIJ", "cookie .ASPXAUTH 0123ABCDEF",
        ]
      ),
      (
        "wordpress_logged_in_5c016e8f0f95f039102cbe8366c5c7f3=frieda%7C1700000000%7Cx",
        [
          "cookie wordpress_logged_in_* frieda%7C1700000000%7Cx"
        ]
      ),
      ("SESS5c016e8f0f95f039102cbe8366c5c7f3=abcdefghij", ["cookie SESS# abcdefghij"]),
      ("SESSION_START=1700000000", []),
      ("_app_session=BAh7CEkiD3Nlc3Npb25f", ["cookie *_session BAh7CEkiD3Nlc3Npb25f"]),
      ("session=8f14e45fceea167a; sid=17", ["cookie session 8f14e45fceea167a"]), ("PHPSESSID=deleted", []),
      (
        "dle_password=5f4dcc3b5aa765d61d8327deb882cf99; save_password=1",
        [
          "cookie *_password 5f4dcc3b5aa765d61d8327deb882cf99"
        ]
      ),
      ("PHPSESSID=", []), ("PHPSESSID", []), ("_ga=GA1.2.1234567890.1700000000; __utma=1.2.3.4", []),
      ("session=new-visitor-from-search", []), ("=;;=", []),
    ] as [(String, [String])])
  func cookies(value: String, found: [String]) {
    let rows = credentials(request("Cookie: \(value)"))
    #expect(rows.map { "\($0["mechanism"].text ?? "") \($0["secret"].text ?? "")" } == found)
  }

  @Test("a page that is given does not show that the session was known; a refusal shows that it was not")
  func cookieOutcome() {
    #expect(credentials(request("Cookie: PHPSESSID=0123456789")).map { $0["accepted"] } == [nil])
    #expect(credentials(request("Cookie: PHPSESSID=0123456789", status: 403)).map { $0["accepted"] } == [0])
  }

  @Test("a token that each request repeats gives one row, which says where it was accepted first")
  func once() {
    let token = "Authorization: Bearer abcdef"
    let rows = credentials(
      request(token, status: 403) + request(token, status: 404) + request(token) + request(token)
        + request(token, status: 401) + request("Authorization: Bearer ghijkl", status: 401)
        + request("Authorization: Bearer ghijkl", status: 401))
    #expect(rows.map(values) == [["Bearer", nil, "abcdef", 1], ["Bearer", nil, "ghijkl", 0]])
    #expect(rows.map { [$0["frame_id"], $0["answer_frame_id"]] } == [[1, 6], [11, 12]])
  }

  @Test("many tokens of one connection each give a row, and no more than some are kept")
  func many() {
    let steps = (0..<200).flatMap { request("X-API-Key: guess-\($0)", status: 403) }
    let rows = ParserDriver.rows(HTTP1Parser.self, steps).of("credentials")
    #expect(rows.count == 200)
    #expect(Set(rows.map { $0["secret"].text }).count == 200)
    var repeated = HTTP1RepeatedSecrets()
    for number in 0..<1000 {
      let attempt = LoginAttempt(
        mechanism: "Bearer", username: nil, secret: String(repeating: "x", count: 90) + "\(number)", kind: .token,
        frameID: 1)
      repeated.take(attempt, identity: "\(number)", accepted: nil, answerFrameID: nil) { _, _, _ in }
    }
    #expect(repeated.heldBytes < 100 * HTTP1Limits.repeatedSecrets)
    repeated.removeAll { _, _, _ in }
    #expect(repeated.heldBytes == 0)
  }

  @Test("a request whose response was not seen gives its tokens at the end, also across a gap")
  func unanswered() {
    #expect(
      credentials([.client("GET / HTTP/1.1\r\nX-Auth-Token: abcdef\r\n\r\n")]).map(values) == [
        ["X-Auth-Token", nil, "abcdef", nil]
      ])
    let rows = credentials([
      .client("GET / HTTP/1.1\r\nX-Auth-Token: abcdef\r\nX-Cut"), .gap(.client, 100),
      .client("GET / HTTP/1.1\r\nCookie: PHPSESSID=0123456789\r\n\r\n"),
    ])
    #expect(rows.compactMap { $0["secret"].text } == ["abcdef", "0123456789"])
  }
}
