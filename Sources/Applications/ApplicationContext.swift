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
  /// Memory for the DNS message that is being read.
  var dnsProgress = DNSExchange.Progress()
  /// Memory for its aliases.
  var dnsAliases = DNSAliases()
  private var httpFields: [HTTP1Field] = []
  /// Whether it was told that HTTP/2 cannot be read.
  private var hasMissedHPACK = false
  /// How much compressed content is still undone.
  let decoding = DecodingBudget()
  /// Tells the types of files.
  let mediaTypes = MediaTypes()
  /// Communities and users of SNMP that have a row, or wait for an answer.
  let snmpSenders = SNMPSenders()

  /// Names that DHCP clients gave themselves, until their lease.
  let leaseNames = LeaseNames()

  /// A context whose records go to `sink`.
  public init(sink: RecordSink, heldLimit: Int = ApplicationContext.usualHeldLimit) {
    self.sink = sink
    self.heldLimit = heldLimit
  }

  /// Memory for the fields of one HTTP head, which goes from head to head.
  func takeFields() -> [HTTP1Field] {
    var taken: [HTTP1Field] = []
    swap(&taken, &httpFields)
    return taken
  }

  /// Takes back what `takeFields` gave.
  func giveBack(_ fields: inout [HTTP1Field]) {
    fields.removeAll(keepingCapacity: true)
    swap(&fields, &httpFields)
  }

  /// Tells once that no field block of HTTP/2 can be decoded.
  func missHPACK(in frame: FrameStamp, of flow: Int64) {
    guard !hasMissedHPACK else { return }
    hasMissedHPACK = true
    sink.diagnose(
      "http2-not-decoded", "libnghttp2 is not installed (Debian: libnghttp2-14): HTTP/2 is not read in this capture",
      frame: frame.id, flow: flow)
  }

  /// Emits what parsers have kept for the capture's end: all flows have ended.
  public func finish() {
    snmpSenders.finish(self)
  }

  /// Counts what is kept of `flow`, `now` bytes where it was `held`, to what is kept of all flows. Whether that is too
  /// much, so that the flow must be given up; a diagnostic says so.
  func isTooMuch(_ now: Int, insteadOf held: inout Int32, of flow: Int64, in frame: FrameStamp) -> Bool {
    let now = Int32(clamping: now)
    guard now != held else { return false }
    heldBytes += Int(now) - Int(held)
    held = now
    guard heldBytes > heldLimit, now > 0 else { return false }
    sink.diagnose(
      "unfinished-messages-limit",
      "more than \(heldLimit) bytes of unfinished messages; this flow is not parsed further",
      frame: frame.id, flow: flow)
    return true
  }

  /// Notes that a client called the server of `flow` by `name`, which may have a final dot. An address is no name.
  func nameServer(of flow: FlowIdentity, _ name: RawSpan, source: NameSource, frame: Int64) {
    var end = name.byteCount
    while end > 0, name.u8(at: end - 1) == UInt8(ascii: ".") { end -= 1 }
    let name = name.part(from: 0, to: end)
    guard !ApplicationContext.mayBeAddress(name) else { return }
    sink.name(name, of: sink.addressID(flow.server.address), source: source, frame: frame)
  }

  /// Whether it holds a colon, or digits and dots alone.
  private static func mayBeAddress(_ name: RawSpan) -> Bool {
    var isNumber = true
    var index = 0
    while let byte = name.u8(at: index) {
      if byte == UInt8(ascii: ":") { return true }
      isNumber = isNumber && (byte == UInt8(ascii: ".") || byte &- 0x30 < 10)
      index &+= 1
    }
    return isNumber
  }
}
