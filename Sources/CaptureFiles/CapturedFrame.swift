/// One frame of a capture, as its record describes it; the bytes travel beside it.
public struct CapturedFrame: Sendable, BitwiseCopyable {
  /// Wireshark's frame number: 1 for the first, counted over all sections and interfaces of the file. Blocks that
  /// Wireshark counts but that hold no packet (system events, journal entries) take a number and are not delivered.
  public let number: Int
  /// Nanoseconds since the Unix epoch, UTC. Nil where the record has no time or one that 64 bits cannot hold.
  public let timestamp: Int64?
  /// Bytes on the wire, as the capturing program tells it.
  public let length: Int
  /// Bytes in the capture, which is the size of the span handed out.
  public let capturedLength: Int
  /// The registered number (`LINKTYPE_…`) of the link layer.
  public let linkType: UInt16
  /// Index into `CaptureReader.interfaces`.
  public let interface: Int
  /// Offset of the packet record (pcap) or the block (pcapng) in the stream, which is the file once decompressed.
  public let position: Int64
  /// Whether the capture says more of it, in `CaptureReader.frameOptions`.
  public var hasOptions = false
}

/// An interface that a capture declares: a pcapng interface description, or the one that a pcap file header implies.
public struct CaptureInterface: Sendable, Equatable {
  /// From 0 in order of appearance, over all sections of the file.
  public let number: Int
  /// `if_name`, such as `eth0`.
  public let name: String?
  /// `if_description`.
  public let description: String?
  /// The registered number (`LINKTYPE_…`) of the link layer.
  public let linkType: UInt16
  /// The most bytes captured of a frame; 0 where there is no limit.
  public let snaplen: Int

  /// An interface with these values.
  public init(number: Int, name: String?, description: String?, linkType: UInt16, snaplen: Int) {
    self.number = number
    self.name = name
    self.description = description
    self.linkType = linkType
    self.snaplen = snaplen
  }
}

/// The file formats that can be read.
public enum CaptureFormat: String, Sendable {
  /// libpcap's own format, draft-ietf-opsawg-pcap.
  case pcap
  /// The block format, draft-ietf-opsawg-pcapng.
  case pcapng
}

/// How reading a capture came to an end. The texts are one line and give the place in bytes.
public enum CaptureEnd: Sendable, Equatable {
  /// The last record ends where the file does.
  case complete
  /// The file ends inside a record, or inside its compressed form; every frame before was delivered.
  case truncated(String)
  /// A record contradicts itself, so that the next cannot be found; every frame before was delivered.
  case damaged(String)
  /// The system could not read on, or the compressed form is damaged; every frame before was delivered.
  case unreadable(String)
  /// The caller asked to stop.
  case stopped
}
