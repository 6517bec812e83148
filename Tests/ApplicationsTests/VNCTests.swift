import Applications
import TestSupport
import Testing

@Suite("VNC")
struct VNCTests {
  private static let challenge = Array(UInt8(100)...115)
  private static let response = Array(UInt8(1)...16)
  private static let digits = "0102030405060708090a0b0c0d0e0f10"

  private static let start: [Step] = [
    .server("RFB 003.008\n"), .client("RFB 003.008\n"), .bytes(.server, [2, 1, 2]),
  ]
  private static let session: [Step] =
    start + [
      .bytes(.client, [2]), .bytes(.server, challenge), .bytes(.client, response), .bytes(.server, [0, 0, 0, 1]),
      .bytes(.server, [0, 0, 0, 4]), .server("nope"), .close(.client), .close(.server),
    ]

  private static func logins(_ steps: [Step], cutInto size: Int? = nil) -> [String] {
    NetworkDialogue.logins(VNCParser.self, steps, cutInto: size)
  }

  @Test("a response with its result, whatever the pieces", arguments: [nil, 1, 2, 3, 7])
  func response(_ size: Int?) {
    #expect(Self.logins(Self.session, cutInto: size) == ["VNC|-|-|\(Self.digits)|hash|0|6|7"])
    var accepted = Self.session
    accepted[6] = .bytes(.server, [0, 0, 0, 0])
    #expect(Self.logins(accepted, cutInto: size) == ["VNC|-|-|\(Self.digits)|hash|1|6|7"])
    #expect(Self.logins(Array(Self.session[..<6]), cutInto: size) == ["VNC|-|-|\(Self.digits)|hash|-|6|-"])
    #expect(Self.logins(Array(Self.session[..<5]), cutInto: size) == [])
  }

  @Test("before 3.7 the server decides")
  func oldVersion() {
    #expect(
      Self.logins([
        .server("RFB 003.008\n"), .client("RFB 003.003\n"), .bytes(.server, [0, 0, 0, 2]),
        .bytes(.server, Self.challenge), .bytes(.client, Self.response), .bytes(.server, [0, 0, 0, 0]),
      ]) == ["VNC|-|-|\(Self.digits)|hash|1|5|6"])
  }

  @Test("TightVNC's negotiation leads to the same")
  func tight() {
    let capability = Array(repeating: UInt8(65), count: 16)
    #expect(
      Self.logins(
        Self.start + [
          .bytes(.client, [16]), .bytes(.server, [0, 0, 0, 1] + capability), .bytes(.client, [0, 0, 0, 0]),
          .bytes(.server, [0, 0, 0, 2] + capability + capability), .bytes(.client, [0, 0, 0, 2]),
          .bytes(.server, Self.challenge), .bytes(.client, Self.response), .bytes(.server, [0, 0, 0, 0]),
        ]) == ["VNC|-|-|\(Self.digits)|hash|1|10|11"])
  }

  @Test("VeNCrypt: a password in the clear, and TLS")
  func veNCrypt() {
    let start =
      Self.start + [
        .bytes(.client, [19]), .bytes(.server, [0, 2]), .bytes(.client, [0, 2]),
        .bytes(.server, [0, 2, 0, 0, 1, 0, 0, 0, 1, 3]),
      ]
    #expect(
      Self.logins(
        start + [
          .bytes(.client, [0, 0, 1, 0, 0, 0, 0, 2, 0, 0, 0, 3] + Array("jopwd".utf8)), .bytes(.server, [0, 0, 0, 0]),
        ]) == ["Plain|-|jo|pwd|password|1|8|9"])
    let bytes = (start + [.bytes(.client, [0, 0, 1, 3])]).compactMap { step -> (Side, [UInt8])? in
      if case .bytes(let side, let bytes) = step { (side, bytes) } else { nil }
    }
    #expect(NetworkDialogue.handsOver(VNCParser.self, bytes + [(.server, [1])]))
    #expect(!NetworkDialogue.handsOver(VNCParser.self, bytes + [(.server, [0])]))
  }

  @Test("without a password there is no login; a gap, and bytes out of turn, end what can be known")
  func others() {
    #expect(Self.logins(Self.start + [.bytes(.client, [1]), .bytes(.server, [0, 0, 0, 0])]) == [])
    var steps = Self.session
    steps.insert(.gap(.server, 16), at: 4)
    #expect(Self.logins(steps) == [])
    steps = Self.session
    steps.insert(.bytes(.client, [9]), at: 6)
    #expect(Self.logins(steps) == ["VNC|-|-|\(Self.digits)|hash|-|6|-"])
  }

  @Test("no mutation, cut or gap changes rows or traps")
  func hostile() {
    LoginDialogue.mutate(VNCParser.self, Self.session, rounds: 1000)
    LoginDialogue.checkGaps(VNCParser.self, Self.session)
    #expect(
      Self.logins(
        Self.start + [.bytes(.client, [16]), .bytes(.server, Array(repeating: 0xff, count: 10_000))]) == [])
  }

  @Test("the version tells it on any port")
  func probe() {
    for count in 0..<12 {
      #expect(NetworkDialogue.probe(VNCParser.self, [], Array(Array("RFB 003.889\n".utf8)[..<count])) == .more)
    }
    #expect(NetworkDialogue.probe(VNCParser.self, [], Array("RFB 003.889\n".utf8)) == .match)
    #expect(NetworkDialogue.probe(VNCParser.self, [], Array("RFB 3.8\n".utf8)) == .no)
    #expect(NetworkDialogue.probe(VNCParser.self, Array("RFB 003.008\n".utf8)) == .more)
    #expect(NetworkDialogue.probe(VNCParser.self, Array("RFB 003.008\n".utf8), fromStart: false) == .reversed)
    LoginDialogue.checkNoise(VNCParser.self, ports: [5900, 4444])
  }
}
