import Testing

/// Conversations of curl, and of clients that try more, with nginx.
@Suite("HTTP")
struct HTTPTests {
  let session: Case

  init() throws { session = try Case("http_session.pcap") }

  /// Each request with its final response.
  static let exchanges = """
    SELECT q.frame_id, q.method, q.uri, q.host, r.frame_id, r.status, r.body_length, r.decoded_length
    FROM http_requests q LEFT JOIN http_responses r ON r.id = q.response_id
    """

  @Test(
    "requests are those that tshark shows, with their hosts",
    arguments: Expected.captures.filter { $0.contains("http") || $0.contains("vlan") || $0 == "browse.pcapng" })
  func requests(capture: String) throws {
    var expected: [String] = []
    for row in try Expected.table("HTTP", of: capture) {
      guard let first = row["first"], let messages = row["message"], let hosts = row["host"], !hosts.isEmpty else {
        continue
      }
      for (message, host) in zip(messages.split(separator: ";"), hosts.split(separator: ";")) {
        expected.append([first, "\(message)", "\(host)"].map { $0.filter { $0 != " " } }.joined(separator: "|"))
      }
    }
    #expect(expected.isEmpty == (capture == "onesided_http.pcap"))
    #expect(
      try Case(capture).rows("SELECT frame_id, method || uri, host FROM http_requests ORDER BY frame_id, id")
        == expected.sorted { (Int($0.prefix { $0 != "|" }) ?? 0) < (Int($1.prefix { $0 != "|" }) ?? 0) })
  }

  @Test("responses answer the requests that tshark names", arguments: ["http_session.pcap", "browse.pcapng"])
  func responses(capture: String) throws {
    let expected = try Expected.table("HTTP", of: capture).filter { $0["answers frame"]?.isEmpty == false }
    #expect(expected.count > 10)
    let seen = try Case(capture).rows(
      """
      SELECT r.frame_id, r.status || ifnull(' ' || r.reason, ''), q.last_frame_id, r.content_type, r.location
      FROM http_responses r JOIN http_requests q ON q.response_id = r.id ORDER BY r.frame_id
      """)
    for row in expected {
      let columns = ["first", "message", "answers frame", "content type", "location"].map { row[$0] ?? "" }
      #expect(seen.contains(columns.joined(separator: "|")))
    }
  }

  @Test("keep-alive carries one exchange after the other on a connection")
  func keepAlive() throws {
    #expect(
      try session.rows(Self.exchanges + " WHERE q.frame_id < 29 ORDER BY q.id") == [
        "6|GET|/index.html|www.example.com|8|200|620|620",
        "12|GET|/images/logo.png|www.example.com|13|200|983|983",
        "16|GET|/images/dot.gif|www.example.com|17|200|43|43",
        "20|GET|/images/grey.jpg|www.example.com|21|200|159|159",
        "24|GET|/article.html|www.example.com|25|200|383|3722",
      ])
    #expect(
      try session.query("http_conversations").first.map {
        [$0["client_messages"], $0["server_messages"], $0["turns"]]
      } == ["5", "5", "9"])
  }

  @Test("a gzip body in chunks counts as sent and as decoded")
  func gzipInChunks() throws {
    #expect(
      try session.rows(
        """
        SELECT content_encoding, body_length, decoded_length, complete FROM http_responses WHERE frame_id = 25
        """) == ["gzip|383|3722|1"])
    #expect(
      try Expected.table(of: "Files that were carried").first { $0["file"] == "article.html" }?["bytes"] == "3722")
  }

  @Test("a chunked body's trailer is one of its fields, and its framing no part of its length")
  func chunks() throws {
    #expect(
      try session.rows("SELECT frame_id, last_frame_id, body_length, complete FROM http_responses WHERE frame_id = 120")
        == ["120|128|1151|1"])
    #expect(
      try session.rows(
        """
        SELECT h.position, h.name, h.value FROM http_headers h JOIN http_responses r ON r.id = h.response_id
        WHERE r.frame_id = 120 AND h.position > 3 ORDER BY h.position
        """) == ["4|Transfer-Encoding|chunked", "5|Connection|keep-alive", "6|X-Content-Check|done"])
  }

  @Test("pipelined requests of one frame have their responses in order")
  func pipelining() throws {
    #expect(
      try session.rows(Self.exchanges + " WHERE q.frame_id = 272 ORDER BY q.id") == [
        "272|GET|/plain.txt|www.example.com|274|200|26|26",
        "272|GET|/images/dot.gif|www.example.com|278|200|43|43",
      ])
  }

  @Test("a request in ten segments begins in the first and ends in the last")
  func segments() throws {
    #expect(
      try session.rows("SELECT frame_id, last_frame_id, uri, head_length FROM http_requests WHERE frame_id = 288") == [
        "288|306|/plain.txt?slow=1|98"
      ])
  }

  @Test("a login form gives user and password, undone from the form's coding")
  func formCredentials() throws {
    #expect(
      try session.rows(
        "SELECT frame_id, mechanism, username, secret, kind FROM credentials WHERE mechanism = 'form'") == [
          "36|form|frieda|corr3ct horse&staple|password"
        ])
  }

  @Test("Basic credentials are refused by a 401 and accepted by a 200")
  func basicCredentials() throws {
    #expect(
      try session.rows(
        "SELECT frame_id, username, secret, accepted FROM credentials WHERE mechanism = 'Basic' ORDER BY id") == [
          "58|planner|guess|0", "68|planner|s3cret-plan|1",
        ])
  }

  @Test("redirects name where they lead, and the frame that followed")
  func redirects() throws {
    #expect(
      try session.query("http_redirects").map { [$0["status"], $0["url"], $0["location"], $0["followed_frame"]] } == [
        ["302", "http://www.example.com/login", "http://www.example.com/welcome.html", "38"],
        ["301", "http://www.example.com/old", "http://www.example.com/article.html", "84"],
        ["302", "http://www.example.com/moved", "http://shop.example.net/index.html", "103"],
      ])
  }

  @Test("images are listed with declared and detected type")
  func images() throws {
    #expect(
      try session.query("http_images").map { [$0["url"], $0["declared_type"], $0["detected_type"], $0["bytes"]] } == [
        ["http://www.example.com/images/logo.png", "image/png", "image/png", "983"],
        ["http://www.example.com/images/dot.gif", "image/gif", "image/gif", "43"],
        ["http://www.example.com/images/grey.jpg", "image/jpeg", "image/jpeg", "159"],
        ["http://www.example.com/images/logo.png", "image/png", "image/png", "983"],
        ["http://www.example.com/images/dot.gif", "image/gif", "image/gif", "43"],
      ])
  }

  @Test("a 304 and the answers to HEAD have no body, whatever length they name")
  func noBody() throws {
    #expect(
      try session.rows(Self.exchanges + " WHERE q.frame_id IN (136, 146, 150, 152) ORDER BY q.id") == [
        "136|GET|/index.html|www.example.com|138|304|0|0",
        "146|HEAD|/setup.exe|www.example.com|148|200|0|0",
        "150|HEAD|/gone|www.example.com|151|410|0|0",
        "152|HEAD|/missing.html|www.example.com|153|404|0|0",
      ])
    #expect(
      try session.rows(
        """
        SELECT h.value FROM http_headers h JOIN http_responses r ON r.id = h.response_id
        WHERE r.frame_id = 148 AND h.name = 'Content-Length'
        """) == ["6152"])
    #expect(try session.rows("SELECT id FROM files WHERE frame_id IN (138, 148, 151, 153)") == [])
  }

  @Test("an upload after 100 Continue is answered by both responses, and joined to the final one")
  func interimResponses() throws {
    #expect(
      try session.rows(
        """
        SELECT q.frame_id, q.last_frame_id, q.uri, q.body_length, q.complete, r.frame_id, r.status, r.id = q.response_id
        FROM http_requests q JOIN http_responses r ON r.request_id = q.id WHERE q.method = 'PUT' ORDER BY r.id
        """) == [
          "244|249|/upload/form.txt|1548|1|246|100|0",
          "244|249|/upload/form.txt|1548|1|251|201|1",
          "258|263|/upload/stream.txt|806|1|260|100|0",
          "258|263|/upload/stream.txt|806|1|265|201|1",
        ])
    #expect(
      try session.value("SELECT sha256 FROM files WHERE name = 'stream.txt'") == Expected.sha256("upload/stream.txt"))
  }

  @Test("a response of HTTP/1.0 without a length lasts until the server closes")
  func untilClose() throws {
    #expect(
      try session.rows("SELECT status, body_length, complete FROM http_responses WHERE frame_id = 230") == [
        "200|1151|1"
      ])
    #expect(
      try session.value("SELECT count(DISTINCT sha256) FROM files WHERE name = 'live.html' AND complete") == "1")
  }

  @Test("is known by its content on another port, and over IPv6")
  func elsewhere() throws {
    #expect(
      try session.rows(
        """
        SELECT f.server_port, f.service, f.service_source, q.uri, q.host FROM flows f
        JOIN http_requests q ON q.flow_id = f.id WHERE f.server_port <> 80
        """) == ["8081|http|content|/plain.txt|www.example.com:8081"])
    #expect(
      try session.rows(
        """
        SELECT a.ip, f.service, q.uri FROM flows f JOIN addresses a ON a.id = f.server_id
        JOIN http_requests q ON q.flow_id = f.id WHERE a.ip LIKE '%:%'
        """) == ["2606:2800:21f:cb07::1|http|/images/logo.png"])
  }

  @Test("an answer to what is no request is a response all the same")
  func answerToNoRequest() throws {
    #expect(
      try session.rows(
        "SELECT frame_id, status, reason, request_id, body_length, complete FROM http_responses WHERE frame_id = 320")
        == ["320|400|Bad Request||157|1"])
  }

  @Test(
    "files have the server's SHA-256",
    arguments: [
      "index.html", "plain.txt", "images/logo.png", "images/dot.gif", "images/grey.jpg", "setup.exe", "tools.zip",
      "archive.tar.gz", "private/plan.html", "welcome.html", "article.html",
    ])
  func files(file: String) throws {
    let sha256 = try #require(try Expected.sha256(file))
    let name = file.split(separator: "/").last.map(String.init) ?? file
    let size = try Expected.table(of: "Files that were carried").first { $0["file"] == file }?["bytes"]
    #expect(
      try session.rows("SELECT DISTINCT size, complete FROM files WHERE name = '\(name)' AND sha256 = '\(sha256)'")
        == ["\(size ?? "")|1"])
  }

  @Test("executables and archives are known by their first bytes")
  func detectedTypes() throws {
    #expect(
      try session.rows("SELECT name, media_type, detected_type FROM files WHERE frame_id IN (176, 189, 193)") == [
        "setup.exe|application/octet-stream|application/vnd.microsoft.portable-executable",
        "tools.zip|application/zip|application/zip",
        "archive.tar.gz|application/gzip|application/gzip",
      ])
    #expect(
      try session.query("file_downloads").map { [$0["frame"], $0["kind"], $0["url"]] } == [
        ["165", "executable", "http://www.example.com/setup.exe"],
        ["176", "executable", "http://shop.example.net/setup.exe"],
        ["189", "archive", "http://shop.example.net/tools.zip"],
        ["193", "archive", "http://shop.example.net/archive.tar.gz"],
      ])
  }

  @Test("gives nothing to complain about, but for the bytes that are no request")
  func clean() throws {
    #expect(try session.rows("SELECT code, detail FROM diagnostics WHERE frame_id IS NULL OR frame_id < 315") == [])
  }
}
