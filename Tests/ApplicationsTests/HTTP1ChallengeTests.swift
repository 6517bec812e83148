import Bytes
import TestSupport
import Testing

@testable import Applications

@Suite("Challenge and response in HTTP/1.x")
struct HTTP1ChallengeTests {
  private func credentials(_ steps: [Step]) -> [EmittedRow] {
    let whole = ParserDriver.rows(HTTP1Parser.self, steps)
    for size in [1, 5] { #expect(ParserDriver.rows(HTTP1Parser.self, steps, cutInto: size) == whole) }
    return whole.of("credentials")
  }

  private func values(_ row: EmittedRow) -> [EmittedValue] {
    [row["mechanism"], row["domain"], row["username"], row["secret"], row["accepted"]]
  }

  private func round(_ authorization: String?, _ status: Int, _ challenge: String? = nil) -> [Step] {
    let field = authorization.map { "Authorization: \($0)\r\n" } ?? ""
    let answer = challenge.map { "WWW-Authenticate: \($0)\r\n" } ?? ""
    return [
      .client("GET / HTTP/1.1\r\n\(field)\r\n"), .server("HTTP/1.1 \(status) X\r\n\(answer)Content-Length: 0\r\n\r\n"),
    ]
  }

  private static let response = "6629fae49393a05397450978507c4ef1"

  /// RFC 2617's example.
  private func digest(_ response: String = response, nonce: String = "dcd98b", more: String = "") -> String {
    """
    Digest username="Mufasa", realm="testrealm@host.com", nonce="\(nonce)", uri="/dir/index.html", qop=auth, \
    nc=00000001, cnonce="0a4f113b", response="\(response)", opaque="5ccc"\(more)
    """
  }

  private static func base64(_ bytes: [UInt8]) -> String {
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var text = ""
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let part = bytes[start..<min(start + 3, bytes.count)]
      var value = part.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - part.count))
      var four = ""
      for _ in 0..<4 {
        four = String(digits[value & 63]) + four
        value >>= 6
      }
      text += four.prefix(part.count + 1) + String(repeating: "=", count: 3 - part.count)
    }
    return text
  }

  @Test("Digest: the first round has no login in it, the second is judged by its status")
  func rounds() {
    let challenge = "Digest realm=\"testrealm@host.com\", nonce=\"dcd98b\""
    let accepted = credentials(round(nil, 401, challenge) + round(digest(), 200))
    #expect(
      accepted.map(values) == [["Digest", "testrealm@host.com", "Mufasa", .text(HTTP1ChallengeTests.response), 1]])
    #expect(accepted.map { [$0["kind"], $0["frame_id"], $0["answer_frame_id"]] } == [["hash", 3, 4]])
    let other = String(repeating: "0A", count: 16)
    let refused = credentials(round(digest(other), 401, challenge) + round(digest(other), 401, challenge))
    #expect(
      refused.map { [$0["secret"].text, $0["accepted"].integer.map(String.init)] } == [
        [other.lowercased(), "0"], [other.lowercased(), "0"],
      ])
    #expect(credentials(round(digest(), 403)).map { $0["accepted"] } == [nil])
  }

  @Test("Digest: of the requests of one login the first that is accepted gives the row; a stale nonce refuses nothing")
  func stale() {
    let stale = "Digest realm=\"testrealm@host.com\", nonce=\"new\", stale=TRUE"
    let rows = credentials(
      round(digest(), 401, stale) + round(digest(String(repeating: "1", count: 32), nonce: "new"), 200)
        + round(digest(String(repeating: "2", count: 32), nonce: "new"), 200))
    #expect(rows.map { $0["secret"] } == [.text(String(repeating: "1", count: 32))])
    #expect(rows.map { [$0["accepted"], $0["frame_id"], $0["answer_frame_id"]] } == [[1, 3, 4]])
  }

  @Test("Digest: other algorithms are named, names beyond ASCII decoded")
  func algorithms() {
    let sha = String(repeating: "ab", count: 32)
    #expect(
      credentials(round(digest(sha, more: ", algorithm=SHA-256"), 200)).map { $0["mechanism"] } == ["Digest-SHA-256"])
    let named = "Digest username*=UTF-8''J%C3%A4s%C3%B8n, realm=\"a\", nonce=\"b\", response=\"\(sha)\""
    #expect(credentials(round(named, 200)).map { $0["username"] } == ["Jäsøn"])
  }

  @Test("a proxy's Digest is judged by the proxy")
  func proxyDigest() {
    let rows = credentials([
      .client("GET / HTTP/1.1\r\nProxy-Authorization: \(digest())\r\n\r\n"),
      .server("HTTP/1.1 407 X\r\nContent-Length: 0\r\n\r\n"),
    ])
    #expect(rows.map { [$0["mechanism"], $0["accepted"]] } == [["Digest", 0]])
  }

  @Test("NTLM: the third message gives the row, also within Negotiate", arguments: ["NTLM", "Negotiate"])
  func ntlm(scheme: String) {
    let first = HTTP1ChallengeTests.base64(Array("NTLMSSP\0\u{1}\0\0\0".utf8) + .init(repeating: 0, count: 20))
    let message = NTLMTests.message(nt: .init(repeating: 0xcd, count: 60))
    let third = HTTP1ChallengeTests.base64((scheme == "NTLM" ? [] : [0xa1, 0x81, 0x90, 0x30]) + message)
    let rows = credentials(
      round("\(scheme) \(first)", 401, "\(scheme) TlRMTVNTUAAC") + round("\(scheme) \(third)", 200))
    #expect(rows.map(values) == [["NTLMv2", "CORP", "frieda", .text(String(repeating: "cd", count: 60)), 1]])
    #expect(rows.map { [$0["kind"], $0["frame_id"]] } == [["hash", 3]])
    #expect(credentials(round("\(scheme) \(third)", 401)).map { $0["accepted"] } == [0])
  }

  @Test("Negotiate with a Kerberos ticket gives one row without a secret; other mechanisms give none")
  func kerberos() {
    let ticket: [UInt8] =
      [0x60, 0x20, 0x06, 0x06, 0x2b] + [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02, 0x01, 0x00, 0x6e]
    let field = "Negotiate " + HTTP1ChallengeTests.base64(ticket)
    let rows = credentials(round(field, 200) + round(field, 200))
    #expect(rows.map(values) == [["Negotiate", nil, nil, nil, 1]])
    #expect(credentials(round("Negotiate " + HTTP1ChallengeTests.base64(Array(ticket.prefix(14))), 200)).isEmpty)
  }

  @Test("signed requests name the key, one row for all of one connection")
  func signed() {
    let signature = String(repeating: "ab", count: 32)
    let amazon =
      "AWS4-HMAC-SHA256 Credential=AKIAX/20260101/eu-west-1/s3/aws4_request, SignedHeaders=host, Signature=\(signature)"
    #expect(
      credentials(round(amazon, 200) + round(amazon, 200)).map(values) == [
        ["AWS4-HMAC-SHA256", "eu-west-1/s3", "AKIAX", .text(signature), 1]
      ])
    #expect(credentials(round(amazon, 403)).map { $0["accepted"] } == [0])
    let sum = HTTP1ChallengeTests.base64(.init(repeating: 0xff, count: 20))
    let ones = String(repeating: "ff", count: 20)
    #expect(credentials(round("AWS AKIAX:\(sum)", 200)).map(values) == [["AWS", nil, "AKIAX", .text(ones), 1]])
    #expect(
      credentials(round("Hawk id=\"k1\", ts=\"1\", nonce=\"x\", mac=\"\(sum)\"", 401)).map(values) == [
        ["Hawk", nil, "k1", .text(ones), 0]
      ])
    let oauth = "OAuth realm=\"r\", oauth_consumer_key=\"k\", oauth_signature_method=\"HMAC-SHA1\""
    #expect(
      credentials(round("\(oauth), oauth_signature=\"\(sum.replacing("/", with: "%2F"))\"", 200)).map(values) == [
        ["OAuth", "r", "k", .text(ones), 1]
      ])
    let plain = "OAuth oauth_consumer_key=\"k\", oauth_signature_method=\"PLAINTEXT\", oauth_signature=\"one%26two\""
    #expect(credentials(round(plain, 200)).map { [$0["kind"], $0["secret"]] } == [["token", "one&two"]])
  }

  @Test(
    "what is malformed gives no row",
    arguments: [
      "Digest", "Digest username=\"a\"", "Digest username=\"a\", nonce=\"b\", response=\"xyz\"", "NTLM !!!!", "NTLM",
      "Negotiate YII=", "AWS4-HMAC-SHA256 Credential=a/b, Signature=00", "AWS a:b", "AWS a", "Hawk id=\"a\"",
      "OAuth oauth_token=\"a\"", "Basic", "Unknown 0123456789abcdef",
    ])
  func malformed(value: String) {
    #expect(credentials(round(value, 200)).isEmpty)
  }
}
