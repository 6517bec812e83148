import Bytes
import Flows
import Packets

/// What a flow table passed on, as text.
enum Heard: Equatable, CustomStringConvertible {
  case began(Int64)
  case text(String, fromClient: Bool, frame: Int64)
  case lost(Int, fromClient: Bool)
  case closed(fromClient: Bool)
  case ended(Int64)

  var description: String {
    switch self {
    case .began(let id): "began \(id)"
    case .text(let text, let fromClient, let frame): "\(fromClient ? ">" : "<")\(text)@\(frame)"
    case .lost(let count, let fromClient): "\(fromClient ? ">" : "<")lost \(count)"
    case .closed(let fromClient): "\(fromClient ? ">" : "<")closed"
    case .ended(let id): "ended \(id)"
    }
  }
}

/// Keeps what a flow table passes on.
final class Listener: FlowObserver {
  var heard: [Heard] = []
  var flows: [Flow] = []
  var firsts: [FlowFrame] = []
  var connections: [TCPConnection?] = []
  var oddities: [(frame: Int64, oddity: StreamOddity, fromClient: Bool)] = []
  var notes: [(frame: Int64, note: TCPNote)] = []

  func flowBegan(_ flow: borrowing Flow, slot: Int) { heard.append(.began(flow.id)) }

  func streamReceived(_ bytes: RawSpan, of flow: borrowing Flow, slot: Int, fromClient: Bool, frame: FlowFrame) {
    heard.append(.text(String(decoding: bytes.copied(), as: UTF8.self), fromClient: fromClient, frame: frame.id))
  }

  func streamLost(_ count: Int, of flow: borrowing Flow, slot: Int, fromClient: Bool, frame: FlowFrame) {
    heard.append(.lost(count, fromClient: fromClient))
  }

  func streamClosed(slot: Int, fromClient: Bool, isLast: Bool) { heard.append(.closed(fromClient: fromClient)) }

  func segmentNoted(_ note: TCPNote, frame: FlowFrame) { notes.append((frame.id, note)) }

  func streamOdd(_ oddity: StreamOddity, of flow: borrowing Flow, fromClient: Bool, frame: FlowFrame) {
    oddities.append((frame.id, oddity, fromClient))
  }

  func datagramReceived(
    _ payload: RawSpan, length: Int, of flow: borrowing Flow, slot: Int, fromClient: Bool, frame: FlowFrame
  ) {
    heard.append(.text(String(decoding: payload.copied(), as: UTF8.self), fromClient: fromClient, frame: frame.id))
  }

  func flowEnded(_ flow: borrowing Flow, first: FlowFrame, connection: borrowing TCPConnection?, slot: Int) {
    heard.append(.ended(flow.id))
    firsts.append(first)
    flows.append(copy flow)
    connections.append(copy connection)
  }

  /// All bytes of one side, lost ones as `_`.
  func stream(fromClient: Bool) -> String {
    heard.reduce(into: "") { text, event in
      switch event {
      case .text(let part, fromClient, _): text += part
      case .lost(let count, fromClient): text += String(repeating: "_", count: count)
      default: break
      }
    }
  }
}

/// Makes the packets of one conversation and runs them through a flow table.
struct Conversation: ~Copyable {
  static let fin: UInt16 = 1
  static let syn: UInt16 = 2
  static let rst: UInt16 = 4
  static let ack: UInt16 = 16

  let listener = Listener()
  private var table: FlowTable
  private var frame: Int64 = 0
  private var client: (address: IPAddress, port: UInt16) = (IPAddress(v4: 0x0a00_0001), 40000)
  private var server: (address: IPAddress, port: UInt16) = (IPAddress(v4: 0x0a00_0002), 12345)

  init(limits: FlowLimits = FlowLimits(), clientPort: UInt16 = 40000, serverPort: UInt16 = 12345) {
    table = FlowTable(lastID: 0, limits: limits)
    client.port = clientPort
    server.port = serverPort
  }

  mutating func reusePort(_ port: UInt16) { client.port = port }

  /// One TCP segment at 1 ms behind the last; `cut` bytes of its text are missing in the capture.
  @discardableResult
  mutating func tcp(
    _ fromClient: Bool, _ flags: UInt16, seq: UInt32, ack: UInt32 = 0, _ text: String = "", cut: Int = 0,
    window: UInt16 = 8192
  ) -> FlowTable.Membership {
    let bytes = Array(text.utf8)
    var layers = self.layers(fromClient, bytes: bytes, cut: cut, header: 40)
    layers.transport = .tcp
    layers.ipProtocol = 6
    layers.hasTransportHeader = true
    layers.flags = flags
    layers.sequence = seq
    layers.acknowledgment = ack
    layers.window = window
    return process(layers, Array(bytes.dropLast(cut)))
  }

  @discardableResult
  mutating func udp(_ fromClient: Bool, _ text: String) -> FlowTable.Membership {
    let bytes = Array(text.utf8)
    var layers = self.layers(fromClient, bytes: bytes, cut: 0, header: 28)
    layers.transport = .udp
    layers.ipProtocol = 17
    layers.hasTransportHeader = true
    return process(layers, bytes)
  }

  private func layers(_ fromClient: Bool, bytes: [UInt8], cut: Int, header: Int) -> PacketLayers {
    let (from, to) = fromClient ? (client, server) : (server, client)
    var layers = PacketLayers()
    layers.network = .ipv4
    layers.source = from.address
    layers.destination = to.address
    layers.sourcePort = from.port
    layers.destinationPort = to.port
    layers.ipLength = Int32(header + bytes.count)
    layers.payloadLength = Int32(bytes.count)
    layers.capturedPayloadLength = Int32(bytes.count - cut)
    return layers
  }

  private mutating func process(_ layers: PacketLayers, _ bytes: [UInt8]) -> FlowTable.Membership {
    frame += 1
    return table.process(
      layers, payload: bytes.bytes, frame: FlowFrame(id: frame, time: frame * 1_000_000), observer: listener)
  }

  /// SYN, SYN-ACK, ACK with initial sequence numbers 1000 and 5000, unless others are given.
  mutating func handshake(client: UInt32 = 1000, server: UInt32 = 5000) {
    tcp(true, Conversation.syn, seq: client)
    tcp(false, Conversation.syn | Conversation.ack, seq: server, ack: client &+ 1)
    tcp(true, Conversation.ack, seq: client &+ 1, ack: server &+ 1)
  }

  mutating func finish() { table.finish(observer: listener) }
}
