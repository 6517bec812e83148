public import Bytes

/// An address with a port.
public struct Endpoint: Hashable, Sendable, BitwiseCopyable {
  /// The address.
  public let address: IPAddress
  /// The port, host byte order.
  public let port: UInt16

  /// The endpoint `address`:`port`.
  public init(_ address: IPAddress, _ port: UInt16) {
    self.address = address
    self.port = port
  }
}

/// What a parser knows of the flow that it serves.
public struct FlowIdentity: Sendable, BitwiseCopyable {
  /// The row of `flows`.
  public let id: Int64
  // Every open flow has several of these: the ports lie side by side to save the space between them.
  private let clientAddress, serverAddress: IPAddress
  private let clientPort, serverPort: UInt16

  /// The client's end.
  public var client: Endpoint { Endpoint(clientAddress, clientPort) }
  /// The server's end.
  public var server: Endpoint { Endpoint(serverAddress, serverPort) }

  /// The flow with row `id` between `client` and `server`.
  public init(id: Int64, client: Endpoint, server: Endpoint) {
    self.id = id
    (clientAddress, clientPort) = (client.address, client.port)
    (serverAddress, serverPort) = (server.address, server.port)
  }

  /// The same flow with client and server exchanged.
  var reversed: FlowIdentity { FlowIdentity(id: id, client: server, server: client) }
}

/// The frame that bytes arrived in.
public struct FrameStamp: Sendable, BitwiseCopyable {
  /// The row of `frames`.
  public let id: Int64
  private let nanoseconds: Int64

  private static let noTime = Int64.min

  /// Nanoseconds since the epoch; nil where the capture gives no time.
  public var time: Int64? { nanoseconds == FrameStamp.noTime ? nil : nanoseconds }

  /// The frame with row `id`, captured at `time`.
  public init(id: Int64, time: Int64?) {
    self.id = id
    nanoseconds = time ?? FrameStamp.noTime
  }
}
