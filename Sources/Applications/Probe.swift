/// What the first bytes of a flow say about a protocol.
public enum Probe: Sendable {
  /// They are that protocol, and the client of the flow is the protocol's client.
  case match
  /// They are that protocol, and the flow's server is the protocol's client (the capture began in the middle).
  case reversed
  /// More bytes can decide it.
  case more
  /// They are something else.
  case no
}

/// What is known of a TCP flow when its protocol is to be told: the bytes so far in order, from both sides.
public struct Opening: ~Escapable {
  /// First bytes from the client, up to `StreamAnalyzer.probeLimit`; empty while it is silent.
  public let client: RawSpan
  /// First bytes from the server, up to `StreamAnalyzer.probeLimit`; empty while it is silent.
  public let server: RawSpan
  /// Whether the bytes are the connection's first ones. Otherwise the capture began later, or bytes are missing: they
  /// begin where a segment began.
  public let fromStart: Bool
  /// The flow.
  public let flow: FlowIdentity

  /// An opening with these bytes.
  @_lifetime(copy client, copy server)
  public init(client: RawSpan, server: RawSpan, fromStart: Bool, flow: FlowIdentity) {
    self.client = client
    self.server = server
    self.fromStart = fromStart
    self.flow = flow
  }
}
