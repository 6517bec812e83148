/// Bounds on what senders can make the flow layer keep. All are per ingest.
public struct FlowLimits: Sendable {
  /// Flows kept open. When they are more, the quarter that has been silent longest is stored and closed; a later packet
  /// of one of them begins a new row. Wireshark, which keeps all of them, differs from there on.
  public var flows = 65_536

  /// Bytes held back in one direction of a connection while a segment before them is missing. When they are more, the
  /// segment counts as lost.
  public var reorderBytes = 1 << 20

  /// Segments held back in one direction of a connection.
  public var reorderSegments = 1024

  /// Bytes held back in all connections together.
  public var totalReorderBytes = 32 << 20

  /// Packets of a connection to wait, once the receiver has acknowledged a missing segment, before the segment counts as
  /// lost: captures of several queues hold an acknowledgment shortly before what it acknowledges.
  public var acknowledgedHoleGrace = 8

  /// IP packets that fragments are kept for at once (RFC 791 asks for at least one; senders can begin any number).
  public var fragmentedPackets = 256

  /// Fragments kept of one IP packet: 65,535 bytes in the smallest pieces that routers make in practice.
  public var fragmentsPerPacket = 512

  /// The default limits.
  public init() {}
}
