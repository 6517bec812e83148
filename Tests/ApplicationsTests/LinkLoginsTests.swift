import Bytes
import Records
import TestSupport
import Testing

@testable import Applications

@Suite("Logins of links")
struct LinkLoginsTests {
  private struct Sent {
    let method: LinkLogins.Method
    let path: LinkPath
    let bytes: [UInt8]
  }

  private static let client = MACAddress(value: 0x0200_0000_0001)
  private static let server = MACAddress(value: 0x0200_0000_0002)
  private static let up = LinkPath.ethernet(source: client, destination: server)
  private static let down = LinkPath.ethernet(source: server, destination: client)

  private static func message(_ code: UInt8, _ identifier: UInt8, _ data: [UInt8] = []) -> [UInt8] {
    [code, identifier, UInt8((4 + data.count) >> 8), UInt8((4 + data.count) & 255)] + data
  }

  private static func text(_ text: String) -> [UInt8] { [UInt8(text.utf8.count)] + Array(text.utf8) }

  /// The logins in `sent`, which are frames 1, 2, 3, ...: those of `LoginDialogue.shown` behind the flow and the protocol.
  private static func logins(_ sent: [Sent]) -> [[EmittedValue]] {
    let sink = RecordSink(captureID: 1)
    let context = ApplicationContext(sink: sink)
    let links = LinkLogins()
    for (index, step) in sent.enumerated() {
      links.consume(
        step.bytes.bytes, step.method, on: step.path, in: FrameStamp(id: Int64(index + 1), time: nil), context: context)
    }
    links.finish(context: context)
    return sink.emittedRows().of("credentials").map { [$0["flow_id"], $0["protocol"]] + LoginDialogue.shown($0) }
  }

  private static func pap(_ user: String, _ password: String, _ identifier: UInt8 = 1, on path: LinkPath = up) -> Sent {
    Sent(method: .pap, path: path, bytes: message(1, identifier, text(user) + text(password)))
  }

  private static func answer(
    _ method: LinkLogins.Method, _ code: UInt8, _ identifier: UInt8 = 1, on path: LinkPath = down
  ) -> Sent {
    Sent(method: method, path: path, bytes: message(code, identifier, [0]))
  }

  @Test("PAP: accepted, refused, repeated, without an answer, padded")
  func pap() {
    let repeated = LinkLoginsTests.pap("eve", "gue ss")
    #expect(
      LinkLoginsTests.logins([repeated, repeated, LinkLoginsTests.answer(.pap, 3)])
        == [[nil, "ppp", "PAP", nil, "eve", "gue ss", "password", 0, 1, 3]])
    let padded = Sent(method: .pap, path: LinkLoginsTests.up, bytes: repeated.bytes + [0, 0, 0])
    #expect(
      LinkLoginsTests.logins([padded, LinkLoginsTests.answer(.pap, 2)]).map { $0[7] } == [1])
    #expect(
      LinkLoginsTests.logins([repeated, LinkLoginsTests.pap("eve", "other"), LinkLoginsTests.answer(.pap, 2)])
        .map { [$0[5], $0[7]] } == [["gue ss", nil], ["other", 1]])
    // Of another identifier, another protocol, or from the same end.
    for other in [
      LinkLoginsTests.answer(.pap, 2, 9), LinkLoginsTests.answer(.chap, 3),
      LinkLoginsTests.answer(.pap, 2, on: LinkLoginsTests.up),
    ] {
      #expect(LinkLoginsTests.logins([repeated, other]).map { [$0[7], $0[9]] } == [[nil, nil]])
    }
  }

  @Test("a flow around it, and a line without addresses")
  func paths() {
    let tunnel = LinkPath.tunnel(flow: 7, fromClient: true)
    #expect(
      LinkLoginsTests.logins([
        LinkLoginsTests.pap("a", "b", on: tunnel),
        LinkLoginsTests.answer(.pap, 2, on: .tunnel(flow: 8, fromClient: false)),
        LinkLoginsTests.answer(.pap, 3, on: .tunnel(flow: 7, fromClient: false)),
      ]) == [[7, "ppp", "PAP", nil, "a", "b", "password", 0, 1, 3]])
    #expect(
      LinkLoginsTests.logins([LinkLoginsTests.pap("a", "b", on: .line), LinkLoginsTests.answer(.pap, 2, on: .line)])
        .map { $0[7] } == [1])
  }

  @Test("CHAP by the value's size and form")
  func chap() {
    let flag1 = [UInt8](repeating: 7, count: 48) + [1]
    let version2 = [UInt8](repeating: 1, count: 16) + [UInt8](repeating: 0, count: 8) + [UInt8](repeating: 2, count: 25)
    for (value, mechanism) in [
      ([UInt8](repeating: 0xab, count: 16), "CHAP"), (flag1, "MS-CHAP"), (version2.dropLast() + [0], "MS-CHAPv2"),
      (version2.dropLast() + [1], "MS-CHAP"),
    ] as [([UInt8], String)] {
      let response = Sent(
        method: .chap, path: LinkLoginsTests.up,
        bytes: LinkLoginsTests.message(2, 4, [UInt8(value.count)] + value + Array("frieda".utf8)))
      let challenge = Sent(
        method: .chap, path: LinkLoginsTests.down,
        bytes: LinkLoginsTests.message(1, 4, [UInt8(value.count)] + value + Array("gateway".utf8)))
      #expect(
        LinkLoginsTests.logins([challenge, response, LinkLoginsTests.answer(.chap, 3, 4)])
          == [[nil, "ppp", .text(mechanism), nil, "frieda", .text(hexadecimal(value)), "hash", 1, 2, 3]])
      #expect(LinkLoginsTests.logins([response, LinkLoginsTests.answer(.chap, 4, 4)]).map { $0[7] } == [0])
    }
  }

  @Test("EAP-MD5: the name of the same client's identity, also where answers go to the group")
  func eap() {
    let group = MACAddress(value: 0x0180_c200_0003)
    func up(_ client: UInt64, _ data: [UInt8], _ identifier: UInt8) -> Sent {
      Sent(
        method: .eap, path: .eapol(source: MACAddress(value: client), destination: group),
        bytes: LinkLoginsTests.message(2, identifier, data))
    }
    func down(_ destination: MACAddress, _ code: UInt8, _ identifier: UInt8) -> Sent {
      Sent(
        method: .eap, path: .eapol(source: LinkLoginsTests.server, destination: destination),
        bytes: LinkLoginsTests.message(code, identifier))
    }
    let digest = [UInt8](repeating: 0xcd, count: 16)
    let steps = [
      up(1, [1] + Array("eve".utf8), 1), up(5, [1] + Array("frieda".utf8), 1), up(1, [4, 16] + digest, 2),
      up(5, [4, 16] + digest, 2),
    ]
    let text = EmittedValue.text(hexadecimal(digest))
    #expect(
      LinkLoginsTests.logins(steps + [down(MACAddress(value: 5), 3, 2), down(group, 4, 2)]) == [
        [nil, "eap", "EAP-MD5", nil, "frieda", text, "hash", 1, 4, 5],
        [nil, "eap", "EAP-MD5", nil, "eve", text, "hash", 0, 3, 6],
      ])
    // Nobody can tell whose it is.
    #expect(LinkLoginsTests.logins(steps + [down(group, 4, 2)]).map { $0[7] } == [nil, nil])
  }

  @Test("no length from the wire is believed, and no more is kept than the limit")
  func hostile() {
    for bytes in [
      [], [1], [1, 1, 0], [1, 1, 0, 3], [1, 1, 0, 99, 1, 0x61, 1, 0x62], [1, 1, 0, 8, 9, 0x61, 1, 0x62],
      [1, 1, 0, 8, 1, 0x61, 9, 0x62], [1, 1, 0, 9, 1, 0x61, 1, 0x62, 0], [1, 1, 0, 6, 0, 0],
    ] as [[UInt8]] {
      #expect(LinkLoginsTests.logins([Sent(method: .pap, path: LinkLoginsTests.up, bytes: bytes)]).isEmpty)
    }
    for bytes in [[2, 1, 0, 5, 16], [2, 1, 0, 8, 3, 1, 2, 3], [2, 1, 0, 21, 16] + [UInt8](repeating: 1, count: 16)]
      as [[UInt8]]
    {
      #expect(LinkLoginsTests.logins([Sent(method: .chap, path: LinkLoginsTests.up, bytes: bytes)]).isEmpty)
      #expect(LinkLoginsTests.logins([Sent(method: .eap, path: LinkLoginsTests.up, bytes: bytes)]).isEmpty)
    }
    let many = (0..<3000).map { LinkLoginsTests.pap("u\($0)", "p", on: .tunnel(flow: Int64($0), fromClient: true)) }
    #expect(LinkLoginsTests.logins(many).count == 3000)
  }
}
