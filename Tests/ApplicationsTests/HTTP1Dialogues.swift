import Applications
import TestSupport

/// Dialogues that the tests of HTTP/1.x share.
enum HTTP1Dialogues {
  /// `hello ` forty times, which are 240 bytes, as gzip.
  static let gzip: [UInt8] = [
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0x57, 0xc8, 0x18, 0x31,
    0x24, 0x00, 0x9e, 0x50, 0x94, 0x7d, 0xf0, 0x00, 0x00, 0x00,
  ]
  /// The same in zlib's wrapper.
  static let zlib: [UInt8] = [
    0x78, 0x9c, 0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0x57, 0xc8, 0x18, 0x31, 0x24, 0x00, 0x98, 0x2f, 0x58, 0x21,
  ]
  /// The same without a wrapper.
  static let deflate: [UInt8] = [0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0x57, 0xc8, 0x18, 0x31, 0x24, 0x00]

  /// Text and then bytes from the server.
  static func server(_ text: String, _ body: [UInt8]) -> Step { .bytes(.server, Array(text.utf8) + body) }

  static let simple: [Step] = [
    .client(
      "GET /pictures/cat%20one.png?size=3 HTTP/1.1\r\nHost: www.example.org\r\nUser-Agent: Browser/1.0\r\n"
        + "Referer: http://example.org/\r\n\r\n"),
    .server(
      "HTTP/1.1 200 OK\r\nServer: Apache\r\nContent-Type: Text/HTML; charset=utf-8\r\nContent-Length: 5\r\n\r\nhello"),
  ]

  static let keepAlive: [Step] = [
    .client("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n"), .server("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none"),
    .client("POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 4, 4\r\n\r\nbody"),
    .server("HTTP/1.1 302 Found\r\nLocation: /3\r\nContent-Length: 0\r\n\r\n"),
    .client("GET /3 HTTP/1.0\r\n\r\n"), .server("HTTP/1.0 200 OK\r\n\r\nuntil the end"), .close(.server),
  ]

  static let pipelined: [Step] = [
    .client(
      "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nHEAD /2 HTTP/1.1\r\nHost: a\r\n\r\nGET /3 HTTP/1.1\r\nHost: a\r\n\r\n"),
    .server(
      "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\noneHTTP/1.1 200 OK\r\nContent-Length: 300\r\n\r\n"
        + "HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\n\r\n"),
    .client("GET /4 HTTP/1.1\r\nHost: a\r\n\r\n"), .server("HTTP/1.1 204 No Content\r\n\r\n"),
  ]

  static let chunked: [Step] = [
    .client("GET /wiki HTTP/1.1\r\nHost: a\r\n\r\n"),
    .server(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, Chunked\r\nContent-Length: 1\r\nTrailer: X-Sum\r\n\r\n"
        + "4;name=\"v\"\r\nWiki\r\n005 \r\npedia\r\n0\r\nX-Sum: 1\r\n folded\r\nX-More:2\r\n\r\n"
        + "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"),
  ]

  static let interim: [Step] = [
    .client("PUT /upload/a.bin HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 5\r\nContent-Type: a/b\r\n\r\n"),
    .server("HTTP/1.1 100 Continue\r\n\r\n"), .client("hello"),
    .server("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"),
  ]

  static let lineFeeds: [Step] = [
    .client("\r\n\nGET / HTTP/1.1\nHost: a\nX-Long: one\n\t two\nX-Empty:\n\n"),
    .server("HTTP/1.1 200\nTransfer-Encoding: chunked\n\n3\nabc\n0\n\nHTTP/1.1 200 \r\nContent-Length: 0\n\r\n"),
  ]

  static let upgrade: [Step] = [
    .client("GET /socket HTTP/1.1\r\nUpgrade: websocket\r\n\r\n"),
    .server("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\u{1}\u{2}GET / HTTP/1.1\r\n\r\n"),
    .client("GET / HTTP/1.1\r\n\r\n"),
  ]

  static let connect: [Step] = [
    .client("CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n"), .server("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"),
    .client("\u{16}\u{3}\u{1}"), .server("\u{16}\u{3}\u{1}"),
  ]

  static let compressed: [Step] = [
    .client("GET /a HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\nGET /c HTTP/1.1\r\n\r\nGET /d HTTP/1.1\r\n\r\n"),
    server("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 58\r\n\r\n", gzip + gzip),
    server("HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\nContent-Length: 17\r\n\r\n", zlib),
    server("HTTP/1.1 200 OK\r\nContent-Encoding: Deflate\r\nContent-Length: 11\r\n\r\n", deflate),
    server("HTTP/1.1 200 OK\r\nContent-Encoding: x-own\r\nContent-Length: 11\r\n\r\n", deflate),
  ]

  static let bodyGap: [Step] = [
    .client("GET /a.bin HTTP/1.1\r\n\r\n"), .server("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n0123456789"),
    .gap(.server, 80), .server("abcdefghijHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\n01"),
    .gap(.server, 8), .server("\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n\r\nuntil"), .gap(.server, 1000), .server("the end"),
    .close(.server),
  ]

  static let headGap: [Step] = [
    .client("GET /1 HTTP/1.1\r\nHost: a\r\nX-Cut: off"), .gap(.client, 30), .client("rest of it\r\n\r\n"),
    .server("HTTP/1.1 200 OK\r\nServer: one\r\nX-Cut"), .gap(.server, 5), .server("HTTP/1.0 is not this\r\n\r\n"),
    .client("GET /2 HTTP/1.1\r\nHost: b\r\n\r\n"), .server("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"),
  ]

  static let malformed: [Step] = [
    .client("GET /1 HTTP/1.1\r\n\r\n\u{0}\u{1}\u{2}"), .client("no start line either"),
    .client("GET /2 HTTP/1.1\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcd"),
    .server("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"),
    .server("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"), .client("GET /3 HTTP/1.1\r\n\r\n"),
    .server("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n"),
    .server("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8000000000000000\r\n"),
    .server("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcX\r\n"),
    .server("HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\nContent-Length: 1\r\n\r\nx"),
  ]

  static let form: [Step] = [
    .client(
      "POST /login HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded; charset=UTF-8\r\n"
        + "Content-Length: 64\r\n\r\nuser_token=77&username=al%69ce+b&password=p%40ss%2Bw&Login=Login"),
    .server("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n"),
  ]

  static let logins: [Step] = [
    .client("GET /1 HTTP/1.1\r\nCookie: a=b; PHPSESSID=3b9ed8e3e76a14ce\r\nX-API-Key: 0123456789\r\n\r\n"),
    .server(
      "HTTP/1.1 401 No\r\nWWW-Authenticate: Digest realm=\"r\", nonce=\"n\", stale=true\r\nContent-Length: 0\r\n\r\n"),
    .client(
      "GET /2;jsessionid=0A1B2C3D?access_token=abcdef&user=a HTTP/1.1\r\nAuthorization: Digest username=\"u\", realm=\"r\", "
        + "nonce=\"n\", response=\"6629fae49393a05397450978507c4ef1\"\r\nProxy-Authorization: Bearer abcdef\r\n\r\n"),
    .server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
    .client(
      "POST /3 HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 47\r\n\r\n"
        + "{\"user\":{\"name\":\"\\u0061\",\"password\":\"b c d e\"}}"),
    .server("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"),
  ]

  /// All of them by name.
  static let all: [(name: String, steps: [Step])] = [
    ("simple", simple), ("keepAlive", keepAlive), ("pipelined", pipelined), ("chunked", chunked), ("interim", interim),
    ("lineFeeds", lineFeeds), ("upgrade", upgrade), ("connect", connect), ("compressed", compressed),
    ("bodyGap", bodyGap), ("headGap", headGap), ("malformed", malformed), ("form", form), ("logins", logins),
  ]
}

/// A generator that gives the same numbers each time (SplitMix64).
struct HTTP1SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var value = state
    value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
    return value ^ (value >> 31)
  }
}
