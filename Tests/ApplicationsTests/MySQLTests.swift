import Applications
import TestSupport
import Testing

/// Packets of MySQL.
private enum MySQL {
  static func packet(_ sequence: UInt8, _ body: [UInt8]) -> [UInt8] {
    [UInt8(truncatingIfNeeded: body.count), UInt8(truncatingIfNeeded: body.count >> 8), 0, sequence] + body
  }

  static func text(_ text: String) -> [UInt8] { Array(text.utf8) + [0] }

  static let greeting = packet(
    0,
    [10] + text("5.5.5-10.11.6-MariaDB") + [9, 0, 0, 0] + Array("abcdefgh".utf8) + [
      0, 0xfe, 0xf7, 45, 2, 0, 0xff, 0x81, 21,
    ]
      + [0, 0, 0, 0, 0, 0, 0x1d, 0, 0, 0] + Array("ijklmnopqrst".utf8) + [0] + text("mysql_native_password"))

  static func login(
    _ user: String, _ response: [UInt8], database: String? = nil, plugin: String? = "mysql_native_password"
  ) -> [UInt8] {
    let flags: UInt32 = 0x8200 | (database == nil ? 0 : 8) | (plugin == nil ? 0 : 0x80000)
    let numbers: [UInt8] = (0..<4).map { UInt8(truncatingIfNeeded: flags >> (8 * UInt32($0))) } + [0, 0, 0, 1, 45]
    return packet(
      1,
      numbers + Array(repeating: 0, count: 23) + text(user) + [UInt8(response.count)] + response
        + (database.map(text) ?? []) + (plugin.map(text) ?? []))
  }

  static func ok(_ sequence: UInt8) -> [UInt8] { packet(sequence, [0, 0, 0, 2, 0, 0, 0]) }

  static func error(_ code: Int, _ sequence: UInt8 = 2) -> [UInt8] {
    packet(sequence, [0xff, UInt8(code & 255), UInt8(code >> 8)] + Array("#28000Access denied".utf8))
  }

  static let scramble = Array(UInt8(1)...20)
  static let digits = "0102030405060708090a0b0c0d0e0f1011121314"

  static let switched: [Step] = [
    .bytes(.server, greeting), .bytes(.client, login("jo", scramble, database: "shop")),
    .bytes(.server, packet(2, [0xfe] + text("mysql_clear_password"))), .bytes(.client, packet(3, text("s3cret"))),
    .bytes(.server, ok(4)), .bytes(.client, packet(0, [3] + Array("select 1".utf8))),
    .bytes(.server, packet(1, [1])), .close(.client), .close(.server),
  ]
}

@Suite("MySQL")
struct MySQLTests {
  private static func logins(_ steps: [Step], cutInto size: Int? = nil) -> [String] {
    NetworkDialogue.logins(MySQLParser.self, steps, cutInto: size)
  }

  private static func dialogue(_ login: [UInt8], _ answers: [UInt8]...) -> [Step] {
    [.bytes(.server, MySQL.greeting), .bytes(.client, login)] + answers.map { .bytes(.server, $0) }
  }

  @Test("native passwords, accepted, refused, and with an error that says nothing of them")
  func native() {
    let login = MySQL.login("jo", MySQL.scramble, database: "shop")
    let row = "mysql_native_password|shop|jo|\(MySQL.digits)|hash"
    #expect(Self.logins([.client("early")] + Self.dialogue(login, MySQL.ok(2))) == [row + "|1|3|4"])
    #expect(Self.logins(Self.dialogue(login, MySQL.ok(2))) == [row + "|1|2|3"])
    #expect(Self.logins(Self.dialogue(login, MySQL.error(1045))) == [row + "|0|2|3"])
    #expect(Self.logins(Self.dialogue(login, MySQL.error(1049))) == [row + "|-|2|3"])
    #expect(Self.logins(Self.dialogue(login)) == [row + "|-|2|-"])
    #expect(
      Self.logins(Self.dialogue(MySQL.login("jo", [], plugin: nil), MySQL.ok(2))) == [
        "mysql_native_password|-|jo||password|1|2|3"
      ])
  }

  @Test("a switch to a password in the clear, whatever the pieces", arguments: [nil, 1, 2, 3, 7])
  func switched(_ size: Int?) {
    #expect(Self.logins(MySQL.switched, cutInto: size) == ["mysql_clear_password|shop|jo|s3cret|password|1|4|5"])
  }

  @Test("caching_sha2_password keeps its response when the server asks for more; other plugins")
  func plugins() {
    let login = MySQL.login("jo", [1, 2, 3], plugin: "caching_sha2_password")
    #expect(
      Self.logins(Self.dialogue(login, MySQL.packet(2, [1, 3]), MySQL.ok(3))) == [
        "caching_sha2_password|-|jo|010203|hash|1|2|4"
      ])
    #expect(
      Self.logins(
        Self.dialogue(login, MySQL.packet(2, [1, 4])) + [
          .bytes(.client, MySQL.packet(3, [2])), .bytes(.server, MySQL.packet(4, [1] + MySQL.text("KEY"))),
          .bytes(.client, MySQL.packet(5, [9, 9, 9])), .bytes(.server, MySQL.error(1045, 6)),
        ]) == ["caching_sha2_password|-|jo|010203|hash|0|2|7"])
    #expect(
      Self.logins(
        Self.dialogue(MySQL.login("jo", [1], plugin: "sha256_password"), MySQL.packet(2, [1, 65])) + [
          .bytes(.client, MySQL.packet(3, [7, 8])), .bytes(.server, MySQL.ok(4)),
        ]) == ["sha256_password|-|jo|0708|hash|1|4|5"])
    #expect(
      Self.logins(
        Self.dialogue(MySQL.login("jo", MySQL.scramble), MySQL.packet(2, [0xfe])) + [
          .bytes(.client, MySQL.packet(3, [7, 8, 0])), .bytes(.server, MySQL.ok(4)),
        ]) == ["mysql_old_password|-|jo|070800|hash|1|4|5"])
    let old = MySQL.packet(1, [0x85, 0x04, 0, 0, 0] + MySQL.text("jo") + Array("GHIJKLMN".utf8) + [0])
    #expect(
      Self.logins(Self.dialogue(old, MySQL.ok(2))) == ["mysql_old_password|-|jo|4748494a4b4c4d4e|hash|1|2|3"])
  }

  @Test("a ticket is no secret; the rest of the connection is not looked at")
  func ticket() {
    #expect(
      Self.logins(
        Self.dialogue(MySQL.login("jo", [1], plugin: "auth_gssapi_client"), MySQL.packet(2, [1])) + [
          .bytes(.client, MySQL.packet(3, Array(repeating: 7, count: 600))), .bytes(.server, MySQL.ok(4)),
        ]) == ["auth_gssapi_client|-|jo|-|hash|1|4|5"])
    #expect(NetworkDialogue.isDone(MySQLParser.self, Self.dialogue(MySQL.login("jo", [1]), MySQL.ok(2))))
  }

  @Test("a request for TLS hands over")
  func encryption() {
    let ask = MySQL.packet(1, [0x00, 0x8a, 0, 0, 0, 0, 0, 1, 45] + Array(repeating: 0, count: 23))
    #expect(NetworkDialogue.handsOver(MySQLParser.self, [(.server, MySQL.greeting), (.client, ask)]))
    #expect(Self.logins(Self.dialogue(ask) + [.bytes(.client, [0x16, 3, 1])]) == [])
  }

  @Test("a gap ends what can be known; a server that refuses at once is no login")
  func gaps() {
    var steps = Self.dialogue(MySQL.login("jo", MySQL.scramble), MySQL.ok(2))
    steps.insert(.gap(.server, 11), at: 2)
    #expect(Self.logins(steps) == ["mysql_native_password|-|jo|\(MySQL.digits)|hash|-|2|-"])
    #expect(Self.logins([.bytes(.server, MySQL.greeting), .bytes(.server, MySQL.error(1130, 1))]) == [])
  }

  @Test("no mutation, cut or gap changes rows or traps; long packets are bounded")
  func hostile() {
    LoginDialogue.mutate(MySQLParser.self, MySQL.switched)
    LoginDialogue.checkGaps(MySQLParser.self, Self.dialogue(MySQL.login("jo", MySQL.scramble), MySQL.ok(2)))
    let long: [UInt8] = [0xff, 0xff, 0xff, 1] + Array(repeating: 0x41, count: 100_000)
    #expect(Self.logins(Self.dialogue(long, MySQL.ok(2))) == [])
    // The response is longer than its packet.
    let login = MySQL.packet(1, Array(MySQL.login("jo", MySQL.scramble).dropFirst(4).prefix(40)))
    #expect(Self.logins(Self.dialogue(login, MySQL.ok(2))) == [])
  }

  @Test("the greeting tells it on any port")
  func probe() {
    for count in 0..<MySQL.greeting.count {
      #expect(NetworkDialogue.probe(MySQLParser.self, [], Array(MySQL.greeting[..<count])) != .no)
    }
    #expect(NetworkDialogue.probe(MySQLParser.self, [], MySQL.greeting) == .match)
    #expect(NetworkDialogue.probe(MySQLParser.self, MySQL.greeting, []) == .more)
    #expect(NetworkDialogue.probe(MySQLParser.self, MySQL.greeting, [], fromStart: false) == .reversed)
    var wrong = MySQL.greeting
    wrong[5] = 65
    #expect(NetworkDialogue.probe(MySQLParser.self, [], wrong) == .no)
    wrong = MySQL.greeting
    wrong[50] = 1
    #expect(NetworkDialogue.probe(MySQLParser.self, [], wrong) == .no)
    #expect(NetworkDialogue.probe(MySQLParser.self, [], [60, 0, 0, 0, 10] + Array(repeating: 0x31, count: 100)) == .no)
    #expect(NetworkDialogue.probe(MySQLParser.self, [], [0, 0, 0, 0, 10, 0x35]) == .no)
    #expect(NetworkDialogue.probe(MySQLParser.self, [], Array("220 x\r\n".utf8)) == .no)
    LoginDialogue.checkNoise(MySQLParser.self, ports: [3306, 4444])
  }
}
