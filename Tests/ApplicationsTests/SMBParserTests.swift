import Bytes
import TestSupport
import Testing

@testable import Applications

@Suite("SMB logins")
struct SMBParserTests {
  private typealias M = SMBMessages

  private static func logins(_ steps: [Step], sourceLocation: SourceLocation = #_sourceLocation) -> [[EmittedValue]] {
    LoginDialogue.logins(SMBParser.self, steps, sourceLocation: sourceLocation)
  }

  static let response2 = (0..<60).map { UInt8($0) }
  static let response1 = (100..<124).map { UInt8($0) }
  static let file = SMBMessages.smb2(9, id: 9, [UInt8](repeating: 0x53, count: 3000))

  /// The third message of NTLM, the file that is written in between, and the answers.
  static let session: [Step] = [
    .bytes(.client, M.smb2(0, id: 0, [36, 0])), .bytes(.server, M.smb2(0, id: 0, from: true, [65, 0])),
    M.setup2(M.spnego(M.first), id: 1), M.answer2(M.moreProcessing, id: 1),
    M.setup2(M.spnego(M.ntlm(user: "eve", domain: "SALES", response: response2)), id: 2),
    M.answer2(M.loginFailure, id: 2), M.setup2(M.first, id: 3), M.answer2(M.moreProcessing, id: 3),
    M.setup2(M.ntlm(user: "frieda", domain: "", response: response1), id: 4), M.answer2(M.success, id: 4),
    .bytes(.client, file), .bytes(.server, M.smb2(9, id: 9, from: true, [17, 0])), .close(.client), .close(.server),
  ]

  @Test("SMB 2: NTLM through SPNEGO and raw")
  func session() {
    #expect(
      SMBParserTests.logins(SMBParserTests.session) == [
        ["NTLMv2", "SALES", "eve", .text(hexadecimal(SMBParserTests.response2)), "hash", 0, 5, 6],
        ["NTLMv1", nil, "frieda", .text(hexadecimal(SMBParserTests.response1)), "hash", 1, 9, 10],
      ])
  }

  static let old: [Step] = [
    M.negotiate, M.security(3), M.legacy(lm: response1, nt: response1, user: "eve", domain: "SALES", id: 1),
    M.answer1(M.loginFailure, id: 1), M.legacy(lm: response1, nt: response2, user: "Zoë", domain: "", id: 2),
    M.answer1(M.success, id: 2),
    M.legacy(lm: response1, nt: [], user: "frieda", domain: "SALES", id: 3, unicode: false),
    M.answer1(M.success, id: 3),
    M.setup1(M.first, id: 4), M.answer1(M.moreProcessing, id: 4),
    M.setup1(M.ntlm(user: "frieda", domain: "SALES", response: response1), id: 5), M.answer1(M.success, id: 5),
  ]

  @Test("SMB 1: responses of LAN Manager and NTLM, and a token")
  func old() {
    let response1 = EmittedValue.text(hexadecimal(SMBParserTests.response1))
    #expect(
      SMBParserTests.logins(SMBParserTests.old) == [
        ["NTLMv1", "SALES", "eve", response1, "hash", 0, 3, 4],
        ["NTLMv2", nil, "Zoë", .text(hexadecimal(SMBParserTests.response2)), "hash", 1, 5, 6],
        ["LM", "SALES", "frieda", response1, "hash", 1, 7, 8],
        ["NTLMv1", "SALES", "frieda", response1, "hash", 1, 11, 12],
      ])
  }

  @Test("SMB 1: passwords, where the server has asked for them", arguments: [true, false])
  func passwords(isUnicode: Bool) {
    let password = isUnicode ? [0] + M.wide("gue ss\0") : Array("gue ss\0".utf8)
    let login =
      isUnicode
      ? M.legacy(lm: [], nt: password, user: "eve", domain: "SALES", id: 1)
      : M.legacy(lm: password, nt: [], user: "eve", domain: "SALES", id: 1, unicode: false)
    guard case .bytes(let side, var bytes) = login else { return }
    // The length of a password does not count the byte before it.
    if isUnicode { bytes[4 + 33 + 16] -= 1 }
    let steps: [Step] = [.bytes(side, bytes), M.answer1(M.success, id: 1)]
    #expect(
      SMBParserTests.logins([M.negotiate, M.security(1)] + steps)
        == [["plaintext", "SALES", "eve", "gue ss", "password", 1, 3, 4]])
    #expect(SMBParserTests.logins([M.negotiate, M.security(3)] + steps).isEmpty)
    #expect(SMBParserTests.logins(steps).isEmpty)
  }

  @Test("who is anonymous, or has no secret, has no row")
  func anonymous() {
    #expect(
      SMBParserTests.logins([
        M.setup2(M.ntlm(user: "", domain: "", response: []), id: 1), M.answer2(M.success, id: 1, flags: 2),
        M.legacy(lm: [0], nt: [], user: "", domain: "", id: 2), M.answer1(M.success, id: 2),
        M.legacy(lm: [0], nt: [], user: "guest", domain: "", id: 3), M.answer1(M.success, id: 3),
        M.setup2(M.first, id: 4), M.answer2(M.loginFailure, id: 4),
      ]).isEmpty)
  }

  @Test("Kerberos: a ticket, with its realm")
  func kerberos() {
    let request: [UInt8] =
      [
        0x6e, 0x30, 0x30, 0x2e, 0xa0, 3, 2, 1, 5, 0xa1, 3, 2, 1, 14, 0x61, 0x20, 0x30, 0x1e, 0xa0, 3, 2, 1, 5, 0xa1, 13,
        0x1b, 11,
      ]
      + Array("EXAMPLE.COM".utf8) + [0xa2, 0]
    let token: [UInt8] = [0x60, 0x40, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 1, 2, 2, 1, 0] + request
    #expect(
      SMBParserTests.logins([
        M.setup2(M.spnego(token), id: 1), M.answer2(M.moreProcessing, id: 1), M.setup2([0xa1, 0], id: 2),
        M.answer2(M.success, id: 2),
      ]) == [["Kerberos", "EXAMPLE.COM", nil, nil, "hash", 1, 1, 4]])
  }

  @Test(
    "each status says whether it was accepted",
    arguments: [
      (M.success, 1), (M.loginFailure, 0), ([0x64, 0, 0, 0xc0], 0), ([0x34, 2, 0, 0xc0], 0), ([0x5e, 0, 0, 0xc0], nil),
      ([0xd, 0, 0, 0xc0], nil),
    ] as [([UInt8], EmittedValue)])
  func acceptance(_ status: [UInt8], _ accepted: EmittedValue) {
    let login = M.setup2(M.ntlm(user: "eve", domain: "", response: SMBParserTests.response1), id: 7)
    #expect(SMBParserTests.logins([login, M.answer2(status, id: 7)]).map { [$0[5], $0[7]] } == [[accepted, 2]])
    #expect(SMBParserTests.logins([login, M.answer2(status, id: 8)]).map { [$0[5], $0[7]] } == [[nil, nil]])
  }

  @Test("errors of LAN Manager; and a guest has not shown that the password is right")
  func odd() {
    let login = M.legacy(lm: SMBParserTests.response1, nt: [], user: "eve", domain: "", id: 1)
    for (status, accepted) in [([2, 0, 2, 0], 0), ([1, 0, 5, 0], 0), ([2, 0, 1, 0], nil), ([0, 0, 0, 0], 1)]
      as [([UInt8], EmittedValue)]
    {
      #expect(SMBParserTests.logins([login, M.answer1(status, id: 1, flags2: 0)]).map { $0[5] } == [accepted])
    }
    #expect(SMBParserTests.logins([login, M.answer1(M.success, id: 1, action: 1)]).map { $0[5] } == [nil])
    let new = M.setup2(M.ntlm(user: "eve", domain: "", response: SMBParserTests.response1), id: 7)
    #expect(SMBParserTests.logins([new, M.answer2(M.success, id: 7, flags: 1)]).map { $0[5] } == [nil])
  }

  @Test("pipelined logins, one without an answer")
  func pipelined() {
    func login(_ user: String, id: Int) -> [UInt8] {
      guard
        case .bytes(_, let bytes) = M.setup2(
          M.ntlm(user: user, domain: "", response: SMBParserTests.response1), id: id)
      else { return [] }
      return bytes
    }
    #expect(
      SMBParserTests.logins([
        .bytes(.client, login("a", id: 1) + login("b", id: 2) + login("c", id: 3)), M.answer2(M.success, id: 2),
        M.answer2(M.loginFailure, id: 1),
      ]).map { [$0[2], $0[5]] } == [["b", 1], ["a", 0], ["c", nil]])
    let many = (1...50).flatMap { login("u\($0)", id: $0) }
    #expect(SMBParserTests.logins([.bytes(.client, many)]).count == 50)
  }

  @Test("what is missing of a file does not matter; otherwise the next message is looked for")
  func gaps() {
    LoginDialogue.checkGaps(SMBParser.self, SMBParserTests.session)
    LoginDialogue.checkGaps(SMBParser.self, SMBParserTests.old)
    let login = Array(SMBParserTests.session[4...5])
    let file = SMBParserTests.file
    let part = Step.bytes(.client, Array(file[..<500]))
    for lost in [1000, file.count - 500, 5000] {
      var steps = [part, .gap(.client, lost)]
      if 500 + lost < file.count { steps.append(.bytes(.client, Array(file[(500 + lost)...]))) }
      #expect(SMBParserTests.logins(steps + login).map { $0[5] } == [0])
    }
  }

  @Test("no mutation, cut or gap traps")
  func mutations() {
    LoginDialogue.mutate(SMBParser.self, SMBParserTests.session)
    LoginDialogue.mutate(SMBParser.self, SMBParserTests.old)
  }

  @Test("a NetBIOS session, and its keep-alives")
  func netBIOS() {
    let request: [UInt8] =
      [0x81, 0, 0, 0x44, 0x20] + [UInt8](repeating: 0x41, count: 32) + [0, 0x20] + [UInt8](repeating: 0x43, count: 32)
      + [0]
    let steps: [Step] = [.bytes(.client, request), .bytes(.server, [0x82, 0, 0, 0])] + SMBParserTests.old[2...3]
    #expect(SMBParserTests.logins(steps).map { $0[2] } == ["eve"])
    #expect(
      SMBParserTests.logins([.bytes(.client, [0x85, 0, 0, 0]), .bytes(.server, [0x85, 0, 0, 0])] + steps).count == 1)
    func probe(_ client: [UInt8], _ server: [UInt8], port: UInt16 = 4000) -> Probe {
      LoginDialogue.probe(SMBParser.self, client, server, server: port)
    }
    #expect(probe(request, []) == .more)
    #expect(probe(request, [0x82, 0, 0, 0]) == .more)
    #expect(probe(request, [0x83, 0, 0, 1, 0x82]) == .no)
    #expect(probe(request + M.smb1(0x72, id: 1, words: [], []), []) == .match)
    #expect(probe([0x81, 0, 0, 0x44, 0x20, 0x61], []) == .no)
    #expect(probe([0x81, 0, 0, 0x43], []) == .no)
  }

  @Test("recognised by its messages on any port, in any direction")
  func probes() {
    let two = M.smb2(1, id: 1, [25, 0])
    let one = M.smb1(0x72, id: 1, words: [], [])
    for message in [one, two] {
      #expect(LoginDialogue.probe(SMBParser.self, message, []) == .match)
      for size in 0..<14 { #expect(LoginDialogue.probe(SMBParser.self, Array(message[..<size]), []) == .more) }
      #expect(LoginDialogue.probe(SMBParser.self, [], message) == .reversed)
      var other = message
      other[1] = 0
      other[2] = 0
      other[3] = 20
      #expect(LoginDialogue.probe(SMBParser.self, other, []) == .no)
      other = message
      other[6] = 0x4e
      #expect(LoginDialogue.probe(SMBParser.self, other, []) == .no)
    }
    #expect(LoginDialogue.probe(SMBParser.self, [], M.smb2(1, id: 1, from: true, [9, 0])) == .match)
    let closed: [UInt8] = [0, 0, 1, 0, 0xfd, 0x53, 0x4d, 0x42] + [UInt8](repeating: 7, count: 60)
    #expect(LoginDialogue.probe(SMBParser.self, closed, []) == .no)
    #expect(LoginDialogue.probe(SMBParser.self, closed, [], server: 445) == .match)
    LoginDialogue.checkNoise(SMBParser.self, ports: [445, 139, 4000])
  }

  @Test("no length from the wire is believed, and nothing is kept beyond a limit")
  func limits() {
    let long =
      [0, 0xff, 0xff, 0xff] + M.smb2(1, id: 1, [25, 0]).dropFirst(4) + [UInt8](repeating: 0x53, count: 100_000)
    #expect(LoginDialogue.held(SMBParser.self, after: long, from: .client) < 20_000)
    let login = M.setup2(M.ntlm(user: "eve", domain: "", response: SMBParserTests.response1), id: 1)
    guard case .bytes(_, let bytes) = login else { return }
    for place in bytes.indices {
      for value in [0, 1, 0x7f, 0x80, 0xff] as [UInt8] {
        var changed = bytes
        changed[place] = value
        _ = ParserDriver.rows(SMBParser.self, [.bytes(.client, changed), M.answer2(M.success, id: 1)])
      }
    }
    let parser = SMBParser(flow: ParserDriver.flow())
    LoginDialogue.feed(parser, [.bytes(.client, [UInt8](repeating: 0x53, count: SMBParser.strangeByteLimit + 10))])
    #expect(parser.outlook == .done)
  }
}
