public import Applications
import Bytes
import Records

/// One step of a dialogue that a parser is fed with.
public enum Step: Sendable {
  /// Bytes from a side.
  case bytes(Side, [UInt8])
  /// Bytes from a side that the capture lacks.
  case gap(Side, Int)
  /// A side's last byte has been sent.
  case close(Side)

  /// Text from the client.
  public static func client(_ text: String) -> Step { .bytes(.client, Array(text.utf8)) }
  /// Text from the server.
  public static func server(_ text: String) -> Step { .bytes(.server, Array(text.utf8)) }
}

/// Feeds stream parsers in the ways in which TCP may cut the bytes.
public enum ParserDriver {
  /// A flow for tests: 192.0.2.1:40000 to 198.51.100.7:`port`, row 1.
  public static func flow(port: UInt16 = 80) -> FlowIdentity {
    FlowIdentity(
      id: 1, client: Endpoint(IPAddress(v4: 0xc000_0201), 40000), server: Endpoint(IPAddress(v4: 0xc633_6407), port))
  }

  /// The rows that `parser` emits for `steps`, each step's bytes cut into pieces of `size` (nil: whole). The steps are
  /// frames 1, 2, 3, ... however they are cut, at 1 ms distance.
  public static func rows<Parser: StreamParser>(
    _ parser: Parser.Type, _ steps: [Step], cutInto size: Int? = nil, port: UInt16 = 80
  ) -> [EmittedRow] {
    let sink = RecordSink(captureID: 1)
    let context = ApplicationContext(sink: sink)
    let parser = Parser(flow: flow(port: port))
    for (index, step) in steps.enumerated() {
      let frame = FrameStamp(id: Int64(index + 1), time: Int64(index) * 1_000_000)
      switch step {
      case .bytes(let side, let bytes):
        var start = 0
        while start < bytes.count {
          let end = min(bytes.count, start + (size ?? bytes.count))
          parser.consume(bytes.bytes.part(from: start, to: end), from: side, in: frame, context: context)
          start = end
        }
      case .gap(let side, let count): parser.gap(of: count, from: side, in: frame, context: context)
      case .close(let side): parser.close(side, context: context)
      }
    }
    parser.finish(context: context)
    return sink.emittedRows()
  }
}
