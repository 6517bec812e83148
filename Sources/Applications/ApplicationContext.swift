import Bytes
public import Records

/// What parsers may reach besides their bytes: one per capture.
public final class ApplicationContext {
  /// Where records go.
  public let sink: RecordSink
  /// Connections that a control connection has announced.
  public let expected = ExpectedFlows()
  /// Bytes that parsers may keep of unfinished messages, all flows of a capture together. Each has limits of its own, but
  /// a sender can leave messages unfinished in as many flows as are open.
  public static let usualHeldLimit = 128 << 20

  let heldLimit: Int

  /// Bytes that parsers keep of unfinished messages.
  var heldBytes = 0
  /// How much compressed content is still undone.
  let decoding = DecodingBudget()

  /// A context whose records go to `sink`.
  public init(sink: RecordSink, heldLimit: Int = ApplicationContext.usualHeldLimit) {
    self.sink = sink
    self.heldLimit = heldLimit
  }

  /// Notes that a client called the server of `flow` by `name`, which may have a final dot. An address is no name.
  func nameServer(of flow: FlowIdentity, _ name: String, source: NameSource, frame: Int64) {
    var bytes = WireText.bytes(name)
    while bytes.last == UInt8(ascii: ".") { bytes.removeLast() }
    let isAddress = bytes.allSatisfy { $0 == UInt8(ascii: ".") || (0x30...0x39).contains($0) }
    guard !isAddress, !bytes.contains(UInt8(ascii: ":")) else { return }
    sink.name(bytes.bytes, of: sink.addressID(flow.server.address), source: source, frame: frame)
  }
}
