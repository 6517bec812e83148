import Flows
import Testing

private let ack = Conversation.ack
private let fin = Conversation.fin

@Suite("What ends of TCP connections contradict themselves in")
struct OverlapTests {
  private func told(_ talk: borrowing Conversation) -> [String] {
    talk.listener.oddities.map { "\($0.frame) \($0.oddity) \($0.fromClient ? "client" : "server")" }
  }

  @Test("bytes sent again with other content are told once, and the first ones passed on")
  func delivered() {
    var talk = Conversation()
    talk.handshake()
    talk.tcp(true, ack, seq: 1001, ack: 5001, "attack at dawn")
    talk.tcp(true, ack, seq: 1001, ack: 5001, "attack at dusk")
    talk.tcp(true, ack, seq: 1011, ack: 5001, "noon, maybe")
    talk.finish()
    #expect(told(talk) == ["5 conflictingOverlap client"])
    #expect(talk.listener.stream(fromClient: true) == "attack at dawn, maybe")
  }

  @Test("segments held back are compared with each other, and with what fills the hole")
  func held() {
    var talk = Conversation()
    talk.handshake()
    talk.tcp(true, ack, seq: 1005, ack: 5001, "ef")
    talk.tcp(true, ack, seq: 1005, ack: 5001, "eF")
    talk.tcp(false, ack, seq: 5003, ack: 1001, "cd")
    talk.tcp(false, ack, seq: 5001, ack: 1001, "abXd")
    talk.finish()
    #expect(told(talk) == ["5 conflictingOverlap client", "7 conflictingOverlap server"])
  }

  @Test("the same bytes in other pieces, and keep-alives, contradict nothing")
  func same() {
    var talk = Conversation()
    talk.handshake()
    talk.tcp(true, ack, seq: 1001, ack: 5001, "abcdef")
    talk.tcp(true, ack, seq: 1003, ack: 5001, "cdefgh")
    talk.tcp(true, ack, seq: 1008, ack: 5001, "?")
    talk.tcp(true, ack, seq: 1011, ack: 5001, "kl")
    talk.tcp(true, ack, seq: 1009, ack: 5001, "ijkl")
    talk.finish()
    #expect(told(talk) == [])
    #expect(talk.listener.stream(fromClient: true) == "abcdefghijkl")
  }

  @Test("only the first bytes of an end are compared")
  func limit() {
    var talk = Conversation()
    talk.handshake()
    let long = String(repeating: "x", count: 3000)
    talk.tcp(true, ack, seq: 1001, ack: 5001, long)
    talk.tcp(true, ack, seq: 3101, ack: 5001, "behind them")
    talk.tcp(true, ack, seq: 3040, ack: 5001, "y")
    #expect(told(talk) == ["6 conflictingOverlap client"])
  }

  @Test("a connection that follows on the same ports is not compared with the one before")
  func reuse() {
    var talk = Conversation()
    talk.handshake()
    talk.tcp(true, ack, seq: 1001, ack: 5001, "first")
    talk.handshake(client: 9000, server: 7000)
    talk.tcp(true, ack, seq: 9001, ack: 7001, "other")
    talk.tcp(true, ack, seq: 9001, ack: 7001, "other")
    talk.finish()
    #expect(told(talk) == [])
  }

  @Test("data behind a FIN is told and passed on")
  func behindFIN() {
    var talk = Conversation()
    talk.handshake()
    talk.tcp(true, ack | fin, seq: 1001, ack: 5001, "end")
    talk.tcp(true, ack, seq: 1005, ack: 5001, "more")
    talk.finish()
    #expect(told(talk) == ["5 dataBehindFIN client"])
    #expect(talk.listener.stream(fromClient: true) == "endmore")
  }
}
