import Applications
import Bytes
import Records
import TestSupport

/// Drives a parser of logins and shows its rows in one line each.
enum NetworkDialogue {
  /// `mechanism|domain|user|secret|kind|accepted|frame|answer` of every row of `credentials`; `-` is NULL.
  static func shown(_ rows: [EmittedRow]) -> [String] {
    rows.of("credentials").map { row in
      ["mechanism", "domain", "username", "secret", "kind", "accepted", "frame_id", "answer_frame_id"].map { column in
        switch row[column] {
        case .null: "-"
        case .integer(let number): "\(number)"
        case .text(let text): text
        case .blob: "blob"
        }
      }.joined(separator: "|")
    }
  }

  /// The rows for `steps`, shown; each step's bytes cut into pieces of `size`.
  static func logins<Parser: StreamParser>(
    _ parser: Parser.Type, _ steps: [Step], cutInto size: Int? = nil
  ) -> [String] {
    shown(ParserDriver.rows(parser, steps, cutInto: size))
  }

  /// The rows for datagrams, which are frames 1, 2, 3, ... of one flow.
  static func logins<Parser: DatagramParser>(_ parser: Parser.Type, _ datagrams: [(Side, [UInt8])]) -> [String] {
    let context = ApplicationContext(sink: RecordSink(captureID: 1))
    feed(parser, datagrams, context)
    context.finish()
    return shown(context.sink.emittedRows())
  }

  /// Feeds the datagrams of one flow to a parser of its own.
  static func feed<Parser: DatagramParser>(
    _ parser: Parser.Type, _ datagrams: [(Side, [UInt8])], _ context: ApplicationContext
  ) {
    let parser = Parser(flow: ParserDriver.flow())
    for (index, (side, bytes)) in datagrams.enumerated() {
      parser.consume(
        bytes.bytes, length: bytes.count, from: side, in: FrameStamp(id: Int64(index + 1), time: nil), context: context)
    }
    parser.finish(context: context)
  }

  /// Whether a parser hands over behind these bytes.
  static func handsOver<Parser: StreamParser>(_ parser: Parser.Type, _ steps: [(Side, [UInt8])]) -> Bool {
    let context = ApplicationContext(sink: RecordSink(captureID: 1))
    let parser = Parser(flow: ParserDriver.flow())
    for (side, bytes) in steps {
      parser.consume(bytes.bytes, from: side, in: FrameStamp(id: 1, time: nil), context: context)
    }
    return parser.outlook == .handedOver
  }

  /// Whether a parser looks at nothing more behind these steps.
  static func isDone<Parser: StreamParser>(_ parser: Parser.Type, _ steps: [Step]) -> Bool {
    let parser = Parser(flow: ParserDriver.flow())
    LoginDialogue.feed(parser, steps)
    return parser.outlook == .done
  }

  /// What a probe says of these first bytes.
  static func probe<Parser: StreamParser>(
    _ parser: Parser.Type, _ client: [UInt8], _ server: [UInt8] = [], fromStart: Bool = true, port: UInt16 = 4000
  ) -> Probe {
    Parser.probe(
      Opening(
        client: client.bytes, server: server.bytes, fromStart: fromStart, flow: ParserDriver.flow(port: port)))
  }

  /// Whether every beginning of `bytes`, sent by the client, asks for more or matches, and the whole matches.
  static func recognises<Parser: StreamParser>(_ parser: Parser.Type, client bytes: [UInt8]) -> Bool {
    for count in 0..<bytes.count {
      if case .no = probe(parser, Array(bytes[..<count])) { return false }
    }
    if case .match = probe(parser, bytes) { return true }
    return false
  }

  /// Feeds changed datagrams, for which nothing is asked but that it ends.
  static func survive<Parser: DatagramParser>(_ parser: Parser.Type, _ datagrams: [(Side, [UInt8])], rounds: Int = 2000)
  {
    var seed: UInt64 = 13
    func random(_ bound: Int) -> Int {
      seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(seed >> 33) % bound
    }
    for _ in 0..<rounds {
      let changed = datagrams.map { side, bytes -> (Side, [UInt8]) in
        var bytes = bytes
        for _ in 0..<(1 + random(3)) where !bytes.isEmpty {
          bytes[random(bytes.count)] = UInt8(random(256))
        }
        if random(5) == 0 { bytes.removeLast(random(bytes.count + 1)) }
        return (side, bytes)
      }
      for (side, bytes) in changed { _ = Parser.probe(bytes.bytes, from: side, flow: ParserDriver.flow()) }
      _ = logins(parser, changed)
    }
  }
}

extension [UInt8] {
  /// An element in BER with a length of `octets` octets behind the first (0: the short form).
  static func ber(_ tag: UInt8, _ parts: [UInt8]..., octets: Int? = nil) -> [UInt8] {
    let content = parts.flatMap { $0 }
    let count = octets ?? (content.count < 128 ? 0 : content.count < 256 ? 1 : content.count < 65_536 ? 2 : 3)
    if count == 0 { return [tag, UInt8(content.count)] + content }
    let length = (0..<count).reversed().map { UInt8(truncatingIfNeeded: content.count >> (8 * $0)) }
    return [tag, 0x80 | UInt8(count)] + length + content
  }

  /// An element in BER that holds text.
  static func ber(_ tag: UInt8, _ text: String) -> [UInt8] { ber(tag, Array(text.utf8)) }

  /// An INTEGER in BER, or another type with its form.
  static func ber(integer value: Int, tag: UInt8 = 2) -> [UInt8] {
    if (0..<128).contains(value) { return [tag, 1, UInt8(value)] }
    return [tag, 4] + (0..<4).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}
