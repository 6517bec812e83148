import Applications
import TestSupport
import Testing

/// LDAP messages.
private enum LDAP {
  static func message(_ id: Int, _ operation: [UInt8]) -> [UInt8] {
    .ber(0x30, .ber(integer: id), operation)
  }

  static func simple(_ id: Int, _ name: String, _ password: String) -> [UInt8] {
    message(id, .ber(0x60, .ber(integer: 3), .ber(4, name), .ber(0x80, password)))
  }

  static func sasl(_ id: Int, _ mechanism: String, _ credentials: [UInt8]?) -> [UInt8] {
    message(
      id,
      .ber(0x60, .ber(integer: 3), .ber(4, ""), .ber(0xa3, .ber(4, mechanism), credentials.map { .ber(4, $0) } ?? [])))
  }

  static func bound(_ id: Int, _ code: Int, tag: UInt8 = 0x61) -> [UInt8] {
    message(id, .ber(tag, .ber(integer: code, tag: 0x0a), .ber(4, ""), .ber(4, "")))
  }

  static func extended(_ id: Int, _ name: String) -> [UInt8] {
    message(id, .ber(0x77, .ber(0x80, name)))
  }

  static let search = message(
    7,
    .ber(
      0x63, .ber(4, "dc=example"), .ber(integer: 2, tag: 0x0a), .ber(integer: 0, tag: 0x0a), .ber(integer: 0),
      .ber(integer: 0), [1, 1, 0], .ber(0x87, "objectClass"), .ber(0x30)))

  static let session: [Step] = [
    .bytes(.client, simple(1, "cn=admin,dc=example", "wrong")), .bytes(.server, bound(1, 49)),
    .bytes(.client, simple(2, "cn=admin,dc=example", "s3cret")), .bytes(.server, bound(2, 0)),
    .bytes(.client, search), .bytes(.server, message(7, .ber(0x65, .ber(integer: 0, tag: 0x0a)))),
    .bytes(.client, message(8, .ber(0x42))), .close(.client), .close(.server),
  ]
}

@Suite("LDAP")
struct LDAPTests {
  private static func logins(_ steps: [Step], cutInto size: Int? = nil) -> [String] {
    NetworkDialogue.logins(LDAPParser.self, steps, cutInto: size)
  }

  @Test("simple binds, refused and accepted, whatever the pieces", arguments: [nil, 1, 2, 3, 7])
  func simple(_ size: Int?) {
    #expect(
      Self.logins(LDAP.session, cutInto: size) == [
        "simple|-|cn=admin,dc=example|wrong|password|0|1|2", "simple|-|cn=admin,dc=example|s3cret|password|1|3|4",
      ])
  }

  @Test("a bind without a password is no login; one without an answer, and one with another result, tell nothing")
  func unclear() {
    for name in ["", "cn=admin"] {
      #expect(Self.logins([.bytes(.client, LDAP.simple(1, name, "")), .bytes(.server, LDAP.bound(1, 0))]) == [])
    }
    #expect(Self.logins([.bytes(.client, LDAP.simple(1, "", "a"))]) == ["simple|-|-|a|password|-|1|-"])
    for code in [14, 51] {
      #expect(
        Self.logins([.bytes(.client, LDAP.simple(1, "a", "b")), .bytes(.server, LDAP.bound(1, code))]) == [
          "simple|-|a|b|password|-|1|2"
        ])
    }
    #expect(
      Self.logins([.bytes(.client, LDAP.simple(1, "a", "b")), .bytes(.server, LDAP.bound(2, 0))]) == [
        "simple|-|a|b|password|-|1|-"
      ])
  }

  @Test("pipelined binds are told apart by their message IDs")
  func pipelined() {
    #expect(
      Self.logins([
        .bytes(.client, LDAP.simple(300, "a", "x") + LDAP.search + LDAP.simple(301, "b", "y")),
        .bytes(.server, LDAP.bound(301, 0) + LDAP.bound(300, 49)),
      ]) == ["simple|-|b|y|password|1|1|2", "simple|-|a|x|password|0|1|2"])
  }

  private static let md5 = "00112233445566778899aabbccddeeff"
  private static let digest = Array(
    #"username="j\"o",realm="example.com",nonce="a=b",nc=00000001,response=00112233445566778899AABBCCDDEEFF,qop=auth"#
      .utf8)
  private static let keyed = Array("jo m \(md5)".utf8)
  private static let saslSession: [Step] = [
    .bytes(.client, LDAP.sasl(1, "DIGEST-MD5", nil)), .bytes(.server, LDAP.bound(1, 14)),
    .bytes(.client, LDAP.sasl(2, "DIGEST-MD5", digest)), .bytes(.server, LDAP.bound(2, 14)),
    .bytes(.client, LDAP.sasl(3, "DIGEST-MD5", nil)), .bytes(.server, LDAP.bound(3, 0)),
    .bytes(.client, LDAP.sasl(4, "CRAM-MD5", nil)), .bytes(.server, LDAP.bound(4, 14)),
    .bytes(.client, LDAP.sasl(5, "CRAM-MD5", keyed)), .bytes(.server, LDAP.bound(5, 49)),
  ]

  @Test("SASL in one step and in several, whatever the pieces", arguments: [nil, 1, 2, 3, 7])
  func sasl(_ size: Int?) {
    #expect(
      Self.logins(Self.saslSession, cutInto: size) == [
        "DIGEST-MD5|example.com|j\"o|\(Self.md5)|hash|1|3|6", "CRAM-MD5|-|jo m|\(Self.md5)|hash|0|9|10",
      ])
    #expect(
      Self.logins(
        [.bytes(.client, LDAP.sasl(1, "PLAIN", Array("\0jo\0pw".utf8))), .bytes(.server, LDAP.bound(1, 0))],
        cutInto: size) == ["PLAIN|-|jo|pw|password|1|1|2"])
    #expect(
      Self.logins(
        [
          .bytes(.client, LDAP.sasl(1, "SCRAM-SHA-256", Array("n,,n=a=2Cb,r=x".utf8))),
          .bytes(.server, LDAP.bound(1, 14)),
          .bytes(.client, LDAP.sasl(2, "SCRAM-SHA-256", Array("c=biws,r=xy,p=AP8=".utf8))),
          .bytes(.server, LDAP.bound(2, 0)),
        ], cutInto: size) == ["SCRAM-SHA-256|-|a,b|00ff|hash|1|3|4"])
  }

  @Test("a client that turns to another bind, whose server is not seen, or that sends a ticket of Kerberos")
  func brokenOff() {
    let other = Step.bytes(.client, LDAP.simple(6, "a", "b"))
    #expect(
      Self.logins(Array(Self.saslSession[..<4]) + [other]) == [
        "DIGEST-MD5|example.com|j\"o|\(Self.md5)|hash|-|3|-", "simple|-|a|b|password|-|5|-",
      ])
    #expect(
      Self.logins(Array(Self.saslSession[..<2]) + [other]) == ["simple|-|a|b|password|-|3|-"])
    let oneSided = [
      LDAP.sasl(1, "SCRAM-SHA-1", Array("n,,n=a,r=x".utf8)),
      LDAP.sasl(2, "SCRAM-SHA-1", Array("c=biws,r=xy,p=AP8=".utf8)),
      LDAP.sasl(3, "PLAIN", Array("\0a\0b".utf8)), LDAP.sasl(4, "PLAIN", Array("\0a\0c".utf8)),
    ]
    #expect(
      Self.logins(oneSided.map { .bytes(.client, $0) }) == [
        "SCRAM-SHA-1|-|a|00ff|hash|-|2|-", "PLAIN|-|a|b|password|-|3|-", "PLAIN|-|a|c|password|-|4|-",
      ])
    #expect(
      Self.logins([.bytes(.client, LDAP.sasl(1, "GSSAPI", [0x60, 0])), .bytes(.server, LDAP.bound(1, 0))]) == [])
    #expect(Self.logins([.bytes(.client, LDAP.sasl(1, "no name", [1])), .bytes(.server, LDAP.bound(1, 0))]) == [])
  }

  @Test("NTLM within GSS-SPNEGO, and as Sicily")
  func ntlm() {
    let answer = NTLMTests.message(nt: .init(repeating: 0xcd, count: 60))
    let negotiate = Array("NTLMSSP\0\u{1}\0\0\0".utf8) + [UInt8](repeating: 0, count: 24)
    let row = "NTLMv2|CORP|frieda|\(String(repeating: "cd", count: 60))|hash"
    #expect(
      Self.logins([
        .bytes(.client, LDAP.sasl(1, "GSS-SPNEGO", [0x60, 40] + negotiate)), .bytes(.server, LDAP.bound(1, 14)),
        .bytes(.client, LDAP.sasl(2, "GSS-SPNEGO", [0xa1, 0x81] + answer)), .bytes(.server, LDAP.bound(2, 49)),
      ]) == [row + "|0|3|4"])
    func sicily(_ id: Int, _ tag: UInt8, _ message: [UInt8]) -> Step {
      .bytes(.client, LDAP.message(id, .ber(0x60, .ber(integer: 3), .ber(4, "NTLM"), .ber(tag, message))))
    }
    #expect(
      Self.logins([
        sicily(1, 0x89, []), .bytes(.server, LDAP.bound(1, 0)), sicily(2, 0x8a, negotiate),
        .bytes(.server, LDAP.bound(2, 0)), sicily(3, 0x8b, answer), .bytes(.server, LDAP.bound(3, 0)),
      ]) == [row + "|1|5|6"])
  }

  @Test("StartTLS hands over once it was accepted")
  func startTLS() {
    func handsOver(_ steps: [(Side, [UInt8])]) -> Bool { NetworkDialogue.handsOver(LDAPParser.self, steps) }
    let ask = LDAP.extended(1, "1.3.6.1.4.1.1466.20037")
    #expect(handsOver([(.client, ask), (.server, LDAP.bound(1, 0, tag: 0x78))]))
    #expect(!handsOver([(.client, ask), (.server, LDAP.bound(1, 2, tag: 0x78))]))
    #expect(!handsOver([(.client, ask), (.server, LDAP.bound(2, 0, tag: 0x78))]))
    #expect(
      !handsOver([(.client, LDAP.extended(1, "1.3.6.1.4.1.4203.1.11.3")), (.server, LDAP.bound(1, 0, tag: 0x78))]))
  }

  @Test("a gap loses its message; what follows is read where a message begins")
  func gaps() {
    let bind = LDAP.simple(2, "a", "b")
    #expect(
      Self.logins([
        .bytes(.client, LDAP.simple(1, "x", "y")), .gap(.server, 14), .bytes(.client, bind),
        .bytes(.server, LDAP.bound(2, 0)),
      ]) == ["simple|-|a|b|password|1|3|4", "simple|-|x|y|password|-|1|-"])
    #expect(
      Self.logins([
        .bytes(.client, Array(bind[..<5])), .gap(.client, bind.count - 5), .bytes(.client, bind),
      ]) == ["simple|-|a|b|password|-|3|-"])
    #expect(
      Self.logins([.bytes(.client, Array(bind[..<5])), .gap(.client, 100), .bytes(.client, [1, 2, 3] + bind)]) == [])
  }

  @Test("messages over the limit and lengths that cannot be are passed over")
  func hostile() {
    let long = LDAP.message(
      1, .ber(0x60, .ber(integer: 3), .ber(4, ""), .ber(0x80, Array(repeating: 65, count: 70_000))))
    #expect(Self.logins([.bytes(.client, long), .bytes(.client, LDAP.simple(2, "a", "b"))]).count == 1)
    #expect(Self.logins([.bytes(.client, [0x30, 0x84, 0xff, 0xff, 0xff, 0xff] + LDAP.simple(2, "a", "b"))]) == [])
    #expect(Self.logins([.bytes(.client, Array(repeating: 0x30, count: 10_000))]) == [])
    #expect(Self.logins((1...300).map { .bytes(.client, LDAP.simple($0, "a", "b")) }).count == 300)
    // The name is longer than what holds it.
    #expect(Self.logins([.bytes(.client, [0x30, 12, 2, 1, 1, 0x60, 7, 2, 1, 3, 4, 0x7f, 0x80, 0])]) == [])
  }

  @Test("no mutation, cut or gap changes rows or traps")
  func mutations() {
    LoginDialogue.mutate(LDAPParser.self, LDAP.session + Self.saslSession)
    LoginDialogue.checkGaps(LDAPParser.self, LDAP.session)
    LoginDialogue.checkGaps(LDAPParser.self, Self.saslSession)
  }

  @Test("a bind, a search and an extended request are LDAP on any port")
  func probe() {
    #expect(NetworkDialogue.recognises(LDAPParser.self, client: LDAP.simple(1, "cn=a", "b")))
    #expect(NetworkDialogue.recognises(LDAPParser.self, client: LDAP.sasl(1, "PLAIN", [0, 0])))
    #expect(NetworkDialogue.recognises(LDAPParser.self, client: LDAP.search))
    #expect(NetworkDialogue.recognises(LDAPParser.self, client: LDAP.extended(1, "1.3.6.1.4.1.1466.20037")))
    #expect(NetworkDialogue.probe(LDAPParser.self, [], LDAP.simple(1, "cn=a", "b"), fromStart: false) == .reversed)
    #expect(NetworkDialogue.probe(LDAPParser.self, [], LDAP.bound(1, 0)) == .no)
  }

  @Test("what is encrypted behind a bind ends the reading; what is kept is bounded")
  func limits() {
    let encrypted = [UInt8](arrayLiteral: 0, 0, 0, 40) + [UInt8](repeating: 0xab, count: 40)
    #expect(!NetworkDialogue.isDone(LDAPParser.self, [.bytes(.client, encrypted)]))
    #expect(NetworkDialogue.isDone(LDAPParser.self, [.bytes(.client, encrypted), .bytes(.server, encrypted)]))
    let long = LDAP.message(
      1, .ber(0x60, .ber(integer: 3), .ber(4, ""), .ber(0x80, Array(repeating: 65, count: 200_000))))
    #expect(LoginDialogue.held(LDAPParser.self, after: Array(long.dropLast()), from: .client) == 0)
    #expect(LoginDialogue.held(LDAPParser.self, after: Array(long.prefix(60_000)), from: .client) == 60_000)
    let many = (1...300).flatMap { LDAP.simple($0, "a", String(repeating: "x", count: 100)) }
    #expect(LoginDialogue.held(LDAPParser.self, after: many, from: .client) < 20_000)
  }

  @Test("other sequences are not LDAP, and neither is noise")
  func others() {
    // SNMP, a certificate's beginning, a bind of version 9, a bind whose length disagrees, an extended request by name.
    let wrong: [[UInt8]] = [
      .ber(0x30, .ber(integer: 1), .ber(4, "public"), .ber(0xa0, .ber(integer: 1))),
      .ber(0x30, .ber(0x30, .ber(0xa0, .ber(integer: 2)))),
      LDAP.message(1, .ber(0x60, .ber(integer: 9), .ber(4, "a"), .ber(0x80, "b"))),
      LDAP.message(1, .ber(0x60, .ber(integer: 3), .ber(4, "a"), [0x80, 9])),
      LDAP.message(1, .ber(0x60, .ber(integer: 3), .ber(4, "a"), [0x8a, 9])),
      LDAP.message(1, .ber(0x77, .ber(0x80, "start tls"))), Array("GET / HTTP/1.1\r\n".utf8),
      Array(repeating: 0x30, count: 100), [0x30, 0x80, 0, 0], Array("0123456789".utf8),
    ]
    for bytes in wrong { #expect(NetworkDialogue.probe(LDAPParser.self, bytes) == .no, "\(bytes)") }
    LoginDialogue.checkNoise(LDAPParser.self, ports: [389, 3268, 4444])
  }
}
