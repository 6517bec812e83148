import Flows
import Testing

private let ack = Conversation.ack

@Suite("TCP reassembly")
struct ReassemblyTests {
  @Test("passes segments in order on as they come, each with its frame")
  func inOrder() {
    var talk = Conversation()
    talk.handshake()
    talk.tcp(true, ack, seq: 1001, ack: 5001, "GET ")
    talk.tcp(false, ack, seq: 5001, ack: 1005, "200 ")
    talk.tcp(true, ack, seq: 1005, ack: 5005, "more")
    #expect(
      talk.listener.heard == [
        .began(1), .text("GET ", fromClient: true, frame: 4), .text("200 ", fromClient: false, frame: 5),
        .text("more", fromClient: true, frame: 6),
      ])
  }

  @Test("puts segments in order and keeps the frame that each byte came in")
  func reordered() {
    var talk = Conversation()
    talk.handshake()
    talk.tcp(true, ack, seq: 1007, ack: 5001, "ghi")
    talk.tcp(true, ack, seq: 1004, ack: 5001, "def")
    talk.tcp(true, ack, seq: 1001, ack: 5001, "abc")
    talk.finish()
    #expect(
      talk.listener.heard.filter { if case .text = $0 { true } else { false } } == [
        .text("abc", fromClient: true, frame: 6), .text("def", fromClient: true, frame: 5),
        .text("ghi", fromClient: true, frame: 4),
      ])
    #expect(talk.listener.connections[0]?.outOfOrder == 2)
    #expect(talk.listener.connections[0]?.retransmissions == 0)
    #expect(talk.listener.connections[0]?.missing == 0)
  }

  @Test("passes retransmitted and overlapping bytes on once")
  func overlaps() {
    var talk = Conversation()
    talk.handshake()
    talk.tcp(true, ack, seq: 1001, ack: 5001, "abcd")
    talk.tcp(true, ack, seq: 1001, ack: 5001, "abcd")
    talk.tcp(true, ack, seq: 1003, ack: 5001, "cdef")
    talk.tcp(true, ack, seq: 1009, ack: 5001, "ijkl")
    talk.tcp(true, ack, seq: 1009, ack: 5001, "ijkl")
    talk.tcp(true, ack, seq: 1006, ack: 5001, "fghij")
    talk.finish()
    #expect(talk.listener.stream(fromClient: true) == "abcdefghijkl")
    #expect(talk.listener.connections[0]?.retransmissions == 2)
    #expect(talk.listener.flows[0].client.payload == 12)
  }

  @Test("counts across the sequence number's wrap-around")
  func wrapAround() {
    var talk = Conversation()
    talk.handshake(client: 0xffff_fffd)
    talk.tcp(true, ack, seq: 0xffff_fffe, ack: 5001, "abc")
    talk.tcp(true, ack, seq: 4, ack: 5001, "ghi")
    talk.tcp(true, ack, seq: 1, ack: 5001, "def")
    talk.finish()
    #expect(talk.listener.stream(fromClient: true) == "abcdefghi")
    #expect(talk.listener.connections[0]?.missing == 0)
  }

  @Test("begins with the first segment where the capture began later")
  func withoutSYN() {
    var talk = Conversation()
    talk.tcp(true, ack, seq: 777, ack: 42, "hello ")
    talk.tcp(false, ack, seq: 42, ack: 783, "welcome")
    talk.tcp(true, ack, seq: 783, ack: 49, "again")
    talk.finish()
    #expect(talk.listener.stream(fromClient: true) == "hello again")
    #expect(talk.listener.stream(fromClient: false) == "welcome")
    #expect(talk.listener.connections[0]?.client.initialSequence == 776)
    #expect(talk.listener.connections[0]?.server.initialSequence == 41)
  }

  @Test("tells a lost segment as a gap once the receiver has acknowledged it and some packets have passed")
  func acknowledgedHole() {
    var talk = Conversation()
    talk.handshake()
    talk.tcp(true, ack, seq: 1001, ack: 5001, "abc")
    talk.tcp(true, ack, seq: 1009, ack: 5001, "ijk")
    #expect(talk.listener.stream(fromClient: true) == "abc")
    for _ in 0..<FlowLimits().acknowledgedHoleGrace { talk.tcp(false, ack, seq: 5001, ack: 1012) }
    #expect(talk.listener.stream(fromClient: true) == "abc_____ijk")
    talk.finish()
    #expect(talk.listener.connections[0]?.missing == 5)
    #expect(talk.listener.flows[0].client.payload == 6)
  }

  @Test("fills a hole that was acknowledged a little early, as captures of several queues show it")
  func earlyAcknowledgment() {
    var talk = Conversation()
    talk.handshake()
    talk.tcp(true, ack, seq: 1004, ack: 5001, "def")
    talk.tcp(false, ack, seq: 5001, ack: 1007)
    talk.tcp(true, ack, seq: 1001, ack: 5001, "abc")
    #expect(talk.listener.stream(fromClient: true) == "abcdef")
  }

  @Test("tells a lost segment as a gap when the connection or the capture ends, and passes on what follows")
  func holeAtTheEnd() {
    var talk = Conversation()
    talk.handshake()
    talk.tcp(true, ack, seq: 1004, ack: 5001, "def")
    talk.tcp(false, ack, seq: 5003, ack: 1001, "cd")
    talk.finish()
    #expect(talk.listener.stream(fromClient: true) == "___def")
    #expect(talk.listener.stream(fromClient: false) == "__cd")
    #expect(talk.listener.connections[0]?.missing == 5)
  }

  @Test("gives a hole up when one side never acknowledges and the limit is reached")
  func reorderLimit() {
    var limits = FlowLimits()
    limits.reorderBytes = 8
    var talk = Conversation(limits: limits)
    talk.handshake()
    talk.tcp(true, ack, seq: 1003, ack: 5001, "cdefg")
    talk.tcp(true, ack, seq: 1008, ack: 5001, "hijkl")
    #expect(talk.listener.stream(fromClient: true) == "__cdefghijkl")
  }

  @Test("tells bytes that the snaplen cut off as a gap, and goes on behind them")
  func snaplen() {
    var talk = Conversation()
    talk.handshake()
    talk.tcp(true, ack, seq: 1001, ack: 5001, "abcdef", cut: 4)
    talk.tcp(true, ack, seq: 1007, ack: 5001, "ghi")
    talk.finish()
    #expect(talk.listener.stream(fromClient: true) == "ab____ghi")
    #expect(talk.listener.connections[0]?.missing == 4)
  }

  @Test("does not take keep-alive probes for retransmissions")
  func keepAlive() {
    var talk = Conversation()
    talk.handshake()
    talk.tcp(true, ack, seq: 1001, ack: 5001, "abc")
    talk.tcp(true, ack, seq: 1003, ack: 5001, "\0")
    talk.finish()
    #expect(talk.listener.connections[0]?.retransmissions == 0)
    #expect(talk.listener.stream(fromClient: true) == "abc")
  }

  @Test("closes a side when its last byte has been passed on, even if the FIN came early")
  func close() {
    var talk = Conversation()
    talk.handshake()
    talk.tcp(true, ack | Conversation.fin, seq: 1004, ack: 5001, "def")
    #expect(!talk.listener.heard.contains(.closed(fromClient: true)))
    talk.tcp(true, ack, seq: 1001, ack: 5001, "abc")
    #expect(talk.listener.heard.last == .closed(fromClient: true))
  }

  @Test("gives each byte once and in order, however segments are cut, reordered, repeated and overlapped")
  func anyOrder() {
    let text = String((0..<400).map { Character(Unicode.Scalar(UInt8(97 + $0 % 26))) })
    let bytes = Array(text.utf8)
    var state: UInt64 = 99
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    for round in 0..<200 {
      var pieces: [(Int, Int)] = []
      var at = 0
      while at < bytes.count {
        let length = min(bytes.count - at, 1 + random(40))
        pieces.append((at, length))
        at += length
      }
      for _ in 0..<10 {
        let start = random(bytes.count - 1)
        pieces.append((start, min(bytes.count - start, 1 + random(60))))
      }
      for index in pieces.indices.dropLast() {
        let other = index + random(min(6, pieces.count - index))
        pieces.swapAt(index, other)
      }
      var talk = Conversation()
      let base = UInt32(truncatingIfNeeded: UInt64(0xffff_ff00) + UInt64(round * 3))
      talk.handshake(client: base &- 1)
      for (start, length) in pieces {
        let part = String(decoding: bytes[start..<(start + length)], as: UTF8.self)
        talk.tcp(true, ack, seq: base &+ UInt32(start), ack: 5001, part)
      }
      talk.finish()
      #expect(talk.listener.stream(fromClient: true) == text)
      #expect(talk.listener.connections[0]?.missing == 0)
      #expect(talk.listener.flows[0].client.payload == 400)
    }
  }
}
