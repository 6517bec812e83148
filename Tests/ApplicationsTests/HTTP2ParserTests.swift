import Bytes
import Records
import TestSupport
import Testing

@testable import Applications

@Suite("HTTP/2")
struct HTTP2ParserTests {
  private func rows(_ steps: [Step]) -> [EmittedRow] { ParserDriver.rows(HTTP2Parser.self, steps) }

  @Test("a request and its response are rows like those of HTTP/1.x, with their stream")
  func simple() throws {
    let rows = rows(HTTP2Dialogues.simple)
    let request = try #require(rows.of("http_requests").first)
    #expect(
      ["method", "uri", "version", "host", "user_agent", "complete", "stream_id", "response_id", "frame_id"].map {
        request[$0]
      } == ["GET", "/cat.txt", "2", "www.example.org:8080", "Browser/1.0", 1, 1, 1, 1])
    let response = try #require(rows.of("http_responses").first)
    #expect(
      ["status", "reason", "version", "server", "content_type", "body_length", "complete", "stream_id", "request_id"]
        .map { response[$0] } == [200, nil, "2", "x", "text/plain", 5, 1, 1, 1])
    // The field block, without the frame's header.
    #expect(response["head_length"].integer == Int64(HTTP2Dialogues.block(HTTP2Dialogues.ok).count))
    #expect(
      rows.of("http_headers").map { $0["name"].text } == [
        ":method", ":scheme", ":path", ":authority", "user-agent", ":status", "server", "content-type",
      ])
    let file = try #require(rows.of("files").first)
    #expect(
      ["name", "media_type", "size", "complete", "source"].map { file[$0] } == ["cat.txt", "text/plain", 5, 1, "http"])
    #expect(file["sha256"] == "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824")
    #expect(rows.of("diagnostics").isEmpty)
  }

  @Test("streams that take turns are told apart")
  func interleaved() {
    let rows = rows(HTTP2Dialogues.interleaved)
    #expect(rows.of("http_requests").map { $0["uri"] } == ["/1", "/3"])
    #expect(rows.of("http_requests").map { $0["response_id"] } == [2, 1])
    #expect(rows.of("http_responses").map { $0["status"] } == [404, 200])
    #expect(rows.of("http_responses").map { $0["body_length"] } == [5, 8])
    #expect(rows.of("http_responses").map { $0["last_frame_id"] } == [5, 6])
  }

  @Test("padding, priority, CONTINUATION, frames of unknown kinds, interim responses and trailers")
  func pieces() throws {
    let rows = rows(HTTP2Dialogues.pieces)
    let request = try #require(rows.of("http_requests").first)
    #expect(
      ["uri", "body_length", "complete", "last_frame_id", "response_id"].map { request[$0] } == ["/form", 23, 1, 5, 2])
    #expect(rows.of("http_responses").map { $0["status"] } == [100, 200])
    #expect(rows.of("http_responses").map { $0["request_id"] } == [1, 1])
    #expect(rows.of("http_responses").map { $0["body_length"] } == [0, 3])
    let trailers = rows.of("http_headers").filter { $0["name"].text?.hasPrefix("x-") == true }
    #expect(trailers.map { [$0["request_id"], $0["response_id"], $0["position"]] } == [[1, nil, 6], [nil, 2, 4]])
    #expect(
      rows.of("credentials").map { [$0["mechanism"], $0["username"], $0["secret"]] } == [["form", "al", "s3cret"]])
    #expect(rows.of("diagnostics").isEmpty)
  }

  @Test("a response that the server promises has a request of its own")
  func push() {
    let rows = rows(HTTP2Dialogues.push)
    #expect(
      rows.of("http_requests").map { [$0["uri"], $0["stream_id"], $0["response_id"]] } == [
        ["/", 1, 1], ["/style.css", 2, 2],
      ])
    #expect(rows.of("files").map { $0["size"] } == [4, 3])
  }

  @Test("a reset ends its stream only; GOAWAY with an error is told")
  func reset() {
    let rows = rows(HTTP2Dialogues.reset)
    #expect(rows.of("http_responses").map { [$0["body_length"], $0["complete"]] } == [[4, 0], [5, 1]])
    #expect(rows.of("http_requests").map { $0["response_id"] } == [1, 2])
    #expect(
      rows.of("diagnostics").map { [$0["code"], $0["detail"]] } == [
        ["http2-error", "the server gives up the connection with error 2"]
      ])
  }

  @Test("what is malformed costs its message and is told")
  func malformed() {
    let rows = rows(HTTP2Dialogues.malformed)
    #expect(rows.of("http_requests").map { $0["uri"] } == ["/5", "/9"])
    #expect(rows.of("http_requests").map { $0["response_id"] } == [1, 2])
    #expect(
      rows.of("diagnostics").map { $0["detail"] } == [
        "a field block from the client is malformed", "a request from the client has no method or no target",
        "a frame from the server is too short for what it should hold",
        "a field block from the server is not in one piece", "a response has no status",
        "a field block from the client is not in one piece",
      ])
  }

  @Test("the preface opens it, from either side; what only looks like it does not")
  func probe() {
    func verdict(_ client: [UInt8], _ server: [UInt8], fromStart: Bool = true) -> Probe {
      HTTP2Parser.probe(
        Opening(client: client.bytes, server: server.bytes, fromStart: fromStart, flow: ParserDriver.flow()))
    }
    let preface = HTTP2Dialogues.preface
    #expect(verdict(preface, []) == .match)
    #expect(verdict([], preface, fromStart: false) == .reversed)
    for length in 1..<preface.count { #expect(verdict(Array(preface.prefix(length)), []) == .more) }
    // A server may speak first.
    #expect(verdict([], HTTP2Dialogues.settings) == .more)
    #expect(verdict(preface, HTTP2Dialogues.settings) == .match)
    for other in ["PRI * HTTP/1.1\r\n\r\nSM\r\n\r\n", "PRIVMSG #a :b\r\n", "GET / HTTP/1.1\r\n\r\n", "\0\0\0"] {
      #expect(verdict(Array(other.utf8), []) == .no)
    }
    #expect(verdict([], Array("220 ready\r\n".utf8)) == .no)
    #expect(verdict(Array("USER a\r\n".utf8), HTTP2Dialogues.settings) == .no)
  }

  @Test("however the bytes are cut, the rows are the same", arguments: HTTP2Dialogues.all.map { $0.name })
  func cuts(name: String) throws {
    let steps = try #require(HTTP2Dialogues.all.first { $0.name == name }).steps
    let whole = rows(steps)
    for size in [1, 2, 3, 7, 64] {
      #expect(ParserDriver.rows(HTTP2Parser.self, steps, cutInto: size) == whole, "\(size)")
    }
  }

  @Test("a dialogue that is mutated gives the same rows however it is cut, and does not trap")
  func mutated() {
    var generator = HTTP1SeededGenerator(state: 3)
    for (_, steps) in HTTP2Dialogues.all {
      for _ in 0..<150 {
        let mutated = steps.map { step in
          guard case .bytes(let side, var bytes) = step, !bytes.isEmpty else { return step }
          for _ in 0..<Int.random(in: 0...3, using: &generator) {
            let place = Int.random(in: 0..<bytes.count, using: &generator)
            switch Int.random(in: 0..<3, using: &generator) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
            case 1: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: place)
            default: bytes.removeSubrange(place..<min(bytes.count, place + 3))
            }
            if bytes.isEmpty { break }
          }
          return .bytes(side, bytes)
        }
        let whole = rows(mutated)
        #expect(ParserDriver.rows(HTTP2Parser.self, mutated, cutInto: 1) == whole)
        #expect(ParserDriver.rows(HTTP2Parser.self, mutated, cutInto: 5) == whole)
      }
    }
  }
}
