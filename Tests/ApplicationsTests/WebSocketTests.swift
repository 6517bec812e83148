import Bytes
import Records
import TestSupport
import Testing

@testable import Applications

@Suite("WebSocket")
struct WebSocketTests {
  /// A parser as HTTP/1.1's 101 makes it.
  private static func rows(
    _ steps: [Step], deflate: WebSocketDeflate? = nil, cutInto size: Int? = nil
  ) -> [EmittedRow] {
    let sink = RecordSink(captureID: 1)
    let context = ApplicationContext(sink: sink)
    let parser = WebSocketParser(flow: ParserDriver.flow(), requestID: 7, deflate: deflate)
    for (index, step) in steps.enumerated() {
      let frame = FrameStamp(id: Int64(index + 1), time: Int64(index))
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

  /// A frame; the client's is masked.
  private static func frame(
    _ opcode: UInt8, _ payload: [UInt8], from side: Side, final: Bool = true, compressed: Bool = false
  ) -> [UInt8] {
    let first = (final ? 0x80 : 0) | (compressed ? 0x40 : 0) | opcode
    let mask: UInt8 = side == .client ? 0x80 : 0
    let length: [UInt8] =
      payload.count < 126
      ? [mask | UInt8(payload.count)] : [mask | 126, UInt8(payload.count >> 8), UInt8(payload.count & 255)]
    let key: [UInt8] = side == .client ? [0x37, 0xfa, 0x21, 0x3d] : []
    let body = key.isEmpty ? payload : payload.enumerated().map { $1 ^ key[$0 % 4] }
    return [first] + length + key + body
  }

  private static func text(_ text: String, from side: Side, final: Bool = true) -> [UInt8] {
    frame(1, Array(text.utf8), from: side, final: final)
  }

  private static let columns = ["from_client", "opcode", "length", "decoded_length", "text", "close_code", "complete"]

  private static func shown(_ rows: [EmittedRow]) -> [[EmittedValue]] {
    rows.of("websocket_messages").map { row in columns.map { row[$0] } }
  }

  @Test("the examples of RFC 6455, section 5.7")
  func examples() {
    let steps: [Step] = [
      .bytes(.server, [0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f]),
      .bytes(.client, [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58]),
      .bytes(.server, [0x01, 0x03, 0x48, 0x65, 0x6c]), .bytes(.server, [0x89, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f]),
      .bytes(.server, [0x80, 0x02, 0x6c, 0x6f]),
      .bytes(.client, [0x8a, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58]),
      .bytes(.server, [0x82, 0x7e, 0x01, 0x00] + [UInt8](repeating: 1, count: 256)),
      .bytes(.server, [0x82, 0x7f, 0, 0, 0, 0, 0, 1, 0, 0] + [UInt8](repeating: 1, count: 65_536)),
    ]
    let rows = WebSocketTests.rows(steps)
    #expect(
      WebSocketTests.shown(rows) == [
        [0, "text", 5, 5, "Hello", nil, 1], [1, "text", 5, 5, "Hello", nil, 1], [0, "ping", 5, 5, nil, nil, 1],
        [0, "text", 5, 5, "Hello", nil, 1], [1, "pong", 5, 5, nil, nil, 1], [0, "binary", 256, 256, nil, nil, 1],
        [0, "binary", 65_536, 65_536, nil, nil, 1],
      ])
    #expect(rows.of("websocket_messages").map { $0["frame_id"] } == [1, 2, 4, 3, 6, 7, 8])
    #expect(rows.of("websocket_messages").allSatisfy { $0["request_id"] == 7 })
    for size in [1, 2, 3, 100] { #expect(WebSocketTests.rows(steps, cutInto: size) == rows) }
  }

  private static let both = WebSocketDeflate(keepsClientContext: true, keepsServerContext: true)
  private static let neither = WebSocketDeflate(keepsClientContext: false, keepsServerContext: false)
  /// RFC 7692, section 7.2.3.2: the second `Hello` of a sender that keeps its window refers to the first.
  private static let first: [UInt8] = [0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00]
  private static let second: [UInt8] = [0xf2, 0x00, 0x11, 0x00, 0x00]

  @Test("the examples of RFC 7692, section 7.2.3")
  func deflate() {
    let hello: [EmittedValue] = [0, "text", 7, 5, "Hello", nil, 1]
    func answer(_ payloads: [[UInt8]], _ deflate: WebSocketDeflate) -> [[EmittedValue]] {
      let steps = payloads.map { Step.bytes(.server, WebSocketTests.frame(1, $0, from: .server, compressed: true)) }
      let rows = WebSocketTests.rows(steps, deflate: deflate)
      #expect(WebSocketTests.rows(steps, deflate: deflate, cutInto: 1) == rows)
      return WebSocketTests.shown(rows)
    }
    #expect(answer([WebSocketTests.first], WebSocketTests.both) == [hello])
    #expect(answer([WebSocketTests.first, WebSocketTests.first], WebSocketTests.neither) == [hello, hello])
    #expect(
      answer([WebSocketTests.first, WebSocketTests.second], WebSocketTests.both)
        == [hello, [0, "text", 5, 5, "Hello", nil, 1]])
    // A block that is not compressed, a final block, two blocks.
    #expect(
      answer([[0, 5, 0, 0xfa, 0xff, 0x48, 0x65, 0x6c, 0x6c, 0x6f, 0]], WebSocketTests.both)
        == [[0, "text", 11, 5, "Hello", nil, 1]])
    #expect(
      answer([[0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00]], WebSocketTests.both)
        == [[0, "text", 8, 5, "Hello", nil, 1]])
    #expect(
      answer([[0xf2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xff, 0xff, 0xca, 0xc9, 0xc9, 0x07, 0x00]], WebSocketTests.both)
        == [[0, "text", 13, 5, "Hello", nil, 1]])
  }

  @Test("behind compressed bytes that are missing, what refers to them is told, and nothing wrong comes out")
  func deflateLoss() {
    let first = WebSocketTests.frame(1, WebSocketTests.first, from: .server, compressed: true)
    let second = WebSocketTests.frame(1, WebSocketTests.second, from: .server, compressed: true)
    let rows = WebSocketTests.rows(
      [
        .bytes(.server, Array(first[..<4])), .gap(.server, first.count - 4), .bytes(.server, second),
        .bytes(.server, first), .bytes(.server, second),
      ], deflate: WebSocketTests.both)
    #expect(WebSocketTests.shown(rows).map { $0.last } == [0, 1, 1, 1])
    #expect(WebSocketTests.shown(rows).map { $0[3] }.suffix(2) == [5, 5])
    #expect(WebSocketTests.shown(rows)[1][4] != "Hello")
    #expect(rows.of("diagnostics").map { $0["code"] } == ["websocket-inflating"])
  }

  @Test("a close says why")
  func close() {
    let rows = WebSocketTests.rows([
      .bytes(.server, WebSocketTests.frame(8, [0x03, 0xe9] + Array("going away".utf8), from: .server)),
      .bytes(.client, WebSocketTests.frame(8, [], from: .client)),
    ])
    #expect(
      WebSocketTests.shown(rows) == [
        [0, "close", 12, 12, "going away", 1001, 1], [1, "close", 0, 0, nil, nil, 1],
      ])
  }

  @Test("of a long text the beginning is kept, up to a whole character")
  func longText() throws {
    // "é" has two bytes: the limit cuts the one that follows 4,095 bytes in two.
    let steps: [Step] = [
      .bytes(.server, WebSocketTests.text("x" + String(repeating: "é", count: 5_000), from: .server))
    ]
    let message = try #require(WebSocketTests.rows(steps).of("websocket_messages").first)
    #expect(message["length"] == 10_001)
    #expect(message["text"].text == "x" + String(repeating: "é", count: 2_047))
  }

  @Test("bytes missing from a payload cost that message")
  func gapInPayload() {
    let long = WebSocketTests.text(String(repeating: "abc", count: 30), from: .client)
    let rows = WebSocketTests.rows([
      .bytes(.client, Array(long[..<20])), .gap(.client, 30), .bytes(.client, Array(long[50...])),
      .bytes(.client, WebSocketTests.text("next", from: .client)),
    ])
    #expect(
      WebSocketTests.shown(rows) == [
        [1, "text", 60, 60, "abcabcabcabcab", nil, 0], [1, "text", 4, 4, "next", nil, 1],
      ])
  }

  @Test("behind a gap across frames, it goes on where whole frames fill a segment")
  func gapAcross() {
    let hello = WebSocketTests.text("hello", from: .server)
    let steps: [Step] = [
      .bytes(.server, Array(hello[..<3])), .gap(.server, 100), .bytes(.server, Array("lo, not a frame".utf8)),
      .bytes(.server, hello + WebSocketTests.frame(9, [], from: .server)), .bytes(.server, hello),
    ]
    let rows = WebSocketTests.rows(steps)
    #expect(
      WebSocketTests.shown(rows) == [
        [0, "text", 1, 1, "h", nil, 0], [0, "text", 5, 5, "hello", nil, 1], [0, "ping", 0, 0, nil, nil, 1],
        [0, "text", 5, 5, "hello", nil, 1],
      ])
    #expect(rows.of("websocket_messages").map { $0["frame_id"] } == [1, 4, 4, 5])
    #expect(rows.of("diagnostics").map { $0["detail"] } == ["15 bytes from the server were skipped before this frame"])
    for size in [1, 4] { #expect(WebSocketTests.rows(steps, cutInto: size) == rows) }
  }

  @Test("a frame that must not be is told, and what follows in its segment is left alone")
  func malformed() {
    let hello = WebSocketTests.text("hello", from: .server)
    // A reserved opcode, a mask from the server, a control frame in parts, a continuation of nothing, compression that
    // was not agreed on, a length that could be shorter.
    let wrong: [[UInt8]] = [
      [0x83, 0], [0x81, 0x80, 0, 0, 0, 0], [0x09, 0], [0x80, 0], [0xc1, 0], [0x81, 126, 0, 5],
      [0x81, 127, 0x80, 0, 0, 0, 0, 0, 0, 0],
    ]
    for frame in wrong {
      let rows = WebSocketTests.rows([.bytes(.server, hello + frame + hello), .bytes(.server, hello)])
      #expect(WebSocketTests.shown(rows).count == 2)
      #expect(
        rows.of("diagnostics").map { $0["code"] } == ["malformed-websocket", "websocket-resynchronised"], "\(frame)")
    }
  }

  @Test("gaps at any position, mutations and cuts give no trap, and the same rows however the bytes are cut")
  func damage() {
    let dialogue: [Step] = [
      .bytes(.client, WebSocketTests.text("one ", from: .client, final: false)),
      .bytes(.client, WebSocketTests.frame(9, [1, 2], from: .client)),
      .bytes(.client, WebSocketTests.frame(0, Array("two".utf8), from: .client)),
      .bytes(.server, WebSocketTests.frame(1, WebSocketTests.first, from: .server, compressed: true)),
      .bytes(.server, WebSocketTests.frame(1, WebSocketTests.second, from: .server, compressed: true)),
      .bytes(.server, WebSocketTests.frame(2, [UInt8](repeating: 3, count: 200), from: .server)),
      .bytes(.server, WebSocketTests.frame(8, [3, 232], from: .server)),
    ]
    let sent = WebSocketTests.rows(dialogue, deflate: WebSocketTests.both).of("websocket_messages")
    let whole = sent.map { $0["text"].text ?? "" }
    for (index, step) in dialogue.enumerated() {
      guard case .bytes(let side, let bytes) = step else { continue }
      for start in bytes.indices {
        for count in [1, 5] where start + count <= bytes.count {
          var changed = Array(dialogue[..<index])
          changed.append(.bytes(side, Array(bytes[..<start])))
          changed.append(.gap(side, count))
          changed.append(.bytes(side, Array(bytes[(start + count)...])))
          changed += dialogue[(index + 1)...]
          let rows = WebSocketTests.rows(changed, deflate: WebSocketTests.both)
          // What cannot be inflated to its end has the beginning of its text.
          for row in rows.of("websocket_messages") where row["complete"] == 1 {
            let text = row["text"].text ?? ""
            #expect(whole.contains { $0.hasPrefix(text) }, "\(row)")
          }
        }
      }
    }
    var generator = HTTP1SeededGenerator(state: 11)
    for _ in 0..<300 {
      let mutated = dialogue.map { step in
        guard case .bytes(let side, var bytes) = step else { return step }
        for _ in 0..<2 {
          bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
        }
        return .bytes(side, bytes)
      }
      let rows = WebSocketTests.rows(mutated, deflate: WebSocketTests.both)
      #expect(WebSocketTests.rows(mutated, deflate: WebSocketTests.both, cutInto: 1) == rows)
    }
  }

  @Test("nothing is taken for it by its bytes")
  func probe() {
    let bytes: [UInt8] = [0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f]
    #expect(
      WebSocketParser.probe(
        Opening(client: bytes.bytes, server: RawSpan(), fromStart: true, flow: ParserDriver.flow())) == .no)
  }

  @Test("what a 101 says of the extension")
  func extensions() {
    func deflate(_ text: String) -> WebSocketDeflate? {
      let bytes = Array(text.utf8)
      return WebSocketDeflate(bytes.bytes, 0..<bytes.count)
    }
    #expect(deflate("permessage-deflate") == WebSocketTests.both)
    #expect(
      deflate("permessage-deflate; server_no_context_takeover; client_max_window_bits=12")
        == WebSocketDeflate(keepsClientContext: true, keepsServerContext: false))
    #expect(
      deflate("Permessage-Deflate;client_no_context_takeover;server_no_context_takeover") == WebSocketTests.neither)
    #expect(deflate("x-webkit-deflate-frame") == nil)
  }
}
