/// Bounds on what senders can make the flow layer keep. All are per ingest.
public struct FlowLimits: Sendable {
  /// Flows kept open. When they are more, some of those that have been silent longest, counted in frames, are stored and
  /// closed; a later packet of one of them begins a new row. What both ends have closed counts as silent 16 times as
  /// long. Wireshark, which keeps all of them, differs from there on.
  ///
  /// A flow takes 144 bytes, a TCP connection another 208, and what parsers keep of it.
  public var flows = 65_536

  /// Bytes held back in one direction of a connection while a segment before them is missing. When they are more, the
  /// segment counts as lost.
  public var reorderBytes = 1 << 20

  /// Segments held back in one direction of a connection.
  public var reorderSegments = 1024

  /// Bytes held back in all connections together.
  public var totalReorderBytes = 32 << 20

  /// Bytes held back in all connections together that are kept with patience. When they are more, a connection that has
  /// been silent for `reorderSilence` is not waited for any more: its missing segments count as lost.
  public var patientReorderBytes = 4 << 20

  /// Nanoseconds without a packet of a connection, by the capture's clock, after which a missing segment is unlikely to
  /// come: by then its sender would have repeated it several times (RFC 6298, section 2).
  public var reorderSilence: Int64 = 10_000_000_000

  /// Packets of a connection to wait, once the receiver has acknowledged a missing segment, before the segment counts as
  /// lost: captures of several queues hold an acknowledgment shortly before what it acknowledges.
  public var acknowledgedHoleGrace = 8

  /// IP packets that fragments are kept for at once (RFC 791 asks for at least one; senders can begin any number).
  public var fragmentedPackets = 256

  /// Fragments kept of one IP packet: 65,535 bytes in the smallest pieces that routers make in practice.
  public var fragmentsPerPacket = 512

  /// Bytes of IP packets in fragments that are kept at once. When they are more, the oldest packet is given up.
  public var fragmentBytes = 8 << 20

  /// Nanoseconds by the capture's clock to wait for the other fragments of a packet (RFC 8200, section 4.5). They are
  /// looked at when another fragment comes.
  public var fragmentAge: Int64 = 60_000_000_000

  /// The default limits.
  public init() {}
}
