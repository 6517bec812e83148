import Applications
import TestSupport
import Testing

/// Packets of TDS.
private enum TDS {
  static func packet(_ type: UInt8, _ body: [UInt8], isLast: Bool = true) -> [UInt8] {
    let length = body.count + 8
    return [type, isLast ? 1 : 0, UInt8(length >> 8), UInt8(length & 255), 0, 0, 1, 0] + body
  }

  static let preLogin = packet(0x12, [0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xff, 9, 0, 0, 0, 0, 0, 2])
  static let preLoginAnswer = packet(4, [0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xff, 16, 0, 0, 0, 0, 0, 2])

  static func wide(_ text: String) -> [UInt8] { text.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] } }

  static func login(_ user: String, _ password: String, _ database: String, flags: UInt8 = 0) -> [UInt8] {
    var head = [UInt8](repeating: 0, count: 94)
    var body: [UInt8] = []
    head[7] = 0x74
    head[4] = 4
    head[25] = flags
    func put(_ bytes: [UInt8], at place: Int) {
      let offset = 94 + body.count
      head[place] = UInt8(offset & 255)
      head[place + 1] = UInt8(offset >> 8)
      head[place + 2] = UInt8(bytes.count / 2)
      body += bytes
    }
    put(wide(user), at: 40)
    put(wide(password).map { ($0 << 4 | $0 >> 4) ^ 0xa5 }, at: 44)
    put(wide(database), at: 68)
    let total = head.count + body.count
    head[0] = UInt8(total & 255)
    head[1] = UInt8(total >> 8)
    return head + body
  }

  static let done: [UInt8] = [0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
  static let info: [UInt8] = [0xab, 2, 0, 9, 9]
  static let accepted = packet(4, [0xe3, 1, 0, 7] + info + [0xad, 2, 0, 1, 1] + done)

  static func error(_ number: Int) -> [UInt8] {
    packet(4, info + [0xaa, 6, 0, UInt8(number & 255), UInt8(number >> 8), 0, 0, 1, 14] + done)
  }

  static func session(_ answer: [UInt8]?) -> [Step] {
    [
      .bytes(.client, preLogin), .bytes(.server, preLoginAnswer),
      .bytes(.client, packet(0x10, login("sa", "p@ß", "shop"))),
    ] + (answer.map { [.bytes(.server, $0)] } ?? [])
  }
}

@Suite("TDS")
struct TDSTests {
  private static func logins(_ steps: [Step], cutInto size: Int? = nil) -> [String] {
    NetworkDialogue.logins(TDSParser.self, steps, cutInto: size)
  }

  @Test("a login with its password, whatever the pieces", arguments: [nil, 1, 2, 3, 7])
  func login(_ size: Int?) {
    #expect(Self.logins(TDS.session(TDS.accepted), cutInto: size) == ["LOGIN7|shop|sa|p@ß|password|1|3|4"])
    #expect(Self.logins(TDS.session(TDS.error(18456)), cutInto: size) == ["LOGIN7|shop|sa|p@ß|password|0|3|4"])
    #expect(Self.logins(TDS.session(TDS.error(4060)), cutInto: size) == ["LOGIN7|shop|sa|p@ß|password|-|3|4"])
    #expect(Self.logins(TDS.session(nil), cutInto: size) == ["LOGIN7|shop|sa|p@ß|password|-|3|-"])
  }

  @Test("a login in two packets, and one without a prelogin")
  func packets() {
    let login = TDS.login("sa", "pw", "")
    #expect(
      Self.logins([
        .bytes(.client, TDS.packet(0x10, Array(login[..<50]), isLast: false)),
        .bytes(.client, TDS.packet(0x10, Array(login[50...]))), .bytes(.server, TDS.accepted),
      ]) == ["LOGIN7|-|sa|pw|password|1|1|3"])
  }

  @Test("Windows' own authentication has a row by NTLM only; encrypted logins are not seen")
  func hidden() {
    func integrated(_ answer: [UInt8]) -> [Step] {
      [
        .bytes(.client, TDS.packet(0x10, TDS.login("", "", "shop", flags: 0x80))),
        .bytes(.server, TDS.packet(4, [0xed, 2, 0, 1, 1])), .bytes(.client, TDS.packet(0x11, answer)),
        .bytes(.server, TDS.accepted),
      ]
    }
    #expect(Self.logins(integrated([0x60, 1, 2])) == [])
    #expect(
      Self.logins(integrated(NTLMTests.message(nt: .init(repeating: 0xcd, count: 60)))) == [
        "NTLMv2|CORP|frieda|\(String(repeating: "cd", count: 60))|hash|1|3|4"
      ])
    var steps = TDS.session(TDS.accepted)
    steps.insert(.bytes(.client, TDS.packet(0x12, [0x16, 3, 1, 0, 5, 1, 0, 0, 1, 0])), at: 2)
    steps.insert(.bytes(.client, [0x17, 3, 3, 0, 2, 1, 2]), at: 3)
    #expect(Self.logins(steps) == [])
    #expect(NetworkDialogue.isDone(TDSParser.self, steps))
  }

  @Test("a gap ends what can be known; no mutation, cut or gap changes rows or traps")
  func hostile() {
    var steps = TDS.session(TDS.accepted)
    steps.insert(.gap(.server, 9), at: 3)
    #expect(Self.logins(steps) == ["LOGIN7|shop|sa|p@ß|password|-|3|-"])
    LoginDialogue.mutate(TDSParser.self, TDS.session(TDS.accepted))
    LoginDialogue.mutate(TDSParser.self, TDS.session(TDS.error(18456)))
    LoginDialogue.checkGaps(TDSParser.self, TDS.session(TDS.accepted))
    LoginDialogue.checkGaps(TDSParser.self, TDS.session(TDS.error(18456)))
    let endless = (0..<20).map { _ in
      Step.bytes(.client, TDS.packet(0x10, Array(repeating: 1, count: 8000), isLast: false))
    }
    #expect(Self.logins(endless) == [])
    var wrong = TDS.login("sa", "pw", "")
    wrong[46] = 200
    #expect(Self.logins([.bytes(.client, TDS.packet(0x10, wrong)), .bytes(.server, TDS.accepted)]) == [])
  }

  @Test("a prelogin or a login tells it on any port")
  func probe() {
    #expect(NetworkDialogue.recognises(TDSParser.self, client: TDS.preLogin))
    #expect(NetworkDialogue.recognises(TDSParser.self, client: TDS.packet(0x10, TDS.login("a", "b", "c"))))
    #expect(NetworkDialogue.probe(TDSParser.self, [], TDS.preLogin) == .no)
    #expect(NetworkDialogue.probe(TDSParser.self, [], TDS.preLogin, fromStart: false) == .reversed)
    var wrong = TDS.preLogin
    wrong[12] = 7
    #expect(NetworkDialogue.probe(TDSParser.self, wrong) == .no)
    var login = TDS.packet(0x10, TDS.login("a", "b", "c"))
    login[15] = 0x12
    #expect(NetworkDialogue.probe(TDSParser.self, login) == .no)
    LoginDialogue.checkNoise(TDSParser.self, ports: [1433, 4444])
    // MQTT's CONNECT begins alike.
    #expect(NetworkDialogue.probe(TDSParser.self, [0x10, 16, 0, 4] + Array("MQTT".utf8) + [4, 2, 0, 60, 0, 4]) == .no)
  }
}
