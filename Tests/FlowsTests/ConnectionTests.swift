import Flows
import Testing

private let ack = Conversation.ack
private let fin = Conversation.fin
private let rst = Conversation.rst
private let syn = Conversation.syn

@Suite("TCP connections")
struct ConnectionTests {
  /// What one packet of a dialogue does.
  enum Move: Sendable { case synC, synS, ackC, dataC, dataS, finC, finS, rstC, rstS }

  @Test(
    "have Zeek's connection state",
    arguments: [
      ([Move.synC], "S0"), ([.synC, .synC], "S0"), ([.synC, .rstS], "REJ"), ([.synC, .synS, .ackC], "S1"),
      ([.synC, .synS], "S1"), ([.synC, .synS, .ackC, .dataC, .dataS, .finC, .finS], "SF"),
      ([.synC, .synS, .ackC, .finC], "S2"), ([.synC, .synS, .ackC, .finS], "S3"),
      ([.synC, .synS, .ackC, .dataC, .rstC], "RSTO"), ([.synC, .synS, .ackC, .rstS], "RSTR"),
      ([.synC, .synS, .ackC, .finC, .rstS], "RSTR"), ([.synC, .synS, .ackC, .finC, .finS, .rstC], "SF"),
      ([.synC, .rstC], "RSTOS0"), ([.synS, .rstS], "RSTRH"), ([.synC, .finC], "SH"), ([.synS, .finS], "SHR"),
      ([.dataC, .dataS], "OTH"), ([.ackC], "OTH"),
      // Zeek's documentation has "never saw a SYN" and "partial connection that was not later closed" for what follows:
      // an end of which no SYN was seen, and a connection that was closed.
      ([.dataC, .dataS, .finC, .finS], "SF"), ([.dataC, .dataS, .finC], "SH"), ([.dataC, .dataS, .finS], "SHR"),
      ([.dataC, .dataS, .rstC], "RSTOS0"), ([.dataC, .dataS, .rstS], "RSTRH"),
      // A SYN-ACK that is acknowledged is a handshake, also without its SYN.
      ([.synS, .ackC], "S1"), ([.synS, .ackC, .finC, .finS], "SF"), ([.synS, .ackC, .rstC], "RSTO"),
      // The answer to the SYN is missing.
      ([.synC, .dataS, .rstS], "REJ"), ([.synC, .synS, .rstC], "RSTO"), ([.synC, .synS, .rstC, .rstS], "REJ"),
      ([.synC, .synS, .ackC, .finC, .rstC, .finS], "SF"),
    ])
  func state(moves: [Move], expected: String) {
    var talk = Conversation()
    for move in moves {
      switch move {
      case .synC: talk.tcp(true, syn, seq: 1000)
      case .synS: talk.tcp(false, syn | ack, seq: 5000, ack: 1001)
      case .ackC: talk.tcp(true, ack, seq: 1001, ack: 5001)
      case .dataC: talk.tcp(true, ack, seq: 1001, ack: 5001, "question")
      case .dataS: talk.tcp(false, ack, seq: 5001, ack: 1009, "answer")
      case .finC: talk.tcp(true, ack | fin, seq: 1009, ack: 5001)
      case .finS: talk.tcp(false, ack | fin, seq: 5007, ack: 1010)
      case .rstC: talk.tcp(true, rst, seq: 1009)
      case .rstS: talk.tcp(false, rst | ack, seq: 5001, ack: 1001)
      }
    }
    talk.finish()
    #expect(talk.listener.connections[0]?.state.rawValue == expected)
    #expect(talk.listener.flows.count == 1)
    #expect(talk.listener.flows[0].clientPort == 40000)
  }

  @Test("remember the three frames of their handshake and its round-trip time")
  func handshake() {
    var talk = Conversation()
    talk.handshake()
    talk.tcp(true, ack, seq: 1001, ack: 5001, "x")
    talk.finish()
    let connection = talk.listener.connections[0]
    #expect(connection?.synFrame == 1)
    #expect(connection?.synAckFrame == 2)
    #expect(connection?.ackFrame == 3)
    #expect(connection?.initialRTT == 2_000_000)
  }

  @Test("begin anew with a SYN of another sequence number on the same addresses and ports")
  func portReuse() {
    var talk = Conversation()
    talk.handshake()
    talk.tcp(true, ack, seq: 1001, ack: 5001, "first")
    let second = talk.tcp(true, syn, seq: 9000)
    talk.tcp(false, syn | ack, seq: 7000, ack: 9001)
    talk.tcp(true, ack, seq: 9001, ack: 7001, "second")
    talk.finish()
    #expect(second.flowID == 2)
    #expect(talk.listener.flows.map(\.id) == [1, 2])
    #expect(talk.listener.flows.map(\.client.payload) == [5, 6])
  }

  @Test("that begin anew end only their predecessor, also when the table is full")
  func portReuseInFullTable() {
    var limits = FlowLimits()
    limits.flows = 4
    var talk = Conversation(limits: limits)
    for port in 1...4 {
      talk.reusePort(UInt16(port + 40000))
      talk.tcp(true, syn, seq: 1000)
    }
    talk.reusePort(40002)
    #expect(talk.tcp(true, syn, seq: 2000).flowID == 5)
    #expect(talk.listener.flows.map(\.id) == [2])
    talk.reusePort(40001)
    #expect(talk.tcp(false, syn | ack, seq: 5000, ack: 1001).flowID == 1)
    talk.reusePort(40002)
    #expect(talk.tcp(false, syn | ack, seq: 5000, ack: 2001).flowID == 5)
    talk.finish()
    #expect(talk.listener.flows.map(\.id) == [2, 1, 3, 4, 5])
  }

  @Test("do not begin anew with a repeated SYN")
  func repeatedSYN() {
    var talk = Conversation()
    talk.tcp(true, syn, seq: 1000)
    #expect(talk.tcp(true, syn, seq: 1000).flowID == 1)
    talk.finish()
    #expect(talk.listener.flows[0].client.packets == 2)
  }

  @Test("have the receiver of a SYN-ACK as client, and without a SYN the side that the ports speak for")
  func client() {
    var synAck = Conversation()
    #expect(!synAck.tcp(false, syn | ack, seq: 5000, ack: 1001).fromClient)
    var web = Conversation(serverPort: 443)
    #expect(!web.tcp(false, ack, seq: 5000, ack: 1001, "data").fromClient)
    var high = Conversation(clientPort: 50123, serverPort: 50321)
    #expect(high.tcp(true, ack, seq: 5000, ack: 1001, "data").fromClient)
  }

  @Test("count packets, IP bytes, payload and turns for each side")
  func counts() {
    var talk = Conversation()
    talk.handshake()
    talk.tcp(true, ack, seq: 1001, ack: 5001, "1234")
    talk.tcp(true, ack, seq: 1005, ack: 5001, "56")
    talk.tcp(false, ack, seq: 5001, ack: 1007, "abcdefgh")
    talk.tcp(true, ack, seq: 1007, ack: 5009, "78")
    talk.tcp(false, ack, seq: 5009, ack: 1009, "i")
    talk.finish()
    let flow = talk.listener.flows[0]
    #expect(flow.client.packets == 5)
    #expect(flow.client.bytes == 5 * 40 + 8)
    #expect(flow.client.payload == 8)
    #expect(flow.server.packets == 3)
    #expect(flow.server.bytes == 3 * 40 + 9)
    #expect(flow.server.payload == 9)
    #expect(flow.turns == 3)
    #expect(talk.listener.firsts[0].id == 1)
    #expect(flow.lastFrame == 8)
    #expect(talk.listener.firsts[0].time == 1_000_000)
    #expect(flow.lastTime == 8_000_000)
  }

  @Test("that have been silent longest are stored and closed when they are too many")
  func eviction() {
    var limits = FlowLimits()
    limits.flows = 8
    var talk = Conversation(limits: limits)
    for port in 1...9 {
      talk.reusePort(UInt16(port + 40000))
      talk.udp(true, "x")
    }
    #expect(talk.listener.flows.map(\.id) == [1, 2, 3])
    talk.reusePort(40009)
    #expect(talk.udp(false, "y").flowID == 9)
    talk.reusePort(40001)
    #expect(talk.udp(true, "again").flowID == 10)
    talk.finish()
    #expect(talk.listener.flows.map(\.id) == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  }
}
