import TestSupport

@testable import Applications

/// Frames and dialogues that the tests of HTTP/2 share.
enum HTTP2Dialogues {
  static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

  /// One behind the other.
  static func join(_ parts: [UInt8]...) -> [UInt8] { Array(parts.joined()) }

  /// What the client sends at once.
  static func client(_ parts: [UInt8]...) -> Step { .bytes(.client, Array(parts.joined())) }

  /// What the server sends at once.
  static func server(_ parts: [UInt8]...) -> Step { .bytes(.server, Array(parts.joined())) }

  /// A frame (RFC 9113, section 4.1).
  static func frame(_ type: UInt8, flags: UInt8 = 0, stream: UInt32 = 0, _ payload: [UInt8] = []) -> [UInt8] {
    var bytes: [UInt8] = []
    for shift in [16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: payload.count >> shift)) }
    bytes.append(type)
    bytes.append(flags)
    for shift in [24, 16, 8, 0] as [UInt32] { bytes.append(UInt8(truncatingIfNeeded: stream >> shift)) }
    return bytes + payload
  }

  /// A field block of literals that are added to the table (RFC 7541, section 6.2.1), or not.
  static func block(_ fields: [(String, String)], isIndexed: Bool = false) -> [UInt8] {
    var bytes: [UInt8] = []
    for (name, value) in fields {
      bytes.append(isIndexed ? 0x40 : 0x00)
      for text in [name, value] {
        bytes.append(UInt8(text.utf8.count))
        bytes += Array(text.utf8)
      }
    }
    return bytes
  }

  /// A HEADERS frame.
  static func headers(_ stream: UInt32, _ fields: [(String, String)], end: Bool = false) -> [UInt8] {
    frame(1, flags: end ? 5 : 4, stream: stream, block(fields))
  }

  /// A DATA frame.
  static func data(_ stream: UInt32, _ text: String, end: Bool = false) -> [UInt8] {
    frame(0, flags: end ? 1 : 0, stream: stream, Array(text.utf8))
  }

  /// A request's fields.
  static func get(_ path: String, _ more: [(String, String)] = [], method: String = "GET") -> [(String, String)] {
    [(":method", method), (":scheme", "http"), (":path", path), (":authority", "www.example.org:8080")] + more
  }

  static let ok: [(String, String)] = [(":status", "200"), ("server", "x"), ("content-type", "text/plain")]

  static let settings = frame(4)

  static let simple: [Step] = [
    client(preface, settings, headers(1, get("/cat.txt", [("user-agent", "Browser/1.0")]), end: true)),
    server(settings, headers(1, ok), data(1, "hel"), data(1, "lo", end: true)),
  ]

  static let interleaved: [Step] = [
    client(preface, settings), client(headers(1, get("/1"), end: true), headers(3, get("/3"), end: true)),
    server(settings, headers(3, [(":status", "404")]), headers(1, ok)),
    server(data(1, "one"), data(3, "three"), data(1, " more")), server(data(3, "", end: true)),
    server(data(1, "", end: true)),
  ]

  /// Padding, a priority, CONTINUATION frames, an unknown frame, an interim response, trailers.
  static let pieces: [Step] = {
    let fields = block(get("/form", [("content-type", "application/x-www-form-urlencoded")], method: "POST"))
    let first = join([3, 0x80, 0, 0, 5, 200], Array(fields[..<10]), [0, 0, 0])
    let (second, third) = (Array(fields[10..<20]), Array(fields[20...]))
    let padded = join([2], Array("user=al&pass".utf8), [0, 0])
    return [
      client(preface, settings),
      client(
        frame(1, flags: 0x28, stream: 1, first), frame(9, stream: 1, second), frame(9, flags: 4, stream: 1, third),
        frame(0xfa, stream: 1, [1, 2, 3])),
      server(settings, headers(1, [(":status", "100")])),
      client(frame(0, flags: 8, stream: 1, padded), data(1, "word=s3cret")),
      client(headers(1, [("x-sum", "1")], end: true)),
      server(headers(1, ok), frame(0, flags: 8, stream: 1, [0]), data(1, "yes")),
      server(headers(1, [("x-check", "2")], end: true)),
    ]
  }()

  static let push: [Step] = [
    client(preface, settings, headers(1, get("/"), end: true)),
    server(
      settings, frame(5, flags: 4, stream: 1, join([0, 0, 0, 2], block(get("/style.css")))), headers(1, ok),
      data(1, "page", end: true), headers(2, ok), data(2, "css", end: true)),
  ]

  static let reset: [Step] = [
    client(preface, settings, headers(1, get("/big"), end: true), headers(3, get("/next"), end: true)),
    server(settings, headers(1, ok), data(1, "part")), client(frame(3, stream: 1, [0, 0, 0, 8])),
    server(data(1, "late"), headers(3, ok), data(3, "whole", end: true)),
    server(frame(7, join([0, 0, 0, 3, 0, 0, 0, 2], Array("bye".utf8)))),
  ]

  /// Three exchanges whose fields refer to those before them.
  static let indexed: [Step] = {
    var steps: [Step] = [client(preface, settings), server(settings)]
    for number in 0..<3 {
      let stream = UInt32(2 * number + 1)
      // The method, scheme and path of the static table; the host is added once, then referred to.
      let host: [UInt8] = number == 0 ? block([(":authority", "h.example")], isIndexed: true) : [0xbe]
      steps.append(client(frame(1, flags: 5, stream: stream, join([0x82, 0x86, 0x84], host))))
      steps.append(server(frame(1, flags: 4, stream: stream, [0x88])))
      steps.append(server(data(stream, String(repeating: "body ", count: 40), end: true)))
    }
    return steps
  }()

  static let malformed: [Step] = [
    client(preface, settings, frame(1, flags: 5, stream: 1, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff])),
    client(headers(3, [(":method", "GET")], end: true), headers(5, get("/5"), end: true)),
    server(settings, frame(0, flags: 8, stream: 5, [200, 1]), frame(9, flags: 4, stream: 5, [0x88])),
    server(headers(5, [("x", "no status")]), headers(5, ok, end: true)),
    client(frame(1, flags: 1, stream: 7, block(get("/7"))), headers(9, get("/9"), end: true)),
    server(headers(9, ok, end: true)),
  ]

  /// All of them by name.
  static let all: [(name: String, steps: [Step])] = [
    ("simple", simple), ("interleaved", interleaved), ("pieces", pieces), ("push", push), ("reset", reset),
    ("indexed", indexed), ("malformed", malformed),
  ]
}
