import Bytes
import Records

/// SSH (RFC 4253) up to where it is encrypted: who each end says that it is, what both offer and settle on, and the
/// server's key. What is done inside, logins among it, cannot be seen.
///
/// ```
/// client = banner KEXINIT key exchange NEWKEYS encrypted
/// server = *line banner KEXINIT key exchange NEWKEYS encrypted
/// ```
public final class SSHParser: StreamParser {
  /// `ssh`.
  public static let service = "ssh"

  /// SSH_MSG_NEWKEYS: what follows is encrypted.
  private static let newKeys: UInt8 = 21
  private static let port: UInt16 = 22

  private let flow: FlowIdentity
  private var client = SSHSender()
  private var server = SSHSender()
  private var hostKey: SSHHostKey?
  private var isEmitted = false

  /// Nothing more is read once both ends encrypt.
  public var outlook: StreamOutlook { isEmitted ? .done : .open }

  /// Unfinished packets.
  public var heldBytes: Int { client.heldBytes + server.heldBytes }

  /// A parser for `flow`.
  public init(flow: FlowIdentity) {
    self.flow = flow
  }

  /// An identification from either end; a server that sends lines of text to a silent client may still send one. Where
  /// the capture began later, who listens on port 22 is the server.
  public static func probe(_ opening: borrowing Opening) -> Probe {
    let isReversed = !opening.fromStart && opening.flow.client.port == port && opening.flow.server.port != port
    let found: Probe = isReversed ? .reversed : .match
    var mayFollow = false
    if opening.client.byteCount > 0 {
      guard let begins = SSHBanner.begins(opening.client) else { return .more }
      return begins ? found : .no
    }
    guard opening.server.byteCount > 0 else { return .more }
    let isBanner = TextProbe.hasLine(opening.server) { line in
      let begins = SSHBanner.begins(line)
      mayFollow = mayFollow || begins == nil
      return begins == true
    }
    if isBanner { return found }
    return mayFollow || opening.fromStart && isLines(opening.server) ? .more : .no
  }

  /// Whether the bytes are lines of text.
  private static func isLines(_ bytes: RawSpan) -> Bool {
    (0..<bytes.byteCount).allSatisfy { index in
      bytes.u8(at: index).map { $0 >= 0x20 && $0 != 0x7f || $0 == 0x09 || $0 == 0x0d || $0 == 0x0a } ?? false
    }
  }

  /// The next bytes.
  public func consume(_ bytes: RawSpan, from side: Side, in frame: FrameStamp, context: ApplicationContext) {
    var index = 0
    while !isEmitted, index < bytes.byteCount {
      let packet =
        side == .client
        ? client.next(bytes, at: &index, in: frame) : server.next(bytes, at: &index, in: frame)
      if let packet { take(packet, from: side) }
      if client.isOver && server.isOver { emit(context) }
      if (side == .client ? client : server).isOver { return }
    }
  }

  private func take(_ packet: AssembledMessage, from side: Side) {
    let payload = SSHSender.payload(packet.bytes.bytes)
    switch payload.u8(at: 0) {
    case SSHKeyExchangeInit.number where !packet.isCut:
      let offer = try? SSHKeyExchangeInit(payload, frame: packet.frame)
      if side == .client { client.offer = client.offer ?? offer } else { server.offer = server.offer ?? offer }
    case SSHParser.newKeys where payload.byteCount == 1:
      if side == .client { client.isOver = true } else { server.isOver = true }
    case _ where side == .server && hostKey == nil && !packet.isCut:
      guard let client = client.offer, let server = server.offer else { return }
      hostKey = SSHHostKey(
        payload, exchange: SSHKeyExchangeInit.chosen(.keyExchange, client: client, server: server))
    default: break
    }
  }

  /// A packet that lacks bytes is dropped.
  public func gap(of count: Int, from side: Side, in frame: FrameStamp, context: ApplicationContext) {
    if side == .client { client.gap(of: count) } else { server.gap(of: count) }
  }

  /// Nothing is left to be read.
  public func close(_ side: Side, context: ApplicationContext) {}

  /// Emits what was seen of a handshake that did not come to its end.
  public func finish(context: ApplicationContext) {
    emit(context)
  }

  private func emit(_ context: ApplicationContext) {
    let frames = [client.banner?.frame.id, server.banner?.frame.id, client.offer?.frame.id, server.offer?.frame.id]
    guard !isEmitted, let first = frames.compactMap({ $0 }).min() else { return }
    isEmitted = true
    context.sink.emit(
      SSHHandshakeRecord(flowID: flow.id, frameID: first, client: client, server: server, hostKey: hostKey))
  }
}
