import Applications
import Bytes
import Records
import TestSupport
import Testing

/// What every parser of logins must do with a dialogue.
enum LoginDialogue {
  /// What a row of `credentials` shows: mechanism, domain, user name, secret, kind, accepted, frame, frame of the answer.
  static func shown(_ row: EmittedRow) -> [EmittedValue] {
    ["mechanism", "domain", "username", "secret", "kind", "accepted", "frame_id", "answer_frame_id"].map { row[$0] }
  }

  /// The logins that `parser` finds in `steps`, after checking that they are the same however the bytes are cut.
  static func logins<Parser: StreamParser>(
    _ parser: Parser.Type, _ steps: [Step], sourceLocation: SourceLocation = #_sourceLocation
  ) -> [[EmittedValue]] {
    let whole = ParserDriver.rows(parser, steps)
    for size in [1, 2, 3, 7, 64] {
      #expect(whole == ParserDriver.rows(parser, steps, cutInto: size), sourceLocation: sourceLocation)
    }
    return whole.of("credentials").map(shown)
  }

  /// Lets every step of `steps`, and parts of it, be missing: no login may come that is not in the whole, and none with
  /// another answer than there.
  static func checkGaps<Parser: StreamParser>(
    _ parser: Parser.Type, _ steps: [Step], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    // What was sent and what was said of it.
    let whole = Set(ParserDriver.rows(parser, steps).of("credentials").map { "\(shown($0)[2...3]) \($0["accepted"])" })
    let sent = Set(ParserDriver.rows(parser, steps).of("credentials").map { "\($0["secret"])" })
    for (index, step) in steps.enumerated() {
      guard case .bytes(let side, let bytes) = step else { continue }
      for lost in [0..<bytes.count, 0..<(bytes.count / 2), (bytes.count / 2)..<bytes.count] where !lost.isEmpty {
        var thinned = Array(steps[..<index])
        if lost.lowerBound > 0 { thinned.append(.bytes(side, Array(bytes[..<lost.lowerBound]))) }
        thinned.append(.gap(side, lost.count))
        if lost.upperBound < bytes.count { thinned.append(.bytes(side, Array(bytes[lost.upperBound...]))) }
        thinned += steps[(index + 1)...]
        for row in ParserDriver.rows(parser, thinned).of("credentials") {
          #expect(sent.contains("\(row["secret"])"), "\(row), step \(index)", sourceLocation: sourceLocation)
          guard row["accepted"] != nil, row["username"] != nil else { continue }
          let login = "\(shown(row)[2...3]) \(row["accepted"])"
          #expect(whole.contains(login), "\(login), step \(index) \(lost)", sourceLocation: sourceLocation)
        }
      }
    }
  }

  /// Changes, cuts and drops bytes of `steps` at random: nothing may trap, and the pieces must not matter.
  static func mutate<Parser: StreamParser>(
    _ parser: Parser.Type, _ steps: [Step], rounds: Int = 500, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    var seed: UInt64 = 11
    func random(_ bound: Int) -> Int {
      seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(seed >> 33) % bound
    }
    for _ in 0..<rounds {
      let changed = steps.map { step -> Step in
        guard case .bytes(let side, var bytes) = step else { return step }
        if random(8) == 0 { return .gap(side, random(100)) }
        for _ in 0..<random(4) { bytes[random(bytes.count)] = UInt8(random(256)) }
        return .bytes(side, bytes)
      }
      let whole = ParserDriver.rows(parser, changed)
      #expect(
        whole == ParserDriver.rows(parser, changed, cutInto: 1 + random(5)), sourceLocation: sourceLocation)
    }
  }

  /// What a parser keeps after these bytes of one side.
  static func held<Parser: StreamParser>(_ parser: Parser.Type, after bytes: [UInt8], from side: Side) -> Int {
    let parser = parser.init(flow: ParserDriver.flow())
    parser.consume(
      bytes.bytes, from: side, in: FrameStamp(id: 1, time: 0),
      context: ApplicationContext(sink: RecordSink(captureID: 1)))
    return parser.heldBytes
  }

  /// Feeds the bytes of `steps`, each whole.
  static func feed(_ parser: some StreamParser, _ steps: [Step]) {
    let context = ApplicationContext(sink: RecordSink(captureID: 1))
    for (index, step) in steps.enumerated() {
      guard case .bytes(let side, let bytes) = step else { continue }
      parser.consume(bytes.bytes, from: side, in: FrameStamp(id: Int64(index + 1), time: nil), context: context)
    }
  }

  /// Shows `parser` openings of random bytes, and of random text, on any port: it must take none of them.
  static func checkNoise<Parser: StreamParser>(
    _ parser: Parser.Type, ports: [UInt16], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    var seed: UInt64 = 5
    func random(_ bound: Int) -> Int {
      seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(seed >> 33) % bound
    }
    for round in 0..<4000 {
      let isText = round % 2 == 1
      func noise() -> [UInt8] {
        (0..<random(80)).map { _ in
          isText
            ? (random(12) == 0 ? [0x20, 0x0d, 0x0a, 0x2b][random(4)] : UInt8(0x30 + random(75))) : UInt8(random(256))
        }
      }
      let (client, server) = (noise(), noise())
      let flow = FlowIdentity(
        id: 1, client: Endpoint(IPAddress(v4: 1), 40000), server: Endpoint(IPAddress(v4: 2), ports[random(ports.count)])
      )
      for fromStart in [true, false] {
        let verdict = Parser.probe(
          Opening(client: client.bytes, server: server.bytes, fromStart: fromStart, flow: flow))
        #expect(verdict == .no || verdict == .more, sourceLocation: sourceLocation)
      }
    }
  }

  /// What a probe says of these first bytes.
  static func probe<Parser: StreamParser>(
    _ parser: Parser.Type, _ client: String, _ server: String, fromStart: Bool = true,
    client clientPort: UInt16 = 40000,
    server serverPort: UInt16 = 4000
  ) -> Probe {
    probe(
      parser, Array(client.utf8), Array(server.utf8), fromStart: fromStart, client: clientPort, server: serverPort)
  }

  /// What a probe says of these first bytes.
  static func probe<Parser: StreamParser>(
    _ parser: Parser.Type, _ client: [UInt8], _ server: [UInt8], fromStart: Bool = true,
    client clientPort: UInt16 = 40000, server serverPort: UInt16 = 4000
  ) -> Probe {
    let flow = FlowIdentity(
      id: 1, client: Endpoint(IPAddress(v4: 1), clientPort), server: Endpoint(IPAddress(v4: 2), serverPort))
    return Parser.probe(Opening(client: client.bytes, server: server.bytes, fromStart: fromStart, flow: flow))
  }
}

/// Base64 of text, for dialogues.
func base64(_ text: String) -> String { base64(Array(text.utf8)) }

/// Base64 of bytes, for dialogues.
func base64(_ bytes: [UInt8]) -> String {
  let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
  var result = ""
  for start in stride(from: 0, to: bytes.count, by: 3) {
    let part = bytes[start..<min(start + 3, bytes.count)]
    let bits = part.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - part.count))
    for place in 0..<4 { result.append(place <= part.count ? digits[bits >> (18 - 6 * place) & 63] : "=") }
  }
  return result
}
