import Applications
import Bytes
import TestSupport
import Testing

/// Messages of SIP.
private enum SIP {
  static func register(
    _ sequence: Int, _ credentials: String..., method: String = "REGISTER", call: String = "a1@192.0.2.1"
  ) -> String {
    (["\(method) sip:example.com SIP/2.0", "Call-ID: \(call)", "CSeq: \(sequence) \(method)"] + credentials
      + ["Content-Length: 0", "", ""]).joined(separator: "\r\n")
  }

  static func answer(_ status: Int, _ sequence: Int, _ more: String..., method: String = "REGISTER") -> String {
    (["SIP/2.0 \(status) Whatever", "i: a1@192.0.2.1", "CSeq: \(sequence) \(method)"] + more + ["l: 0", "", ""])
      .joined(separator: "\r\n")
  }

  static let digest =
    #"Authorization: Digest username="jo", realm="lab, inc", nonce="n", uri="sip:example.com", response="00112233445566778899AABBccddeeff", algorithm=MD5"#
  static let row = "Digest|lab, inc|jo|00112233445566778899aabbccddeeff|hash"

  static let session: [Step] = [
    .client(register(1)), .server(answer(401, 1, #"WWW-Authenticate: Digest realm="lab, inc", nonce="n""#)),
    .client(register(2, digest)), .server(answer(100, 2)), .server(answer(200, 2)), .client("\r\n\r\n"),
    .client(register(3, digest)), .server(answer(403, 3)), .close(.client), .close(.server),
  ]
}

@Suite("SIP")
struct SIPTests {
  private static func logins(_ datagrams: [(Side, String)]) -> [String] {
    NetworkDialogue.logins(SIPDatagramParser.self, datagrams.map { ($0, Array($1.utf8)) })
  }

  @Test("a digest is judged by the final response; what comes again counts once")
  func digest() {
    #expect(
      Self.logins([
        (.client, SIP.register(1)), (.server, SIP.answer(401, 1)), (.client, SIP.register(2, SIP.digest)),
        (.client, SIP.register(2, SIP.digest)), (.server, SIP.answer(100, 2)), (.server, SIP.answer(200, 2)),
      ]) == [SIP.row + "|1|3|6"])
    #expect(
      Self.logins([(.client, SIP.register(2, SIP.digest)), (.server, SIP.answer(401, 2))]) == [SIP.row + "|0|1|2"])
    #expect(
      Self.logins([(.client, SIP.register(2, SIP.digest)), (.server, SIP.answer(403, 2))]) == [SIP.row + "|0|1|2"])
    let stale = SIP.answer(401, 2, #"WWW-Authenticate: Digest realm="x", nonce="m", stale=TRUE"#)
    #expect(Self.logins([(.client, SIP.register(2, SIP.digest)), (.server, stale)]) == [SIP.row + "|-|1|2"])
    #expect(
      Self.logins([(.client, SIP.register(2, SIP.digest)), (.server, SIP.answer(503, 2))]) == [SIP.row + "|-|1|2"])
    #expect(
      Self.logins([(.client, SIP.register(2, SIP.digest)), (.server, SIP.answer(200, 9))]) == [SIP.row + "|-|1|-"])
  }

  @Test("proxies, calls, requests of the server, and Basic")
  func others() {
    let proxy = "Proxy-" + SIP.digest
    #expect(
      Self.logins([
        (.client, SIP.register(2, proxy, method: "INVITE")), (.server, SIP.answer(407, 2, method: "INVITE")),
        (.client, SIP.register(3, proxy, method: "INVITE")), (.server, SIP.answer(486, 3, method: "INVITE")),
      ]) == [SIP.row + "|0|1|2", SIP.row + "|-|3|4"])
    #expect(
      Self.logins([(.server, SIP.register(2, SIP.digest)), (.client, SIP.answer(200, 2))]) == [SIP.row + "|1|1|2"])
    #expect(
      Self.logins([(.client, SIP.register(2, "authorization: Basic am86cHc=")), (.server, SIP.answer(200, 2))]) == [
        "Basic|-|jo|pw|password|1|1|2"
      ])
    // Old devices break lines.
    let folded = SIP.digest.replacing(", nonce", with: ",\r\n nonce")
    #expect(Self.logins([(.client, SIP.register(2, folded))]) == [SIP.row + "|-|1|-"])
    // The ACK repeats what the INVITE had; a request sent again behind its answer is no other attempt.
    let invite = SIP.register(2, SIP.digest, method: "INVITE")
    #expect(
      Self.logins([
        (.client, invite), (.server, SIP.answer(200, 2, method: "INVITE")),
        (.client, SIP.register(2, SIP.digest, method: "ACK")), (.client, invite),
      ]) == [SIP.row + "|1|1|2"])
    let empty = #"Authorization: Digest username="jo", realm="", nonce="", response="""#
    #expect(
      Self.logins([(.client, SIP.register(1, empty)), (.client, SIP.register(2, "Authorization: Digest"))]) == [])
  }

  @Test("over TCP whatever the pieces", arguments: [nil, 1, 2, 3, 7])
  func stream(_ size: Int?) {
    #expect(
      NetworkDialogue.logins(SIPStreamParser.self, SIP.session, cutInto: size) == [
        SIP.row + "|1|3|5", SIP.row + "|0|7|8",
      ])
    let body = "MESSAGE sip:a SIP/2.0\r\nl: 300\r\n\r\n"
    #expect(
      NetworkDialogue.logins(
        SIPStreamParser.self,
        [.client(body), .gap(.client, 300), .client(SIP.register(2, SIP.digest)), .server(SIP.answer(200, 2))],
        cutInto: size) == [SIP.row + "|1|3|4"])
  }

  @Test("a gap in a head ends the side; endless heads and mutations do no harm")
  func hostile() {
    #expect(
      NetworkDialogue.logins(
        SIPStreamParser.self,
        [.client("REGISTER sip:"), .gap(.client, 9), .client(SIP.register(2, SIP.digest))]) == [])
    let endless = "REGISTER sip:a SIP/2.0\r\n" + String(repeating: "X: y\r\n", count: 10_000)
    #expect(
      NetworkDialogue.logins(SIPStreamParser.self, [.client(endless), .client(SIP.register(2, SIP.digest))]) == [])
    LoginDialogue.mutate(SIPStreamParser.self, SIP.session, rounds: 100)
    LoginDialogue.checkGaps(SIPStreamParser.self, SIP.session)
    #expect(NetworkDialogue.isDone(SIPStreamParser.self, [.client("\n\n\nx\n\n"), .server("x\r\n\r\n")]))
    let head = Array("REGISTER sip:a SIP/2.0\r\n".utf8) + Array(repeating: 65, count: 10_000)
    #expect(LoginDialogue.held(SIPStreamParser.self, after: head, from: .client) == head.count)
    #expect(
      LoginDialogue.held(SIPStreamParser.self, after: head + Array(repeating: 65, count: 10_000), from: .client) == 0)
    NetworkDialogue.survive(
      SIPDatagramParser.self,
      [(.client, Array(SIP.register(2, SIP.digest).utf8)), (.server, Array(SIP.answer(401, 2).utf8))], rounds: 200)
    #expect(Self.logins((0..<100).map { (.client, SIP.register($0, SIP.digest)) }).count == 100)
  }

  @Test("a request line or a status line tells it on any port")
  func probe() {
    func probe(_ text: String, _ side: Side = .client) -> Probe {
      SIPDatagramParser.probe(Array(text.utf8).bytes, from: side, flow: ParserDriver.flow())
    }
    #expect(probe(SIP.register(1)) == .match)
    #expect(probe(SIP.register(1), .server) == .match)
    #expect(probe(SIP.answer(200, 1)) == .reversed)
    #expect(probe(SIP.answer(200, 1), .server) == .match)
    for wrong in [
      "", "OPTIONS * HTTP/1.1\r\n", "OPTIONS sip:a RTSP/1.0\r\n", "SIP/2.0 abc\r\n", "register sip:a SIP/2.0\r\n",
      "REGISTER sip:a", "SSH-2.0-x\r\n",
    ] {
      #expect(probe(wrong) == .no, "\(wrong)")
    }
    #expect(NetworkDialogue.recognises(SIPStreamParser.self, client: Array(SIP.register(1).utf8)))
    #expect(NetworkDialogue.probe(SIPStreamParser.self, Array("SIP/2.0 200 OK\r\n".utf8)) == .reversed)
    #expect(NetworkDialogue.probe(SIPStreamParser.self, Array("GET sip:a HTTP/1.0\r\n".utf8)) == .no)
    LoginDialogue.checkNoise(SIPStreamParser.self, ports: [5060, 4444])
  }
}
