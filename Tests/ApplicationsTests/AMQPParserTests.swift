import TestSupport
import Testing

@testable import Applications

@Suite("AMQP logins")
struct AMQPParserTests {
  private static func logins(_ steps: [Step], sourceLocation: SourceLocation = #_sourceLocation) -> [[EmittedValue]] {
    LoginDialogue.logins(AMQPParser.self, steps, sourceLocation: sourceLocation)
  }

  static func word(_ value: Int) -> [UInt8] { [24, 16, 8, 0].map { UInt8(value >> $0 & 255) } }
  static func long(_ bytes: [UInt8]) -> [UInt8] { word(bytes.count) + bytes }
  static func short(_ text: String) -> [UInt8] { [UInt8(text.utf8.count)] + Array(text.utf8) }
  static func frame(_ payload: [UInt8], type: UInt8 = 1) -> [UInt8] { [type, 0, 0] + long(payload) + [0xce] }

  static func method(_ number: UInt8, _ fields: [UInt8] = []) -> [UInt8] { frame([0, 10, 0, number] + fields) }

  static let header: [UInt8] = Array("AMQP".utf8) + [0, 0, 9, 1]
  static let start = method(10, [0, 9] + long([]) + long(Array("PLAIN AMQPLAIN".utf8)) + long(Array("en_US".utf8)))
  static let tune = method(30, [0, 0] + word(131_072) + [0, 60])

  static func startOK(_ mechanism: String, _ response: [UInt8]) -> [UInt8] {
    method(
      11,
      long(short("product") + Array("S".utf8) + long(Array("x".utf8))) + short(mechanism) + long(response)
        + short("en_US"))
  }

  static func close(_ code: Int) -> [UInt8] {
    method(50, [UInt8(code >> 8), UInt8(code & 255)] + short("ACCESS_REFUSED") + [0, 0, 0, 0])
  }

  static func session(_ mechanism: String, _ response: [UInt8], _ answer: [UInt8]) -> [Step] {
    [
      .bytes(.client, header), .bytes(.server, start), .bytes(.client, startOK(mechanism, response)),
      .bytes(.server, answer), .bytes(.client, method(31) + method(40)), .close(.client), .close(.server),
    ]
  }

  static let table: [UInt8] =
    short("LOGIN") + Array("S".utf8) + long(Array("frieda".utf8)) + short("PASSWORD") + Array("S".utf8)
    + long(Array("gue ss".utf8))

  @Test("0-9-1: PLAIN and AMQPLAIN, by what the server answers")
  func passwords() {
    let plain = Array("\0frieda\0gue ss".utf8)
    for (answer, accepted) in [
      (AMQPParserTests.tune, 1), (AMQPParserTests.close(403), 0), (AMQPParserTests.close(320), nil),
    ] as [([UInt8], EmittedValue)] {
      #expect(
        AMQPParserTests.logins(AMQPParserTests.session("PLAIN", plain, answer))
          == [["PLAIN", nil, "frieda", "gue ss", "password", accepted, 3, 4]])
      #expect(
        AMQPParserTests.logins(AMQPParserTests.session("AMQPLAIN", AMQPParserTests.table, answer))
          == [["AMQPLAIN", nil, "frieda", "gue ss", "password", accepted, 3, 4]])
    }
    #expect(
      AMQPParserTests.logins(Array(AMQPParserTests.session("PLAIN", plain, []).prefix(3))).map { [$0[5], $0[7]] } == [
        [nil, nil]
      ])
    #expect(AMQPParserTests.logins(AMQPParserTests.session("EXTERNAL", [], AMQPParserTests.tune)).isEmpty)
    #expect(AMQPParserTests.logins(AMQPParserTests.session("AMQPLAIN", plain, AMQPParserTests.tune)).isEmpty)
    #expect(AMQPParserTests.logins(AMQPParserTests.session("PLAIN", Array("x".utf8), AMQPParserTests.tune)).isEmpty)
  }

  @Test("a challenge before the password")
  func challenge() {
    let steps: [Step] = [
      .bytes(.client, AMQPParserTests.header), .bytes(.server, AMQPParserTests.start),
      .bytes(.client, AMQPParserTests.startOK("LOGIN", Array("frieda".utf8))),
      .bytes(.server, AMQPParserTests.method(20, AMQPParserTests.long([]))),
      .bytes(.client, AMQPParserTests.method(21, AMQPParserTests.long(Array("guess".utf8)))),
      .bytes(.server, AMQPParserTests.tune),
    ]
    #expect(AMQPParserTests.logins(steps) == [["LOGIN", nil, "frieda", "guess", "password", 1, 5, 6]])
  }

  /// A frame of the SASL layer of 1.0 with these fields.
  static func performative(_ code: UInt8, _ fields: [[UInt8]], isLong: Bool = false) -> [UInt8] {
    let list = fields.flatMap { $0 }
    var body: [UInt8] = isLong ? [0, 0x80, 0, 0, 0, 0, 0, 0, 0, code] : [0, 0x53, code]
    body +=
      isLong ? [0xd0] + word(list.count + 4) + word(fields.count) : [0xc0, UInt8(list.count + 1), UInt8(fields.count)]
    return word(8 + body.count + list.count) + [2, 1, 0, 0] + body + list
  }

  static func new(_ outcome: UInt8, isLong: Bool = false) -> [Step] {
    let header = Array("AMQP".utf8) + [3, 1, 0, 0]
    let response = Array("\0frieda\0gue ss".utf8)
    let binary: [UInt8] = isLong ? [0xb0] + long(response) : [0xa0, UInt8(response.count)] + response
    return [
      .bytes(.client, header), .bytes(.server, header + performative(0x40, [[0xa3, 5] + Array("PLAIN".utf8)])),
      .bytes(
        .client,
        performative(0x41, [[0xa3, 5] + Array("PLAIN".utf8), binary, [0xa1, 1, 0x78]], isLong: isLong)),
      .bytes(.server, performative(0x44, [[0x50, outcome]])), .bytes(.client, Array("AMQP".utf8) + [0, 1, 0, 0]),
    ]
  }

  @Test("1.0: PLAIN, by the outcome", arguments: [(0, 1), (1, 0), (2, nil)] as [(UInt8, EmittedValue)])
  func version1(_ outcome: UInt8, _ accepted: EmittedValue) {
    for isLong in [false, true] {
      #expect(
        AMQPParserTests.logins(AMQPParserTests.new(outcome, isLong: isLong))
          == [["PLAIN", nil, "frieda", "gue ss", "password", accepted, 3, 4]])
    }
  }

  @Test("what follows the headers for TLS is TLS")
  func tls() {
    let header = Array("AMQP".utf8) + [2, 1, 0, 0]
    let parser = AMQPParser(flow: ParserDriver.flow())
    LoginDialogue.feed(parser, [.bytes(.client, header)])
    #expect(parser.outlook == .open)
    LoginDialogue.feed(parser, [.bytes(.server, header)])
    #expect(parser.outlook == .handedOver)
  }

  @Test("nothing that is missing gives a login that was not there, and no mutation, cut or gap traps")
  func damage() {
    let plain = Array("\0frieda\0gue ss".utf8)
    for steps in [
      AMQPParserTests.session("PLAIN", plain, AMQPParserTests.close(403)),
      AMQPParserTests.session("AMQPLAIN", AMQPParserTests.table, AMQPParserTests.tune), AMQPParserTests.new(0),
      AMQPParserTests.new(1, isLong: true),
    ] {
      LoginDialogue.checkGaps(AMQPParser.self, steps)
      LoginDialogue.mutate(AMQPParser.self, steps)
    }
  }

  @Test("behind the login, and behind what is no AMQP, nothing is read; nothing is kept beyond a limit")
  func limits() {
    let parser = AMQPParser(flow: ParserDriver.flow())
    LoginDialogue.feed(
      parser, AMQPParserTests.session("PLAIN", Array("\0a\0b".utf8), AMQPParserTests.tune).dropLast(3) + [])
    #expect(parser.outlook == .done)
    let broken = AMQPParser(flow: ParserDriver.flow())
    LoginDialogue.feed(broken, [.bytes(.client, AMQPParserTests.header), .server("HTTP/1.1 400 Bad\r\n")])
    #expect(broken.outlook == .done)
    let long = AMQPParserTests.header + AMQPParserTests.frame([UInt8](repeating: 1, count: 16_000))
    #expect(LoginDialogue.held(AMQPParser.self, after: long.dropLast(10) + [], from: .client) < 17_000)
    let longer = AMQPParserTests.header + AMQPParserTests.frame([UInt8](repeating: 1, count: 100_000))
    #expect(LoginDialogue.held(AMQPParser.self, after: longer, from: .client) == 0)
  }

  @Test("recognised by the header, or by the server's first method")
  func probes() {
    let header = AMQPParserTests.header
    for size in 1..<8 { #expect(LoginDialogue.probe(AMQPParser.self, Array(header[..<size]), []) == .more) }
    #expect(LoginDialogue.probe(AMQPParser.self, header, []) == .match)
    #expect(LoginDialogue.probe(AMQPParser.self, [], header, fromStart: false) == .reversed)
    #expect(LoginDialogue.probe(AMQPParser.self, [], AMQPParserTests.start) == .match)
    #expect(LoginDialogue.probe(AMQPParser.self, AMQPParserTests.start, [], fromStart: false) == .reversed)
    #expect(LoginDialogue.probe(AMQPParser.self, Array("AMQP://hi".utf8), []) == .no)
    #expect(LoginDialogue.probe(AMQPParser.self, Array("AMQX".utf8), []) == .no)
    LoginDialogue.checkNoise(AMQPParser.self, ports: [5672, 4000])
  }
}
