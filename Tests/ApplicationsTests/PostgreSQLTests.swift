import Applications
import TestSupport
import Testing

/// PostgreSQL messages.
private enum PostgreSQL {
  static func big(_ value: Int) -> [UInt8] { (0..<4).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }

  static func message(_ type: Character, _ body: [UInt8]) -> [UInt8] {
    [type.asciiValue ?? 0] + big(body.count + 4) + body
  }

  static func text(_ text: String) -> [UInt8] { Array(text.utf8) + [0] }

  static func startup(_ parameters: String...) -> [UInt8] {
    let body = big(0x30000) + parameters.flatMap { text($0) } + [0]
    return big(body.count + 4) + body
  }

  static let start = startup("user", "jo", "database", "shop", "application_name", "psql")
  static let askTLS = big(8) + big(80_877_103)
  static let askGSS = big(8) + big(80_877_104)

  static func asked(_ code: Int, _ more: [UInt8] = []) -> [UInt8] { message("R", big(code) + more) }

  static func error(_ code: String) -> [UInt8] {
    message("E", text("SFATAL") + text("VFATAL") + text("C\(code)") + text("Mno") + [0])
  }

  static let scram: [Step] = [
    .bytes(.client, start), .bytes(.server, asked(10, text("SCRAM-SHA-256") + [0])),
    .bytes(.client, message("p", text("SCRAM-SHA-256") + big(9) + Array("n,,n=,r=x".utf8))),
    .bytes(.server, asked(11, Array("r=xy,s=QSXCR==,i=4096".utf8))),
    .bytes(.client, message("p", Array("c=biws,r=xy,p=AP8=".utf8))), .bytes(.server, asked(12, Array("v=zz".utf8))),
    .bytes(.server, asked(0) + message("S", text("a") + text("b")) + message("Z", [0x49])),
    .bytes(.client, message("Q", text("select 1"))), .close(.client), .close(.server),
  ]
}

@Suite("PostgreSQL")
struct PostgreSQLTests {
  private static func logins(_ steps: [Step], cutInto size: Int? = nil) -> [String] {
    NetworkDialogue.logins(PostgreSQLParser.self, steps, cutInto: size)
  }

  private static func dialogue(_ asked: Int, _ answer: String, _ verdict: [UInt8]...) -> [Step] {
    [
      .bytes(.client, PostgreSQL.start), .bytes(.server, PostgreSQL.asked(asked, [1, 2, 3, 4])),
      .bytes(.client, PostgreSQL.message("p", PostgreSQL.text(answer))),
    ] + verdict.map { .bytes(.server, $0) }
  }

  @Test("cleartext passwords, accepted, refused, and with an error that says nothing of them")
  func cleartext() {
    #expect(
      Self.logins(Self.dialogue(3, "pw", PostgreSQL.asked(0))) == ["password|shop|jo|pw|password|1|3|4"])
    #expect(
      Self.logins(Self.dialogue(3, "pw", PostgreSQL.error("28P01"))) == ["password|shop|jo|pw|password|0|3|4"])
    #expect(
      Self.logins(Self.dialogue(3, "pw", PostgreSQL.error("53300"))) == ["password|shop|jo|pw|password|-|3|4"])
    #expect(Self.logins(Self.dialogue(3, "pw")) == ["password|shop|jo|pw|password|-|3|-"])
  }

  @Test("MD5, and SCRAM whatever the pieces", arguments: [nil, 1, 2, 3, 7])
  func hashes(_ size: Int?) {
    let digest = "md50123456789abcdef0123456789abcdef"
    #expect(
      Self.logins(Self.dialogue(5, digest, PostgreSQL.asked(0)), cutInto: size) == [
        "md5|shop|jo|0123456789abcdef0123456789abcdef|hash|1|3|4"
      ])
    #expect(Self.logins(PostgreSQL.scram, cutInto: size) == ["SCRAM-SHA-256|shop|jo|00ff|hash|1|5|7"])
    let refused = PostgreSQL.scram[..<5] + [.bytes(.server, PostgreSQL.error("28P01"))]
    #expect(Self.logins(Array(refused), cutInto: size) == ["SCRAM-SHA-256|shop|jo|00ff|hash|0|5|6"])
  }

  @Test(
    "no row for a user whom the server trusts, one by a ticket, a client that sends no password, and a startup alone")
  func withoutPassword() {
    let start = PostgreSQL.startup("user", "jo")
    #expect(Self.logins([.bytes(.client, start), .bytes(.server, PostgreSQL.asked(0))]) == [])
    #expect(Self.logins([.bytes(.client, start), .bytes(.server, PostgreSQL.asked(3)), .close(.client)]) == [])
    #expect(Self.logins([.bytes(.client, start), .bytes(.server, PostgreSQL.error("28000"))]) == [])
    #expect(Self.logins(Self.dialogue(7, "ticket", PostgreSQL.asked(0))) == [])
    #expect(Self.logins(Self.dialogue(5, "md5 but no digest", PostgreSQL.asked(0))) == [])
    #expect(
      Self.logins([
        .bytes(.client, PostgreSQL.startup("database", "x")), .bytes(.server, PostgreSQL.asked(3)),
        .bytes(.client, PostgreSQL.message("p", PostgreSQL.text("pw"))),
      ]) == [])
    #expect(Self.logins([.bytes(.client, PostgreSQL.big(16) + PostgreSQL.big(80_877_102) + PostgreSQL.big(1))]) == [])
  }

  @Test("NTLM by SSPI, and a token")
  func others() {
    let answer = NTLMTests.message(nt: .init(repeating: 0xcd, count: 60))
    #expect(
      Self.logins([
        .bytes(.client, PostgreSQL.start), .bytes(.server, PostgreSQL.asked(9)),
        .bytes(.client, PostgreSQL.message("p", [1, 2, 3])), .bytes(.server, PostgreSQL.asked(8, [1])),
        .bytes(.client, PostgreSQL.message("p", answer)), .bytes(.server, PostgreSQL.asked(0)),
      ]) == ["NTLMv2|CORP|frieda|\(String(repeating: "cd", count: 60))|hash|1|5|6"])
    let bearer = Array("n,,\u{1}auth=Bearer t0ken\u{1}\u{1}".utf8)
    #expect(
      Self.logins([
        .bytes(.client, PostgreSQL.start), .bytes(.server, PostgreSQL.asked(10, PostgreSQL.text("OAUTHBEARER") + [0])),
        .bytes(
          .client, PostgreSQL.message("p", PostgreSQL.text("OAUTHBEARER") + PostgreSQL.big(bearer.count) + bearer)),
        .bytes(.server, PostgreSQL.error("28000")),
      ]) == ["OAUTHBEARER|-|-|t0ken|token|0|3|4"])
  }

  @Test("encryption hands over when the server agrees, and goes on in the clear when it does not")
  func encryption() {
    let parser = PostgreSQLParser.self
    #expect(NetworkDialogue.handsOver(parser, [(.client, PostgreSQL.askTLS), (.server, [0x53])]))
    #expect(!NetworkDialogue.handsOver(parser, [(.client, PostgreSQL.askTLS), (.server, [0x4e])]))
    #expect(
      Self.logins(
        [
          .bytes(.client, PostgreSQL.askGSS), .server("N"), .bytes(.client, PostgreSQL.askTLS), .server("N"),
        ] + Self.dialogue(3, "pw", PostgreSQL.asked(0))) == ["password|shop|jo|pw|password|1|7|8"])
    #expect(
      Self.logins([.bytes(.client, PostgreSQL.askGSS), .server("G")] + Self.dialogue(3, "pw", PostgreSQL.asked(0)))
        == []
    )
  }

  @Test("a gap ends what can be known")
  func gaps() {
    var steps = Self.dialogue(3, "pw", PostgreSQL.asked(0))
    steps.insert(.gap(.server, 20), at: 3)
    #expect(Self.logins(steps) == ["password|shop|jo|pw|password|-|3|-"])
    steps = Self.dialogue(3, "pw", PostgreSQL.asked(0))
    steps.insert(.gap(.client, 20), at: 2)
    #expect(Self.logins(steps) == [])
  }

  @Test("no mutation, cut or gap changes rows or traps; long messages are bounded")
  func hostile() {
    LoginDialogue.mutate(PostgreSQLParser.self, PostgreSQL.scram)
    LoginDialogue.mutate(PostgreSQLParser.self, Self.dialogue(3, "pw", PostgreSQL.error("28P01")))
    LoginDialogue.checkGaps(PostgreSQLParser.self, PostgreSQL.scram)
    LoginDialogue.checkGaps(PostgreSQLParser.self, Self.dialogue(3, "pw", PostgreSQL.error("28P01")))
    let long = String(repeating: "x", count: 100_000)
    #expect(Self.logins(Self.dialogue(3, long, PostgreSQL.error("28P01"))) == [])
  }

  @Test("the first message tells it on any port")
  func probe() {
    #expect(NetworkDialogue.recognises(PostgreSQLParser.self, client: PostgreSQL.start))
    #expect(NetworkDialogue.recognises(PostgreSQLParser.self, client: PostgreSQL.askTLS))
    #expect(NetworkDialogue.probe(PostgreSQLParser.self, [], PostgreSQL.askTLS, fromStart: false) == .reversed)
    for wrong: [UInt8] in [
      PostgreSQL.big(9) + PostgreSQL.big(80_877_103), PostgreSQL.big(20_000) + PostgreSQL.big(0x30000),
      PostgreSQL.big(20) + PostgreSQL.big(0x20000), PostgreSQL.big(20) + PostgreSQL.big(0x30000) + [0],
      PostgreSQL.big(20) + PostgreSQL.big(0x30000) + [1, 2, 3], Array("GET / HTTP/1.0".utf8), [0, 0, 0, 1],
    ] where wrong.count >= 8 {
      #expect(NetworkDialogue.probe(PostgreSQLParser.self, wrong) == .no)
    }
    #expect(NetworkDialogue.probe(PostgreSQLParser.self, [], [0x52]) == .no)
    LoginDialogue.checkNoise(PostgreSQLParser.self, ports: [5432, 4444])
  }
}
