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
  /// The client's end.
  public let client: Endpoint
  /// The server's end.
  public let server: Endpoint

  /// The flow with row `id` between `client` and `server`.
  public init(id: Int64, client: Endpoint, server: Endpoint) {
    self.id = id
    self.client = client
    self.server = server
  }
}

/// The frame that bytes arrived in.
public struct FrameStamp: Sendable, BitwiseCopyable {
  /// The row of `frames`.
  public let id: Int64
  /// Nanoseconds since the epoch; nil where the capture gives no time.
  public let time: Int64?

  /// The frame with row `id`, captured at `time`.
  public init(id: Int64, time: Int64?) {
    self.id = id
    self.time = time
  }
}
