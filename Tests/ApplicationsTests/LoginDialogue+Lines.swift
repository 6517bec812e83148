import Applications
import Bytes
import TestSupport
import Testing

extension LoginDialogue {
  /// The logins that `parser` finds, however the bytes are cut, as `mechanism|username|secret|accepted|frame|answer's frame`
  /// with NULL empty.
  static func lines<Parser: StreamParser>(
    _ parser: Parser.Type, _ steps: [Step], sourceLocation: SourceLocation = #_sourceLocation
  ) -> [String] {
    logins(parser, steps, sourceLocation: sourceLocation).map { row in
      [0, 2, 3, 5, 6, 7].map { column in
        switch row[column] {
        case .null, .blob: ""
        case .integer(let value): String(value)
        case .text(let value): value
        }
      }.joined(separator: "|")
    }
  }

  /// What a probe says of these first bytes.
  static func probe<Parser: StreamParser>(
    _ parser: Parser.Type, bytes client: [UInt8], _ server: [UInt8], fromStart: Bool = true,
    client clientPort: UInt16 = 40000, server serverPort: UInt16 = 4000
  ) -> Probe {
    let flow = FlowIdentity(
      id: 1, client: Endpoint(IPAddress(v4: 1), clientPort), server: Endpoint(IPAddress(v4: 2), serverPort))
    return parser.probe(Opening(client: client.bytes, server: server.bytes, fromStart: fromStart, flow: flow))
  }
}

/// A generator of bytes that are the same in every run (Numerical Recipes' linear congruence).
struct Noise {
  private var state: UInt32

  init(_ seed: UInt32) { state = seed }

  mutating func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in
      state = state &* 1_664_525 &+ 1_013_904_223
      return UInt8(truncatingIfNeeded: state >> 24)
    }
  }
}
