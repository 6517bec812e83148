import Applications
import Bytes
import Records
import TestSupport
import Testing

/// Messages of RADIUS.
private enum RADIUS {
  static func message(_ code: UInt8, _ identifier: UInt8, _ attributes: [UInt8]..., mark: UInt8 = 7) -> [UInt8] {
    let body = attributes.flatMap { $0 }
    let length = 20 + body.count
    return [code, identifier, UInt8(length >> 8), UInt8(length & 255)] + Array(repeating: mark, count: 16) + body
  }

  static func attribute(_ type: UInt8, _ value: [UInt8]) -> [UInt8] { [type, UInt8(value.count + 2)] + value }

  static let user = attribute(1, Array("jo".utf8))
  static let nas = attribute(4, [192, 0, 2, 1])
  static let hidden = Array(UInt8(1)...16)
  static let login = message(1, 5, user, attribute(2, hidden), nas)

  static func eap(_ bytes: [UInt8], _ identifier: UInt8) -> [UInt8] {
    message(1, identifier, user, nas, attribute(79, Array(bytes.prefix(3))), attribute(79, Array(bytes.dropFirst(3))))
  }
}

@Suite("RADIUS")
struct RADIUSTests {
  private static func logins(_ datagrams: [(Side, [UInt8])]) -> [String] {
    NetworkDialogue.logins(RADIUSParser.self, datagrams)
  }

  @Test("a hidden password, accepted, refused, sent again, and without an answer")
  func password() {
    let row = "PAP|-|jo|0102030405060708090a0b0c0d0e0f10|hash"
    #expect(
      Self.logins([(.client, RADIUS.login), (.client, RADIUS.login), (.server, RADIUS.message(2, 5))]) == [
        row + "|1|1|3"
      ])
    #expect(Self.logins([(.client, RADIUS.login), (.server, RADIUS.message(3, 5))]) == [row + "|0|1|2"])
    #expect(Self.logins([(.client, RADIUS.login), (.server, RADIUS.message(2, 6))]) == [row + "|-|1|-"])
    let other = RADIUS.message(1, 5, RADIUS.user, RADIUS.attribute(2, RADIUS.hidden), RADIUS.nas, mark: 8)
    #expect(
      Self.logins([(.client, RADIUS.login), (.client, other), (.server, RADIUS.message(2, 5))]) == [
        row + "|-|1|-", row + "|1|2|3",
      ])
  }

  @Test("CHAP, MS-CHAP in both versions")
  func challenges() {
    let chap = RADIUS.attribute(3, [9] + RADIUS.hidden)
    #expect(
      Self.logins([(.client, RADIUS.message(1, 1, RADIUS.user, chap)), (.server, RADIUS.message(2, 1))]) == [
        "CHAP|-|jo|090102030405060708090a0b0c0d0e0f10|hash|1|1|2"
      ])
    for (type, name) in [(UInt8(1), "MS-CHAP"), (25, "MS-CHAPv2")] {
      let value: [UInt8] = [0, 0, 1, 0x37, type, 52] + Array(repeating: 0xab, count: 50)
      #expect(
        Self.logins([
          (.client, RADIUS.message(1, 1, RADIUS.user, RADIUS.attribute(26, value))), (.server, RADIUS.message(3, 1)),
        ]) == ["\(name)|-|jo|\(String(repeating: "ab", count: 50))|hash|0|1|2"])
    }
  }

  private static let identity: [UInt8] = [2, 1, 0, 7, 1, 0x6a, 0x6f]

  @Test("EAP is one attempt: what shows the password counts, else its last message")
  func extensible() {
    let md5: [UInt8] = [2, 2, 0, 22, 4, 16] + RADIUS.hidden
    let dialogue: [(Side, [UInt8])] = [
      (.client, RADIUS.eap(Self.identity, 1)), (.server, RADIUS.message(11, 1)), (.client, RADIUS.eap(md5, 2)),
      (.server, RADIUS.message(2, 2)),
    ]
    #expect(Self.logins(dialogue) == ["EAP-MD5|-|jo|0102030405060708090a0b0c0d0e0f10|hash|1|3|4"])
    #expect(Self.logins(Array(dialogue[..<2])) == ["EAP|-|jo|-|hash|-|1|-"])
    #expect(
      Self.logins([(.client, RADIUS.eap([2, 1, 0, 6, 25, 0], 1)), (.server, RADIUS.message(3, 1))]) == [
        "PEAP|-|jo|-|hash|0|1|2"
      ])
    #expect(
      Self.logins([(.client, RADIUS.eap([2, 1, 0, 8, 6] + Array("pin".utf8), 1)), (.server, RADIUS.message(3, 1))])
        == ["EAP-GTC|-|jo|pin|password|0|1|2"])
    let response: [UInt8] = [2, 2, 0, 61, 26, 2, 9, 0, 56, 49] + Array(repeating: 0xee, count: 49) + Array("jo".utf8)
    let success: [UInt8] = [2, 3, 0, 6, 26, 3]
    #expect(
      Self.logins([
        (.client, RADIUS.eap(response, 1)), (.server, RADIUS.message(11, 1)), (.client, RADIUS.eap(success, 2)),
        (.server, RADIUS.message(2, 2)),
      ]) == ["EAP-MSCHAPv2|-|jo|\(String(repeating: "ee", count: 49))|hash|1|1|4"])
  }

  @Test("exchanges at the same time are told apart by State; an identity names the user where nothing else does")
  func states() {
    func step(_ identifier: UInt8, _ state: UInt8?, _ bytes: [UInt8], user: [UInt8] = RADIUS.user) -> [UInt8] {
      RADIUS.message(
        1, identifier, user, RADIUS.attribute(79, bytes), state.map { RADIUS.attribute(24, [$0]) } ?? [],
        mark: identifier)
    }
    func challenge(_ identifier: UInt8, _ state: UInt8) -> [UInt8] {
      RADIUS.message(11, identifier, RADIUS.attribute(24, [state]))
    }
    #expect(
      Self.logins([
        (.client, step(1, nil, Self.identity)), (.client, step(2, nil, Self.identity)), (.server, challenge(1, 0xa)),
        (.server, challenge(2, 0xb)), (.client, step(3, 0xb, [2, 2, 0, 6, 25, 0])),
        (.client, step(4, 0xa, [2, 2, 0, 6, 21, 0])), (.server, RADIUS.message(2, 3)), (.server, RADIUS.message(3, 4)),
      ]) == ["PEAP|-|jo|-|hash|1|5|7", "EAP-TTLS|-|jo|-|hash|0|6|8"])
    // A refusal of the method that was offered.
    #expect(
      Self.logins([
        (.client, step(1, nil, Self.identity, user: [])), (.server, challenge(1, 1)),
        (.client, step(2, 1, [2, 2, 0, 6, 25, 0], user: [])), (.server, challenge(2, 2)),
        (.client, step(3, 2, [2, 3, 0, 6, 3, 13], user: [])), (.server, RADIUS.message(3, 3)),
      ]) == ["PEAP|-|jo|-|hash|0|5|6"])
  }

  @Test("accounting, and requests about no user, are no logins")
  func others() {
    #expect(
      Self.logins([(.client, RADIUS.message(4, 1, RADIUS.user, RADIUS.nas)), (.server, RADIUS.message(5, 1))]) == [])
    #expect(Self.logins([(.client, RADIUS.message(1, 1, RADIUS.user)), (.server, RADIUS.message(2, 1))]) == [])
  }

  @Test("whole requests tell it on any port, anything whole on its own")
  func probe() {
    func probe(_ bytes: [UInt8], _ side: Side = .client, port: UInt16 = 4000) -> Probe {
      RADIUSParser.probe(bytes.bytes, from: side, flow: ParserDriver.flow(port: port))
    }
    #expect(probe(RADIUS.login) == .match)
    #expect(probe(RADIUS.login, .server) == .reversed)
    #expect(probe(RADIUS.message(2, 5), .server) == .no)
    #expect(probe(RADIUS.message(2, 5), .server, port: 1812) == .match)
    #expect(probe(RADIUS.message(1, 5, RADIUS.user)) == .no)
    #expect(probe(RADIUS.message(4, 5, RADIUS.nas, RADIUS.attribute(40, [0, 0, 0, 1]))) == .match)
    #expect(probe(RADIUS.login + [0]) == .no)
    #expect(probe(Array(RADIUS.login.dropLast())) == .no)
    #expect(probe(RADIUS.message(1, 5, RADIUS.user, RADIUS.attribute(2, [1, 2]), RADIUS.nas)) == .no)
    #expect(probe(RADIUS.message(6, 5, RADIUS.user), port: 1812) == .no)
    #expect(probe(RADIUS.message(1, 5, [1, 1]), port: 1812) == .no)
    #expect(probe([]) == .no)
  }

  @Test("nothing traps, and what waits is bounded")
  func hostile() {
    let parser = RADIUSParser(flow: ParserDriver.flow())
    let context = ApplicationContext(sink: RecordSink(captureID: 1))
    for index in 0..<5000 {
      let identifier = UInt8(index & 255)
      for (side, bytes) in [
        (
          Side.client,
          RADIUS.message(1, identifier, RADIUS.user, RADIUS.attribute(2, RADIUS.hidden), mark: UInt8(index / 256))
        ),
        (.server, RADIUS.message(11, identifier, RADIUS.attribute(24, [UInt8(index & 255), UInt8(index / 256)]))),
      ] {
        parser.consume(
          bytes.bytes, length: bytes.count, from: side, in: FrameStamp(id: 1, time: nil), context: context)
      }
    }
    #expect((1...20_000).contains(parser.heldBytes))
    parser.finish(context: context)
    #expect(parser.heldBytes == 0)
    #expect(context.sink.emittedRows().count == 5000)
    NetworkDialogue.survive(
      RADIUSParser.self,
      [
        (.client, RADIUS.login), (.server, RADIUS.message(11, 5)), (.client, RADIUS.eap([2, 2, 0, 6, 4, 16], 6)),
        (.server, RADIUS.message(2, 6)),
      ])
    #expect(
      Self.logins(
        (0..<300).map { index in
          (
            .client,
            RADIUS.message(
              1, UInt8(index & 255), RADIUS.user, RADIUS.attribute(2, RADIUS.hidden), mark: UInt8(index / 256))
          )
        }
      ).count == 300)
  }
}
