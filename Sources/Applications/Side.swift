/// One of the two ends of a flow.
public enum Side: UInt8, Sendable, Hashable, CaseIterable {
  /// The end that asked.
  case client
  /// The end that was asked.
  case server

  /// The opposite end.
  @inlinable public var other: Side { self == .client ? .server : .client }
}

extension Side: CustomStringConvertible {
  /// `client` or `server`.
  public var description: String { self == .client ? "client" : "server" }
}
