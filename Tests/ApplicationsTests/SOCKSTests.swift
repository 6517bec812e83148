import Bytes
import TestSupport
import Testing

@testable import Applications

@Suite("SOCKS logins")
struct SOCKSTests {
  private static func logins(_ steps: [Step], sourceLocation: SourceLocation = #_sourceLocation) -> [String] {
    LoginDialogue.lines(SOCKSParser.self, steps, sourceLocation: sourceLocation)
  }

  private static let greeting: [UInt8] = [5, 2, 0, 2]
  private static let login: [UInt8] = [1, 6] + Array("frieda".utf8) + [4] + Array("p:\u{7f}x".utf8)
  private static let request: [UInt8] = [5, 1, 0, 3, 9] + Array("a.example".utf8) + [0, 80]
  private static let reply: [UInt8] = [5, 0, 0, 1, 0, 0, 0, 0, 0, 0]

  @Test("accepted, refused, unanswered, pipelined")
  func login() {
    let start: [Step] = [
      .bytes(.client, SOCKSTests.greeting), .bytes(.server, [5, 2]), .bytes(.client, SOCKSTests.login),
    ]
    let rest: [Step] = [.bytes(.client, SOCKSTests.request), .bytes(.server, SOCKSTests.reply)]
    #expect(SOCKSTests.logins(start + [.bytes(.server, [1, 0])] + rest) == ["USER/PASS|frieda|p:\u{7f}x|1|3|4"])
    #expect(SOCKSTests.logins(start + [.bytes(.server, [1, 1])]) == ["USER/PASS|frieda|p:\u{7f}x|0|3|4"])
    #expect(SOCKSTests.logins(start) == ["USER/PASS|frieda|p:\u{7f}x||3|"])
    #expect(
      SOCKSTests.logins([
        .bytes(.client, SOCKSTests.greeting + SOCKSTests.login + SOCKSTests.request),
        .bytes(.server, [5, 2, 1, 0] + SOCKSTests.reply),
      ]) == ["USER/PASS|frieda|p:\u{7f}x|1|1|2"])
  }

  @Test("SOCKS4's user is a login without a secret, and none at all where it is empty")
  func user() {
    func logins(_ user: String, _ code: UInt8?) -> [String] {
      let request: Step = .bytes(.client, [4, 1, 0, 80, 192, 0, 2, 7] + Array(user.utf8) + [0])
      return SOCKSTests.logins([request] + (code.map { [.bytes(.server, [0, $0, 0, 80, 0, 0, 0, 0])] } ?? []))
    }
    #expect(logins("frieda", 90) == ["USERID|frieda||1|1|2"])
    #expect(logins("frieda", 91) == ["USERID|frieda|||1|2"])
    #expect(logins("frieda", 92) == ["USERID|frieda||0|1|2"])
    #expect(logins("frieda", 93) == ["USERID|frieda||0|1|2"])
    #expect(logins("frieda", nil) == ["USERID|frieda|||1|"])
    #expect(logins("", 90) == [])
  }

  static let session: [Step] = [
    .bytes(.client, greeting), .bytes(.server, [5, 2]), .bytes(.client, login), .bytes(.server, [1, 0]),
    .bytes(.client, request), .bytes(.server, reply), .client("GET / HTTP/1.1\r\n\r\n"),
  ]

  @Test("nothing that is missing gives a login that was not there, and no mutation or cut traps")
  func damage() {
    LoginDialogue.checkGaps(SOCKSParser.self, SOCKSTests.session)
    LoginDialogue.mutate(SOCKSParser.self, SOCKSTests.session)
    LoginDialogue.checkNoise(SOCKSParser.self, ports: [1080, 4000])
  }

  @Test("no login where the server wants none, or nothing that was offered")
  func none() {
    for choice: UInt8 in [0, 1, 0xff] {
      #expect(
        SOCKSTests.logins([
          .bytes(.client, SOCKSTests.greeting), .bytes(.server, [5, choice]), .bytes(.client, SOCKSTests.login),
          .bytes(.server, [1, 0]),
        ]) == [])
    }
    #expect(
      SOCKSTests.logins([
        .bytes(.client, SOCKSTests.greeting), .bytes(.server, [5, 2]),
        .bytes(.client, Array(SOCKSTests.login.prefix(5))),
        .gap(.client, 2), .bytes(.client, SOCKSTests.login),
      ]) == [])
  }

  /// What the analyzer tells of a flow, and the rows, for bytes of the client (true) and the server.
  private static func analyze(_ pieces: [(Bool, [UInt8])]) -> (service: String?, rows: [EmittedRow]) {
    let context = ApplicationContext(sink: .init(captureID: 1))
    let analyzer = StreamAnalyzer(flow: ParserDriver.flow(port: 1080), fromStart: true)
    for (index, piece) in pieces.enumerated() {
      analyzer.consume(
        piece.1.bytes, fromClient: piece.0, in: FrameStamp(id: Int64(index + 1), time: nil), context: context)
    }
    analyzer.finish(context: context)
    return (analyzer.service, context.sink.emittedRows())
  }

  private static let inner: [(Bool, [UInt8])] = [
    (false, Array("220 x\r\n".utf8)), (true, Array("USER a\r\n".utf8)), (false, Array("331 p\r\n".utf8)),
    (true, Array("PASS b\r\n".utf8)), (false, Array("230 in\r\n".utf8)),
  ]

  @Test("the tunnel's own protocol is recognised behind it, SOCKS 5 and 4")
  func tunnel() {
    let version5 = SOCKSTests.analyze(
      [
        (true, SOCKSTests.greeting), (false, [5, 2]), (true, SOCKSTests.login), (false, [1, 0]),
        (true, SOCKSTests.request), (false, SOCKSTests.reply),
      ] + SOCKSTests.inner)
    #expect(version5.service == "socks")
    #expect(version5.rows.of("credentials").map { $0["protocol"] } == ["socks", "ftp"])
    #expect(version5.rows.of("credentials").last?["secret"] == "b")
    let version4 = SOCKSTests.analyze(
      [(true, [4, 1, 0, 21, 192, 0, 2, 7] + Array("frieda".utf8) + [0]), (false, [0, 90, 0, 21, 192, 0, 2, 7])]
        + SOCKSTests.inner)
    #expect(version4.service == "socks")
    #expect(version4.rows.of("credentials").map { $0["protocol"] } == ["socks", "ftp"])
    // The proxy sends the tunnel's first bytes with its reply.
    let joined = SOCKSTests.analyze(
      [
        (true, SOCKSTests.greeting), (false, [5, 0]), (true, SOCKSTests.request),
        (false, SOCKSTests.reply + SOCKSTests.inner[0].1),
      ] + SOCKSTests.inner.dropFirst())
    #expect(joined.rows.of("credentials").map { $0["protocol"] } == ["ftp"])
    // The client does not wait for the tunnel: where its protocol begins is not known.
    let early = SOCKSTests.analyze(
      [
        (true, SOCKSTests.greeting), (false, [5, 0]), (true, SOCKSTests.request + [1, 2, 3]),
        (false, SOCKSTests.reply),
      ] + SOCKSTests.inner)
    #expect(early.service == "socks")
    // A proxy behind the proxy.
    let nested = SOCKSTests.analyze(
      [
        (true, SOCKSTests.greeting), (false, [5, 0]), (true, SOCKSTests.request), (false, SOCKSTests.reply),
        (true, SOCKSTests.greeting), (false, [5, 2]), (true, SOCKSTests.login), (false, [1, 0]),
        (true, SOCKSTests.request), (false, SOCKSTests.reply + SOCKSTests.inner[0].1),
      ] + SOCKSTests.inner.dropFirst())
    #expect(nested.rows.of("credentials").map { $0["protocol"] } == ["socks", "ftp"])
  }

  @Test("wrong lengths and floods give nothing, and little is kept")
  func hostile() {
    let parser = SOCKSParser(flow: ParserDriver.flow())
    let context = ApplicationContext(sink: .init(captureID: 1))
    let frame = FrameStamp(id: 1, time: nil)
    let flood = SOCKSTests.greeting + Array(repeating: UInt8(1), count: 100_000)
    parser.consume(flood.bytes, from: .client, in: frame, context: context)
    parser.consume(flood.bytes, from: .client, in: frame, context: context)
    #expect(parser.heldBytes <= 17 * SOCKSMessages.limit)
    var noise = Noise(9)
    for _ in 0..<200 {
      let steps: [Step] = [
        .bytes(.client, [5, 1, 2]), .bytes(.server, [5, 2]), .bytes(.client, [2] + noise.bytes(600)),
        .bytes(.server, noise.bytes(20)),
      ]
      #expect(SOCKSTests.logins(steps) == [])
      _ = SOCKSTests.logins([.bytes(.client, [4] + noise.bytes(600)), .bytes(.server, noise.bytes(20))])
    }
  }

  @Test("a greeting and its answer tell it, on any port")
  func probe() {
    func probe(_ client: [UInt8], _ server: [UInt8]) -> Probe {
      LoginDialogue.probe(SOCKSParser.self, bytes: client, server)
    }
    #expect(probe([5, 2, 0, 2], [5, 2]) == .match)
    #expect(probe([5, 1, 0], [5, 0xff]) == .match)
    #expect(probe([5, 2, 0, 2], []) == .more)
    #expect(probe([5, 2, 0], []) == .more)
    #expect(probe([5, 2, 0, 2], [5]) == .more)
    #expect(probe([5, 2, 0, 2], [5, 1]) == .no)
    #expect(probe([5, 2, 0, 2], [1, 2]) == .no)
    #expect(probe([5, 0, 11, 3, 16, 0], []) == .no)
    #expect(probe([5, 1, 50], []) == .no)
    #expect(probe([], [5, 0]) == .no)
    let request4: [UInt8] = [4, 1, 0, 80, 192, 0, 2, 7] + Array("me".utf8) + [0]
    let name = Array("b.example".utf8) + [0]
    #expect(probe(request4, []) == .more)
    #expect(probe(request4, [0, 91, 0, 0, 0, 0, 0, 0]) == .match)
    #expect(probe([4, 1, 0, 80, 0, 0, 0, 7, 0] + name, [0, 90, 0, 0, 0, 0, 0, 0]) == .match)
    #expect(probe(request4 + [1], []) == .no)
    #expect(probe(request4, [0, 1, 0, 0, 0, 0, 0, 0]) == .no)
    #expect(probe(request4, [0, 90, 0, 0, 0, 0, 0, 0, 0x32]) == .match)
    #expect(probe(request4, [0, 91, 0, 0, 0, 0, 0, 0, 0x32]) == .no)
    #expect(probe([4, 0, 8, 0], []) == .no)
  }
}
