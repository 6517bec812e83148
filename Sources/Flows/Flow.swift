public import Bytes
public import Packets

/// One conversation and what is counted of it. Times are nanoseconds since the epoch.
public struct Flow: Sendable {
  /// What is counted for one end.
  public struct End: Sendable, BitwiseCopyable {
    /// Packets sent.
    public internal(set) var packets: Int64 = 0
    /// IP bytes sent, headers included.
    public internal(set) var bytes: Int64 = 0
    /// Payload bytes sent, each counted once.
    public internal(set) var payload: Int64 = 0
  }

  let key: FlowKey
  /// Whether the key's low end is the client.
  var clientIsLow: Bool

  /// The row of `flows`.
  public let id: Int64
  /// The transport of its packets.
  public let transport: Transport
  /// The IP protocol number of its packets.
  public let ipProtocol: UInt8

  /// The row of `frames` of its first packet.
  public let firstFrame: Int64
  /// The row of `frames` of its last packet so far.
  public internal(set) var lastFrame: Int64
  /// Time of the first packet; nil where it has none.
  public let firstTime: Int64?
  /// Time of the last packet so far; nil where it has none.
  public internal(set) var lastTime: Int64?

  /// What the client sent.
  public internal(set) var client = End()
  /// What the server sent.
  public internal(set) var server = End()
  /// Changes of speaker among the payload.
  public internal(set) var turns: Int64 = 0

  /// Who sent payload last: 0 nobody, 1 the client, 2 the server.
  var lastSpeaker: UInt8 = 0
  /// Index into the table's connections; -1 where it is not TCP.
  var connection: Int32 = -1

  init(key: FlowKey, clientIsLow: Bool, id: Int64, layers: borrowing PacketLayers, frame: FlowFrame) {
    self.key = key
    self.clientIsLow = clientIsLow
    self.id = id
    transport = layers.transport
    ipProtocol = layers.ipProtocol
    firstFrame = frame.id
    lastFrame = frame.id
    firstTime = frame.time
    lastTime = frame.time
  }

  /// The client's address.
  public var clientAddress: IPAddress { clientIsLow ? key.low : key.high }
  /// The server's address.
  public var serverAddress: IPAddress { clientIsLow ? key.high : key.low }
  /// The client's port; 0 where the transport has none.
  public var clientPort: UInt16 { clientIsLow ? key.lowPort : key.highPort }
  /// The server's port; 0 where the transport has none.
  public var serverPort: UInt16 { clientIsLow ? key.highPort : key.lowPort }
  /// Whether the transport has ports.
  public var hasPorts: Bool { transport == .tcp || transport == .udp || transport == .sctp }

  /// Counts a packet.
  @inline(__always)
  mutating func count(fromClient: Bool, ipLength: Int, frame: FlowFrame) {
    lastFrame = frame.id
    lastTime = frame.time
    if fromClient {
      client.packets &+= 1
      client.bytes &+= Int64(ipLength)
    } else {
      server.packets &+= 1
      server.bytes &+= Int64(ipLength)
    }
  }

  /// Counts payload that is new.
  @inline(__always)
  mutating func speak(fromClient: Bool, payload: Int) {
    guard payload > 0 else { return }
    let speaker: UInt8 = fromClient ? 1 : 2
    if lastSpeaker != speaker {
      if lastSpeaker != 0 { turns &+= 1 }
      lastSpeaker = speaker
    }
    if fromClient { client.payload &+= Int64(payload) } else { server.payload &+= Int64(payload) }
  }

  /// The same flow with client and server exchanged, for one whose content says that the ports misled.
  public func reversed() -> Flow {
    var other = self
    other.clientIsLow.toggle()
    swap(&other.client, &other.server)
    return other
  }
}

/// The frame that a packet arrived in, or that completed it.
public struct FlowFrame: Sendable, BitwiseCopyable {
  /// The row of `frames`.
  public let id: Int64
  /// Nanoseconds since the epoch; nil where the capture gives no time.
  public let time: Int64?

  /// The frame with row `id`, captured at `time`.
  @inlinable
  public init(id: Int64, time: Int64?) {
    self.id = id
    self.time = time
  }
}
