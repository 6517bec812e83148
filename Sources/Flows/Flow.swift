public import Bytes
public import Packets

/// One conversation and what is counted of it. Times are nanoseconds since the epoch.
///
/// Two cache lines of 64 bytes, the key and what every packet changes in the first: there are many flows, and packets
/// come to them in no order.
public struct Flow: Sendable, BitwiseCopyable {
  /// What is counted for one end.
  public struct End: Sendable, BitwiseCopyable {
    /// Packets sent.
    public internal(set) var packets: Int64 = 0
    /// IP bytes sent, headers included.
    public internal(set) var bytes: Int64 = 0
    /// Payload bytes sent, each counted once.
    public internal(set) var payload: Int64 = 0
  }

  /// What is true of a flow.
  struct Marks: OptionSet, Sendable, BitwiseCopyable {
    let rawValue: UInt8
    /// The key's low end is the client.
    static let clientIsLow = Marks(rawValue: 1)
    /// The flow is in the table.
    static let open = Marks(rawValue: 2)
    /// It is a TCP connection of which both ends have sent their last byte.
    static let closed = Marks(rawValue: 4)
    /// Its first bytes were seen.
    static let fromStart = Marks(rawValue: 8)
    /// The client sent the last payload.
    static let clientSpokeLast = Marks(rawValue: 16)
    /// The server sent the last payload.
    static let serverSpokeLast = Marks(rawValue: 32)
  }

  let key: FlowKey
  var marks: Marks
  /// The transport of its packets.
  public let transport: Transport

  /// The row of `flows`.
  public let id: Int64
  /// The row of `frames` of its last packet so far.
  public internal(set) var lastFrame: Int64
  /// Where what only TCP needs is kept of it; without meaning where it is not TCP.
  let connection: Int32
  private var lastTimeOrNone: Int64

  /// What the client sent, and the server: by number, because a branch for each packet would be guessed wrong often.
  private var ends: [2 of End] = [End(), End()]
  /// Changes of speaker among the payload.
  public internal(set) var turns: Int64 = 0

  /// The flow of a first packet, which is not counted by this.
  init(key: FlowKey, marks: Marks, id: Int64, transport: Transport, connection: Int32, frame: FlowFrame) {
    self.key = key
    self.marks = marks
    self.id = id
    self.transport = transport
    self.connection = connection
    lastFrame = frame.id
    lastTimeOrNone = frame.timeOrNone
  }

  /// What the client sent.
  public var client: End { ends[0] }
  /// What the server sent.
  public var server: End { ends[1] }
  /// Nanoseconds from the last packet to `frame`; 0 where one of them has no time.
  func silence(until frame: FlowFrame) -> Int64 {
    guard lastTimeOrNone != FlowFrame.noTime, frame.timeOrNone != FlowFrame.noTime else { return 0 }
    return frame.timeOrNone &- lastTimeOrNone
  }

  /// Time of the last packet so far; nil where it has none.
  public var lastTime: Int64? { lastTimeOrNone == FlowFrame.noTime ? nil : lastTimeOrNone }
  /// The IP protocol number of its packets.
  public var ipProtocol: UInt8 { UInt8(truncatingIfNeeded: key.code) }
  /// Whether its first bytes were seen; without meaning to transports other than TCP, where it is always so.
  public var isFromStart: Bool { marks.contains(.fromStart) }
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

  @inline(__always) var isOpen: Bool { marks.contains(.open) }
  @inline(__always) var clientIsLow: Bool { marks.contains(.clientIsLow) }

  /// Counts a packet.
  @inline(__always)
  mutating func count(fromClient: Bool, ipLength: Int, frame: FlowFrame) {
    let end = fromClient ? 0 : 1
    lastFrame = frame.id
    lastTimeOrNone = frame.timeOrNone
    ends[end].packets &+= 1
    ends[end].bytes &+= Int64(ipLength)
  }

  /// Counts payload that is new.
  @inline(__always)
  mutating func speak(fromClient: Bool, payload: Int) {
    guard payload > 0 else { return }
    let (speaker, other): (Marks, Marks) =
      fromClient ? (.clientSpokeLast, .serverSpokeLast) : (.serverSpokeLast, .clientSpokeLast)
    if marks.contains(other) {
      turns &+= 1
      marks.remove(other)
    }
    marks.insert(speaker)
    ends[fromClient ? 0 : 1].payload &+= Int64(payload)
  }

  /// The same flow with client and server exchanged, for one whose content says that the ports misled.
  public func reversed() -> Flow {
    var other = self
    other.marks.formSymmetricDifference(.clientIsLow)
    other.ends = [server, client]
    return other
  }
}
