import Bytes
import TestSupport
import Testing

@testable import Applications

@Suite("MQTT logins")
struct MQTTTests {
  private static func logins(_ steps: [Step], sourceLocation: SourceLocation = #_sourceLocation) -> [String] {
    LoginDialogue.lines(MQTTParser.self, steps, sourceLocation: sourceLocation)
  }

  private static func field(_ text: String) -> [UInt8] {
    [UInt8(text.utf8.count >> 8), UInt8(text.utf8.count & 0xff)] + Array(text.utf8)
  }

  private static func packet(_ type: UInt8, _ body: [UInt8]) -> [UInt8] {
    var length = body.count
    var header = [type]
    repeat {
      header.append(UInt8(length & 0x7f) | (length > 0x7f ? 0x80 : 0))
      length >>= 7
    } while length > 0
    return header + body
  }

  private static func connect(
    level: UInt8 = 4, flags: UInt8 = 0xc2, properties: [UInt8] = [], _ fields: String...
  ) -> [UInt8] {
    let name = field(level == 3 ? "MQIsdp" : "MQTT")
    let added = level == 5 ? [UInt8(properties.count)] + properties : []
    return packet(0x10, name + [level, flags, 0, 60] + added + fields.flatMap { field($0) })
  }

  @Test(
    "each version's codes",
    arguments: [
      (3, 0, "1"), (3, 4, "0"), (4, 0, "1"), (4, 4, "0"), (4, 5, "0"), (4, 2, ""), (4, 3, ""), (5, 0, "1"),
      (5, 0x86, "0"), (5, 0x87, "0"), (5, 0x88, ""), (5, 4, ""),
    ])
  func codes(_ level: UInt8, _ code: UInt8, _ accepted: String) {
    let found = MQTTTests.logins([
      .bytes(.client, MQTTTests.connect(level: level, "id", "frieda", "s3cret")),
      .bytes(.server, MQTTTests.packet(0x20, level == 5 ? [0, code, 0] : [0, code])),
    ])
    #expect(found == ["CONNECT|frieda|s3cret|\(accepted)|1|2"])
  }

  @Test("behind a will and properties; AUTH may come before CONNACK")
  func fields() {
    #expect(
      MQTTTests.logins([.bytes(.client, MQTTTests.connect(flags: 0xe6, "id", "topic", "gone", "u", "p"))])
        == ["CONNECT|u|p||1|"])
    let properties: [UInt8] = [17, 0, 0, 0, 10]
    let body = MQTTTests.field("MQTT") + [5, 0xc6, 0, 60, 5] + properties + MQTTTests.field("id") + [0]
    let rest = ["topic", "gone", "u", "p"].flatMap { MQTTTests.field($0) }
    #expect(
      MQTTTests.logins([
        .bytes(.client, MQTTTests.packet(0x10, body + rest)), .bytes(.server, [0xf0, 2, 0x18, 0]),
        .bytes(.server, [0x20, 3, 0, 0x87, 0]),
      ]) == ["CONNECT|u|p|0|1|3"])
  }

  @Test("a name without a password is a login; neither is none")
  func without() {
    #expect(
      MQTTTests.logins([.bytes(.client, MQTTTests.connect(flags: 0x82, "id", "token"))]) == ["CONNECT|token|||1|"])
    #expect(
      MQTTTests.logins([.bytes(.client, MQTTTests.connect(flags: 2, "id")), .bytes(.server, [0x20, 2, 0, 0])]) == [])
    #expect(
      MQTTTests.logins([.bytes(.client, MQTTTests.connect(level: 3, flags: 0xc2, "id", "u"))]) == ["CONNECT|u|||1|"])
  }

  static let session: [Step] = [
    .bytes(.client, connect(level: 5, flags: 0xc2, properties: [17, 0, 0, 0, 10], "id", "frieda", "s3cret")),
    .bytes(.server, [0x20, 3, 0, 0, 0]), .bytes(.client, [0xc0, 0]), .bytes(.server, [0xd0, 0]),
  ]

  @Test("nothing that is missing gives a login that was not there, and no mutation or cut traps")
  func damage() {
    LoginDialogue.checkGaps(MQTTParser.self, MQTTTests.session)
    LoginDialogue.mutate(MQTTParser.self, MQTTTests.session)
    LoginDialogue.checkNoise(MQTTParser.self, ports: [1883, 4000])
  }

  @Test("nothing more is read behind CONNACK, or behind a CONNECT without a login")
  func done() {
    let parser = MQTTParser(flow: ParserDriver.flow())
    LoginDialogue.feed(parser, [MQTTTests.session[0]])
    #expect(parser.outlook == .open)
    LoginDialogue.feed(parser, [MQTTTests.session[1]])
    #expect(parser.outlook == .done)
    let other = MQTTParser(flow: ParserDriver.flow())
    LoginDialogue.feed(other, [.bytes(.client, MQTTTests.connect(flags: 2, "id"))])
    #expect(other.outlook == .done)
  }

  @Test("what follows is not looked at, pipelined or not")
  func behind() {
    let connect = MQTTTests.connect("id", "u", "p")
    #expect(
      MQTTTests.logins([
        .bytes(.client, connect + [0xc0, 0] + connect), .bytes(.server, [0x20, 2, 0, 0, 0x20, 2, 0, 4]),
      ]) == ["CONNECT|u|p|1|1|2"])
  }

  @Test("a gap hides the login, or the answer")
  func gaps() {
    let connect = MQTTTests.connect("id", "u", "p")
    #expect(
      MQTTTests.logins([.bytes(.client, Array(connect.prefix(9))), .gap(.client, 3), .bytes(.client, connect)]) == [])
    #expect(
      MQTTTests.logins([.bytes(.client, connect), .gap(.server, 4), .bytes(.server, [0x20, 2, 0, 0])])
        == ["CONNECT|u|p||1|"])
  }

  @Test("wrong lengths give nothing, and no more than the limit is kept")
  func hostile() {
    let connect = MQTTTests.connect("id", "u", "p")
    for index in 2..<connect.count {
      var changed = connect
      changed[index] = 0xff
      _ = MQTTTests.logins([.bytes(.client, changed), .bytes(.server, changed)])
    }
    let short = MQTTTests.packet(0x10, MQTTTests.field("MQTT") + [4, 0xc2, 0, 60, 0xff, 0xff, 1])
    #expect(MQTTTests.logins([.bytes(.client, short)]) == [])
    #expect(MQTTTests.logins([.bytes(.client, [0x10, 0xff, 0xff, 0xff, 0xff, 1])]) == [])
    let parser = MQTTParser(flow: ParserDriver.flow())
    let context = ApplicationContext(sink: .init(captureID: 1))
    let flood = [0x10, 0xff, 0xff, 0xff, 0x7f] + Array(repeating: UInt8(0x61), count: 1 << 20)
    parser.consume(flood.bytes, from: .client, in: FrameStamp(id: 1, time: nil), context: context)
    #expect(parser.heldBytes == 0)
  }

  @Test("CONNECT tells it, on any port")
  func probe() {
    func probe(_ client: [UInt8], _ server: [UInt8] = [], fromStart: Bool = true) -> Probe {
      LoginDialogue.probe(MQTTParser.self, bytes: client, server, fromStart: fromStart)
    }
    for level: UInt8 in [3, 4, 5] {
      let connect = MQTTTests.connect(level: level, "id", "u", "p")
      #expect(probe(connect) == .match)
      #expect(probe([], connect) == .no)
      #expect(probe([], connect, fromStart: false) == .reversed)
      for count in 1..<9 { #expect(probe(Array(connect.prefix(count))) == .more) }
    }
    #expect(probe(MQTTTests.connect(flags: 1, "id")) == .no)
    #expect(probe([0x10, 12, 0, 4] + Array("MQTX".utf8) + [4, 2, 0, 0]) == .no)
    #expect(probe([0x10, 0xff, 0xff, 0xff, 0xff, 0xff]) == .no)
    #expect(probe([0x16, 3, 1, 0, 4]) == .no)
  }
}
